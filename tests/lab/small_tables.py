"""Tidy tables for the tests, without any runs."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from fer_jax.lab.tables.columns import COLUMNS, TEXT

_EMPTY = {TEXT: "", "float64": float("nan")}


def tidy(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Readings of `fracture` by sgd of the target "hill", unless a row says otherwise.

    A row with a list as "values" is one for each of them, of seeds 0, 1, ...
    """
    told = []
    for number, row in enumerate(rows):
        run = {
            **{name: _EMPTY.get(kind, pd.NA) for name, kind in COLUMNS.items()},
            **{"run": f"run-{number}", "path": f"outputs/run-{number}", "metric": "fracture"},
            **{"metric_version": "3", "method": "sgd", "target": "hill", "seed_status": "ok"},
            **row,
        }
        values = run.pop("values", None)
        if values is None:
            told.append(run)
        else:
            told += [{**run, "seed": seed, "value": each} for seed, each in enumerate(values)]
    kinds = {name: "category" if kind == TEXT else kind for name, kind in COLUMNS.items()}
    return pd.DataFrame(told, columns=list(COLUMNS)).astype(kinds)


def genome(value: float, **row: Any) -> dict[str, Any]:
    """The reading of a genome, which has no seed."""
    return {"method": "genome", "value": value, "seed_status": "", **row}

"""The report card: a row per metric and per baseline, a column per test."""

from typing import Any

import pandas as pd

from fer_jax.metrics.registry import METRICS

TESTS = {
    "dials": "1 dials",
    "trained": "1 trained dials",
    "invariances": "2 invariances",
    "controls": "3 controls",
    "pairs": "4 pairs",
    "stability": "5 stability",
    "prediction": "6 prediction",
    "labels": "7 labels",
}
"""Every test by the name that verdicts give it, and what its column is called."""


def card(verdicts: pd.DataFrame) -> pd.DataFrame:
    """One row per metric, from all verdicts on it.

    Args:
        verdicts: of `fer_jax.validation.verdict.verdict_table`.

    Returns:
        Columns metric, version, kind; for each test that was taken, whether the metric passes all
        that is asked (empty where nothing is) and `<test>_met`, how much of it; and passes, for
        all tests together.

    Example:
        >>> from fer_jax.validation.verdict import Verdict, verdict_table
        >>> table = verdict_table([Verdict("dials", "spread", "own dial", 0.98, ">= 0.9", True)])
        >>> card(table)[["metric", "dials", "dials_met"]].values.tolist()
        [['spread', True, '1 of 1']]
    """
    rows = []
    for metric, group in verdicts.groupby("metric", sort=False):
        about = METRICS[str(metric)]
        row: dict[str, Any] = {"metric": metric, "version": about.version, "kind": about.kind}
        for test, of_test in group.groupby("test", sort=False):
            asked = of_test["passes"].dropna()
            row[str(test)] = bool(asked.all()) if len(asked) else pd.NA
            row[f"{test}_met"] = f"{int(asked.sum())} of {len(asked)}" if len(asked) else ""
        every = group["passes"].dropna()
        row["passes"] = bool(every.all()) if len(every) else pd.NA
        rows.append(row)
    tests = [test for test in TESTS if test in set(verdicts["test"])]
    columns = [name for test in tests for name in (test, f"{test}_met")]
    table = pd.DataFrame(rows, columns=["metric", "version", "kind", *columns, "passes"])
    return table.astype(dict.fromkeys((*tests, "passes"), "boolean"))

"""From a tidy table to a summary over seeds, and over targets where a cell spans several."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.lab.tables.against import compare_cells
from fer_jax.lab.tables.cells import Cells, cells_of, numbers_of
from fer_jax.lab.tables.columns import CONFIG_COLUMNS
from fer_jax.statistics.sample import summarize_samples

GROUPS = ("target", "arch", "method")

NUMBERS = ("n", "mean", "median", "iqm", "low", "high")
ONE_LEVEL, TWO_LEVELS = "seeds", "targets, then seeds"

_APART = ("target", "target_hash", "path")
"""Runs of one cell may always differ in these."""


def summarize(
    table: pd.DataFrame,
    by: Sequence[str] = GROUPS,
    *,
    failed: pd.DataFrame | None = None,
    against: Mapping[str, Any] | None = None,
    most: int | None = None,
) -> pd.DataFrame:
    """Sum up the readings of whole networks over seeds.

    Args:
        table: as `read_table` gives it. Readings of single layers are left out.
        by: columns that tell the cells apart. Metrics, and versions of one, always are.
        failed: the failed runs, as `Collected.failed` has them, to be counted.
        against: columns of `by` with the values of the reference, as `reference_of` gives them;
            None: nothing is compared.
        most: how many cells are summed up at most; None: all.

    Returns:
        A row per cell, in the order of the table: `by`, metric, metric_version, n, mean, median,
        iqm, low and high (95% percentile bootstrap interval of the mean), bootstrap (what was
        resampled: "seeds", or "targets, then seeds" where the cell has several), targets (how
        many), diverged (seeds), undefined (readings of seeds that did not diverge), failed_runs,
        failed_seeds, pooled (other settings in which the cell's runs differ), and with `against`
        `REFERENCE_COLUMNS`. Failed runs that no cell is of have a row without a metric.

    Raises:
        RunFolderError: if a column of `by` is not in the table.
    """
    cells = cells_of(table, by, most)
    valid = ~cells.diverged
    told = summarize_samples(
        cells.value[valid], cells.cell[valid], cells.target[valid], cells.count
    )
    levels = np.where(told.strata > 1, TWO_LEVELS, np.where(told.n > 1, ONE_LEVEL, ""))
    group, pooled = _pooled(table, cells)
    summary = cells.keys.assign(
        **{name: getattr(told, name) for name in NUMBERS},
        bootstrap=pd.Series(levels.tolist(), dtype="str"),
        targets=told.strata,
        diverged=np.bincount(cells.cell[cells.diverged], minlength=cells.count),
        undefined=told.undefined,
        failed_runs=0,
        failed_seeds=0,
        pooled=pd.Series([pooled[number] for number in group], dtype="str"),
    )
    if against is not None:
        summary = summary.assign(**compare_cells(cells, against))
    if failed is not None and len(failed):
        summary = _with_failed(summary, failed, by, cut=cells.count == most)
    return summary


def varying(table: pd.DataFrame) -> tuple[str, ...]:
    """Columns of the configuration, beyond `GROUPS`, that differ between runs of one method.

    A summary that did not tell them apart would mix different experiments.
    """
    apart = (*_APART, "method", "arch")
    runs = table.loc[~table["path"].duplicated()]
    names = [name for name in CONFIG_COLUMNS if name not in apart]
    counts = runs.groupby("method", observed=True)[names].nunique(dropna=False)
    return tuple(name for name in names if (counts[name] > 1).any())


def key_of(values: Sequence[Any]) -> tuple[str, ...]:
    """Values as texts that compare alike whatever a column's type; what is missing is ""."""
    return tuple("" if value is None or value is pd.NA or value != value else str(value)
                 for value in values)  # fmt: skip


def _pooled(table: pd.DataFrame, cells: Cells) -> tuple[np.ndarray, list[str]]:
    """Of each cell the number of its group of runs, and what the runs of each group differ in."""
    group, starts = numbers_of(table, cells.by, cells.rows)
    run = numbers_of(table, ["path"], cells.rows)[1]
    names = [name for name in CONFIG_COLUMNS if name not in (*_APART, *cells.by)]
    differ: list[list[str]] = [[] for _ in starts]
    for name in names:
        values, _ = numbers_of(table, [name], cells.rows[run])
        pairs = np.unique(np.stack([group[run], values]), axis=1)
        for number in np.flatnonzero(np.bincount(pairs[0], minlength=len(starts)) > 1):
            differ[number].append(name)
    return group[cells.first], [",".join(some) for some in differ]


def _with_failed(
    summary: pd.DataFrame, failed: pd.DataFrame, by: Sequence[str], cut: bool
) -> pd.DataFrame:
    """The summary with the failed runs counted in the cells that they would have been in.

    Where it was cut, a cell that is not there may yet have readings, and gets no row.
    """
    counts: dict[tuple[str, ...], list[int]] = {}
    firsts: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in failed[["seeds", *by]].to_dict("records"):
        key = key_of([row[name] for name in by])
        runs, seeds = counts.get(key, (0, 0))
        counts[key] = [runs + 1, seeds + int(row["seeds"])]
        firsts.setdefault(key, {name: row[name] for name in by})
    here = [key_of(values) for values in summary[list(by)].itertuples(index=False, name=None)]
    told = np.array([counts.get(key, (0, 0)) for key in here], dtype=np.int64).reshape(-1, 2)
    summary = summary.assign(failed_runs=told[:, 0], failed_seeds=told[:, 1])
    there = set(here)
    zeros: dict[str, Any] = {"i": 0, "f": float("nan")}
    empty = {str(name): zeros.get(kind.kind, "") for name, kind in summary.dtypes.items()}
    rows = [
        {**empty, **firsts[key], "failed_runs": runs, "failed_seeds": seeds}
        for key, (runs, seeds) in counts.items()
        if key not in there
    ]
    if cut or not rows:
        return summary
    added = pd.DataFrame(rows, columns=summary.columns).astype(summary.dtypes)
    return pd.concat([summary, added], ignore_index=True)

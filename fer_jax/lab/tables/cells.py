"""Readings of whole networks, sorted into the cells of a summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from fer_jax.errors import RunFolderError, nearest
from fer_jax.lab.tables.columns import plain_column


@dataclass(frozen=True, eq=False)
class Cells:
    """Readings of whole networks, and the cell of each.

    Attributes:
        by: the columns that tell cells apart, beside metric and version.
        keys: a row per cell, in the order of the table: `by`, metric, metric_version.
        rows: `(readings,)`, where each reading stands in the table.
        cell: `(readings,)`, the number of its cell.
        first: `(cells,)`, the first reading of each.
        target: `(readings,)`, a number that tells targets apart, in the order of their names.
        value: `(readings,)` floats.
        diverged: `(readings,)`, whether its seed diverged.
        has_seed: `(readings,)`, whether it is of a seed; a genome's is not.
    """

    by: tuple[str, ...]
    keys: pd.DataFrame
    rows: np.ndarray
    cell: np.ndarray
    first: np.ndarray
    target: np.ndarray
    value: np.ndarray
    diverged: np.ndarray
    has_seed: np.ndarray

    @cached_property
    def count(self) -> int:
        """How many cells there are."""
        return len(self.keys)


def cells_of(table: pd.DataFrame, by: Sequence[str], most: int | None = None) -> Cells:
    """Sort readings into cells.

    Args:
        table: as `fer_jax.read_table` gives it. Readings of single layers are left out.
        by: columns that tell cells apart; each metric, and each of its versions, has its own.
        most: how many cells are taken at most, the first of the table; None: all.

    Returns:
        The cells.

    Raises:
        RunFolderError: if a column of `by` is not in the table.
    """
    if missing := [name for name in by if name not in table]:
        near = nearest(missing[0], table.columns)
        raise RunFolderError(f"the table has no column {missing[0]!r}; {near}")
    names = [*by, "metric", "metric_version"]
    rows = np.flatnonzero(table["layer"].isna())
    cell, first = numbers_of(table, names, rows)
    if most is not None and len(first) > most:
        rows, cell, first = rows[cell < most], cell[cell < most], first[:most]
        first = first_of(cell, most)
    keys = table[names].iloc[rows[first]].apply(plain_column).reset_index(drop=True)
    return Cells(
        by=tuple(by),
        keys=keys,
        rows=rows,
        cell=cell,
        first=first,
        target=_in_order(table["target"])[rows],
        value=table["value"].to_numpy(dtype=float)[rows],
        diverged=(table["seed_status"] == "diverged").to_numpy()[rows],
        has_seed=table["seed"].notna().to_numpy()[rows],
    )


def only_metrics(table: pd.DataFrame, names: Sequence[str] | None) -> pd.DataFrame:
    """The readings of some metrics; None: of all.

    Raises:
        RunFolderError: in one line, if there is none of a metric.
    """
    if names is None:
        return table
    known = table["metric"].unique().tolist()
    for name in names:
        if name not in known:
            raise RunFolderError(
                f"--metrics names {name[:80]!r}, of which no run has a reading; "
                f"{nearest(name, known)}"
            )
    return table[table["metric"].isin(names)].reset_index(drop=True)


def numbers_of(
    table: pd.DataFrame, names: Sequence[str], rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Number the combinations of values that some columns hold, in order of appearance.

    A missing value is a value like any other.

    Returns:
        The number of each row's combination, `(rows,)`, and where each comes first,
        `(combinations,)`.
    """
    number = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes = column.cat.codes.to_numpy()[rows].astype(np.int64) + 1
        else:
            codes = pd.factorize(column.iloc[rows], use_na_sentinel=False)[0]
        number *= codes.max(initial=0) + 1
        number += codes
        number, distinct = pd.factorize(number)
    count = len(distinct) if names and len(rows) else min(1, len(rows))
    return number, first_of(number, count)


def first_of(numbers: np.ndarray, count: int) -> np.ndarray:
    """Where each of 0 ... count - 1 comes first."""
    first = np.zeros(count, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return first


def _in_order(column: pd.Series) -> np.ndarray:
    """Numbers in the order of the texts, whatever that of the rows: draws depend on it."""
    texts = column.astype("category")
    ranks = np.argsort(np.argsort(texts.cat.categories.astype(str)))
    return ranks[texts.cat.codes.to_numpy()]

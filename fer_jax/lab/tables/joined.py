"""One table of the rows of many runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from fer_jax.lab.tables.columns import CONFIG_COLUMNS, TEXT, column_of
from fer_jax.lab.tables.run_rows import RunRows, schema_of

NO_SEED, OK = "", "ok"

COPY_ON_WRITE = int(pd.__version__.partition(".")[0]) >= 3
"""Whether columns that share memory part as soon as one of them is written to."""


def joined(runs: Sequence[RunRows], columns: Mapping[str, str]) -> tuple[pd.DataFrame, int]:
    """One table of many runs, in which a seed that several runs hold counts once.

    A seed's network is a function of its settings: runs with seeds=4 and seeds=8 share four of
    them, and counting those twice would make an interval too narrow.

    Args:
        runs: in the order of their rows.
        columns: the columns of a reading, with types.

    Returns:
        The table, with `columns`, `seed_status` and `CONFIG_COLUMNS`, and how many readings were
        left out.
    """
    tables = [run.readings for run in runs] or [schema_of(columns).empty_table()]
    readings = _columns(pa.concat_tables(tables))
    lengths = [run.readings.num_rows for run in runs]
    of_run = np.repeat(np.arange(len(runs)), lengths)
    readings["seed_status"] = _seed_status(runs, readings["seed"])
    repeated = _repeated(runs, readings, of_run, columns)
    if repeated.any():
        of_run = of_run[~repeated]
        readings = {
            name: column[~repeated].reset_index(drop=True) for name, column in readings.items()
        }
    # A copy of it all would be the largest thing in memory.
    said = _said(runs, of_run)
    return pd.DataFrame({**readings, **said}, copy=False), int(repeated.sum())


def _said(runs: Sequence[RunRows], of_run: np.ndarray) -> dict[str, pd.Series]:
    """The settings; those that are alike in all runs, such as all that nobody uses, are one."""
    made: dict[tuple[str, tuple[Any, ...]], pd.Series] = {}
    said = {}
    for name, kind in CONFIG_COLUMNS.items():
        key = kind, tuple(run.about[name] for run in runs)
        if key not in made or not COPY_ON_WRITE:
            made[key] = column_of(list(key[1]), kind, of_run)
        said[name] = made[key]
    return said


def _columns(table: pa.Table) -> dict[str, pd.Series]:
    """With categories for texts, in their order, and pandas' missing value for whole numbers."""
    nullable = {pa.int64(): pd.Int64Dtype()}
    unified = table.unify_dictionaries()
    columns = {}
    for name in unified.column_names:
        column = unified.column(name)
        if pa.types.is_dictionary(column.type):
            columns[name] = _categorical(column)
        else:
            columns[name] = column.to_pandas(types_mapper=nullable.get)
    return columns


def _categorical(column: pa.ChunkedArray) -> pd.Series:
    """Of the texts that occur alone: a kept dictionary may hold those of runs that are gone."""
    if not column.num_chunks:
        return pd.Series(pd.Categorical([], categories=pd.Index([], dtype="str")))
    texts = column.chunk(0).dictionary.to_pylist()
    parts = [chunk.indices.fill_null(-1).to_numpy() for chunk in column.chunks]
    codes = np.concatenate(parts)
    used = np.flatnonzero(np.bincount(codes + 1, minlength=len(texts) + 1)[1:])
    ordered = sorted(used, key=texts.__getitem__)
    # The last entry is that of a missing text, whose code is -1.
    new = np.full(len(texts) + 1, -1, dtype=np.int32)
    new[ordered] = np.arange(len(ordered))
    categories = pd.Index([texts[code] for code in ordered], dtype="str")
    few = pd.Categorical.from_codes(new[codes], categories, validate=False)
    return pd.Series(few, copy=False)


def _seed_status(runs: Sequence[RunRows], seed: pd.Series) -> pd.Series:
    """What became of each row's seed; "" where it has none."""
    values = [NO_SEED, OK, *dict.fromkeys(status for run in runs for status in run.unusual_seeds)]
    codes = np.where(seed.isna(), 0, 1)
    numbers = seed.fillna(-1).to_numpy(dtype=np.int64)
    begin = 0
    for run in runs:
        rows = slice(begin, begin := begin + run.readings.num_rows)
        for status, seeds in run.unusual_seeds.items():
            codes[rows][np.isin(numbers[rows], seeds)] = values.index(status)
    return column_of(list(values), TEXT, codes)


def _repeated(
    runs: Sequence[RunRows],
    readings: Mapping[str, pd.Series],
    of_run: np.ndarray,
    columns: Mapping[str, str],
) -> np.ndarray:
    """Of each row, whether an earlier one holds the same reading of the same seed."""
    settings = [(run.asked, run.about["score_size"], run.about["score_key"]) for run in runs]
    count, numbers = Counter(settings), {key: number for number, key in enumerate(settings)}
    # Most runs share their settings with none, and their rows need not be looked at.
    shared = np.array([count[key] > 1 for key in settings], dtype=bool)[of_run]
    repeated = np.zeros(len(of_run), dtype=bool)
    if shared.any():
        same = np.array([numbers[key] for key in settings])[of_run]
        apart = [name for name in columns if name not in ("run", "value", "reason")]
        what = pd.DataFrame({name: readings[name][shared] for name in apart})
        what = what.assign(settings=same[shared])
        repeated[shared] = what.duplicated()
    return repeated

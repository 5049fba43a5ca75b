"""From a tree of run folders to one tidy table."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.run_folder import CONFIG, METRIC_COLUMNS, METRICS, RunFolder
from fer_jax.lab.folders.scan import Runs, scan
from fer_jax.lab.tables.columns import CONFIG_COLUMNS
from fer_jax.lab.tables.files import read_parquet, write_table
from fer_jax.lab.tables.joined import joined
from fer_jax.lab.tables.kept_readings import KeptReadings, Marks, marks_of
from fer_jax.lab.tables.run_rows import RunRows, about, readings_of, rows_of
from fer_jax.lab.tables.summary import GROUPS, summarize, varying

__all__ = [
    "CHECKED_BYTES",
    "CONFIG_COLUMNS",
    "GROUPS",
    "Collected",
    "collect",
    "collect_folders",
    "read_table",
    "summarize",
    "varying",
    "write_table",
]

CHECKED_BYTES = 16 * 2**20
"""Larger files beside the table are not read to collect it; whoever reads them checks them."""

_READERS = 4
"""Threads: checksums, which take most of the time, are computed side by side."""


@dataclass(frozen=True, eq=False)
class Collected:
    """All that a tree of run folders says.

    Attributes:
        table: one reading a row: the columns of `METRIC_COLUMNS`, `seed_status` ("ok",
            "diverged", or "" for a genome) and `CONFIG_COLUMNS`. Texts are categorical.
        runs: number of runs in the table.
        failed: a row per run that has failed, and that no run in the table has made up for: run,
            seeds (how many it was asked for) and `CONFIG_COLUMNS`.
        unfinished: folders of runs that are running, were killed, or failed; with the reason.
        corrupt: of each folder that cannot be read, what is wrong, in one line.
        damaged: files of runs in the table that are not whole, though the readings are; what is
            wrong, in one line. Files over `CHECKED_BYTES` are not looked at.
        repeated: readings left out, since another run holds the same one of the same seed.
    """

    table: pd.DataFrame
    runs: int
    failed: pd.DataFrame
    unfinished: list[str]
    corrupt: list[str]
    damaged: list[str]
    repeated: int


@dataclass(frozen=True, eq=False)
class _Read:
    """What was read of a finished run, or why it could not be."""

    rows: RunRows | None = None
    marks: Marks | None = None
    damaged: Sequence[str] = ()
    corrupt: Sequence[str] = ()


def collect(root: str | os.PathLike[str], *, cache: bool = True) -> Collected:
    """Read every run folder at or below a folder.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, or any folder above.
        cache: whether readings are taken from, and kept in, a hidden file in `root`, where there
            are many runs. Without, each file is read and checked, whatever the system says of it.

    Returns:
        The table, and what is not in it.

    Raises:
        RunFolderError: if there is no such folder, or no run folder in it.
    """
    found = scan(root, configs=False)
    if not found.folders and not found.corrupt:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    return collect_folders(found, KeptReadings(Path(root)) if cache else None)


def collect_folders(found: Runs, kept: KeptReadings | None = None) -> Collected:
    """The same for run folders that have been found already, below the folder of `kept`."""
    done = [folder for folder in found.folders if folder.state == "done"]
    others = [folder for folder in found.folders if folder.state != "done"]
    with ThreadPoolExecutor(_READERS) as readers:
        read = dict(zip(done, readers.map(partial(_read, kept), done), strict=True))
    if kept is not None:
        kept.keep(
            {
                folder: (one.marks, one.rows)
                for folder, one in read.items()
                if one.rows is not None and one.marks is not None
            }
        )
    runs = [one.rows for one in read.values() if one.rows is not None]
    table, repeated = joined(runs, METRIC_COLUMNS)
    failed, odd = _failed(others, {folder.id for folder in done})
    return Collected(
        table=table,
        runs=len(runs),
        failed=failed,
        unfinished=[_told(folder) for folder in others],
        corrupt=[*found.corrupt, *(told for one in read.values() for told in one.corrupt), *odd],
        damaged=[told for one in read.values() for told in one.damaged],
        repeated=repeated,
    )


def read_table(root: str | os.PathLike[str]) -> pd.DataFrame:
    """The tidy table of every finished run at or below a folder; see `Collected.table`.

    Corrupt run folders are named on stderr and left out; damaged files beside readings are named.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, any folder above, or a tidy
            table that `fer-jax collect -o FILE.parquet` wrote, by this version or an earlier one.

    Returns:
        A reading a row. Texts are categorical.

    Raises:
        RunFolderError: if there is no such folder, no run folder in it, or the file is no such
            table.

    Example:
        >>> import tempfile
        >>> from fer_jax.lab.settings.config import RunConfig
        >>> from fer_jax.lab.runs.runner import execute
        >>> folder = tempfile.mkdtemp()
        >>> _ = execute(RunConfig("genome", "sunrise", size=16, score_size=16, output_dir=folder))
        >>> table = read_table(folder)
        >>> table.loc[table["metric"] == "loss", "value"].tolist()
        [0.0]
    """
    if Path(root).is_file():
        return read_parquet(Path(root))
    collected = collect(root)
    for told in collected.corrupt:
        print(f"left out: {told}", file=sys.stderr)
    for told in collected.damaged:
        print(f"damaged: {told}", file=sys.stderr)
    return collected.table


def _read(kept: KeptReadings | None, folder: RunFolder) -> _Read:
    try:
        marks = marks_of(folder)
        if kept is not None and (rows := kept.get(folder, marks)) is not None:
            return _Read(rows, marks)
        rows = rows_of(folder, readings_of(folder))
        damaged = folder.damage((CONFIG, METRICS), CHECKED_BYTES)
    except RunFolderError as error:
        return _Read(corrupt=[str(error)])
    return _Read(rows, None if damaged else marks, list(damaged.values()))


def _told(folder: RunFolder) -> str:
    told = folder.status.get("error") or "unfinished; the same command goes on with it"
    return f"{folder.path}: {folder.state}: {told}"


def _failed(folders: Sequence[RunFolder], done: set[str]) -> tuple[pd.DataFrame, list[str]]:
    """The failed ones of some runs, and what is wrong with those that cannot be read."""
    rows, odd = [], []
    for folder in folders:
        if folder.state != "failed" or folder.id in done:
            continue
        try:
            seeds = folder.config.get("seeds") or []
            count = len(seeds) if isinstance(seeds, list) else 0
            rows.append({"run": folder.id, "seeds": count, **about(folder)})
        except RunFolderError as error:
            odd.append(str(error))
    kinds = {"run": "str", "seeds": "Int64", **CONFIG_COLUMNS}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds), odd

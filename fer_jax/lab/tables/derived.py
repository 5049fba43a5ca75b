"""Numbers that follow from what a run's folder says: sizes of its networks, and its speed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.cppn.arch import Arch
from fer_jax.lab.folders.run_folder import RunFolder

SIZES: Mapping[str, str] = MappingProxyType(
    {
        "width": "neurons per hidden layer",
        "depth": "hidden layers",
        "parameters": "of the dense network",
        "seeds": "of the run",
    }
)
"""By name, with what each counts. Weights that `wiring=genome` holds at 0 are counted as well."""

SPEED = "seed_steps_per_second"
"""Steps that all seeds took in a second, without compiling and scoring, as the process that ended
the search measured it. Its first chunk, in which programs are made, counts for nothing, and so a
search that was over within two chunks has no speed. A seed that has ended takes no more steps."""

SPEED_VERSION = "1"

_UNKNOWN = "it was over before a speed was known, or an earlier fer_jax made it"


def arch_sizes(arch: str) -> dict[str, int]:
    """Width, depth and parameters of an architecture; nothing for a run without one.

    Raises:
        ArchError: if there is no such architecture.

    Example:
        >>> arch_sizes("relu:24x4")
        {'width': 24, 'depth': 4, 'parameters': 1896}
        >>> arch_sizes("")
        {}
    """
    if not arch:
        return {}
    read = Arch.parse(arch)
    return {"width": read.width, "depth": read.depth, "parameters": read.parameter_count}


def with_sizes(table: pd.DataFrame) -> pd.DataFrame:
    """A tidy table with width, depth and parameters; missing where a run has no architecture.

    Args:
        table: as `fer_jax.lab.tables.collect.read_table` gives it.

    Returns:
        A new table.

    Raises:
        ArchError: if an architecture cannot be read.
    """
    sizes = {arch: arch_sizes(str(arch)) for arch in table["arch"].unique()}
    columns = {
        name: [sizes[arch].get(name, pd.NA) for arch in table["arch"]]
        for name in ("width", "depth", "parameters")
    }
    return table.assign(**{name: _whole(of, table) for name, of in columns.items()})


def with_seed_counts(table: pd.DataFrame) -> pd.DataFrame:
    """A tidy table with how many seeds each run has; missing for a genome.

    It is read from the run folders: of seeds that several runs hold, the table has one.

    Raises:
        RunFolderError: in one line, if a run folder is there no more.
    """
    counts = {path: len(RunFolder(Path(path)).seed_status) for path in table["path"].unique()}
    return table.assign(seeds=_whole([counts[path] or pd.NA for path in table["path"]], table))


def speed_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The speed of each run of a table that takes steps, in a row like those of its readings.

    Args:
        table: as `read_table` gives it, with or without sizes, of folders that are still there.

    Returns:
        A row per run: metric `SPEED`, no seed and no layer, and all that the table says of the run.

    Raises:
        RunFolderError: in one line, if a run folder is there no more.
    """
    runs = table[table["steps"].notna()].drop_duplicates("path")
    told = [_speed(RunFolder(Path(path))) for path in runs["path"]]
    return runs.assign(
        seed=_whole([pd.NA] * len(runs), runs),
        layer=_whole([pd.NA] * len(runs), runs),
        seed_status="",
        metric=SPEED,
        metric_version=SPEED_VERSION,
        value=np.array([value for value, _ in told], dtype=float),
        reason=[reason for _, reason in told],
    )


def _speed(folder: RunFolder) -> tuple[float, str]:
    """The speed of a run, or why it is undefined."""
    speed = folder.status.get(SPEED)
    return (float(speed), "") if speed else (np.nan, _UNKNOWN)


def _whole(values: Sequence[Any], table: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=table.index, dtype="Int64")

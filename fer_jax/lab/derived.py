"""Numbers that follow from what a run's folder says: sizes of its networks, and its speed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.cppn.arch import Arch
from fer_jax.lab.run_folder import RunFolder

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
SPEED_VERSION = "1"
SPEED_SUMMARY = "steps that all seeds took, by the seconds of the whole run"
"""Compiling, checkpoints and scoring are in these seconds: the training alone is faster. Steps are
counted that have a finite loss (or coverage): a seed that has ended costs no time. The seconds are
those of the process that ended the run, so of a run that was killed and went on it reads too much;
of one that was scored anew since it was made, it is undefined."""

_ROUNDING = 2.0
"""Seconds by which whole seconds of a clock may be off, twice."""


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
        table: as `fer_jax.lab.collect.read_table` gives it.

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
        RunFolderError: in one line, if the curves of a run are damaged.
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
    status = folder.status
    seconds = float(status.get("seconds", 0.0))
    if not seconds > 0:
        return np.nan, "its seconds are not recorded"
    try:
        times = [datetime.fromisoformat(status[name]) for name in ("started", "ended")]
    except (KeyError, ValueError):
        return np.nan, "its times are not recorded"
    if (times[1] - times[0]).total_seconds() > seconds + _ROUNDING:
        return np.nan, "it was scored anew since it was made"
    logged = folder.curves("losses", "coverage")
    if not logged:
        return np.nan, "it logged no steps"
    return float(np.isfinite(next(iter(logged.values()))).sum()) / seconds, ""


def _whole(values: Sequence[Any], table: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=table.index, dtype="Int64")

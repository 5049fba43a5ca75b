"""From run folders to one tidy table, and from that to a summary over seeds."""

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from fer_jax.errors import RunFolderError
from fer_jax.lab.atomic import write_bytes
from fer_jax.lab.run_folder import CONFIG, METRIC_COLUMNS, METRICS, RunFolder
from fer_jax.lab.scan import Runs, scan
from fer_jax.statistics import summarize_sample

CONFIG_COLUMNS = {
    "method": "str",
    "target": "str",
    "target_hash": "str",
    "arch": "str",
    "wiring": "str",
    "size": "Int64",
    "steps": "Int64",
    "learning_rate": "float64",
    "init_scale": "float64",
    "normalize_gradient": "boolean",
    "optimizer": "str",
    "schedule": "str",
    "weight_decay": "float64",
    "l1": "float64",
    "l2": "float64",
    "smoothness": "float64",
    "loss": "str",
    "init": "str",
    "prune": "float64",
    "prune_rounds": "Int64",
    "batch_size": "Int64",
    "target_loss": "float64",
    "es": "str",
    "es_options": "str",
    "preset": "str",
    "population_size": "Int64",
    "fitness": "str",
    "way": "str",
    "quality": "str",
    "descriptors": "str",
    "bins": "str",
    "regularity_weight": "float64",
    "session_steps": "Int64",
    "branching": "float64",
    "precision": "str",
    "score_size": "Int64",
    "score_key": "Int64",
    "path": "str",
}
"""What each row says of its run, with types; what the run's method does not use is "" or NaN."""

GROUPS = ("target", "arch", "method")

CHECKED_BYTES = 16 * 2**20
"""Larger files beside the table are not read to collect it; whoever reads them checks them."""


@dataclass(frozen=True, eq=False)
class Collected:
    """All that a tree of run folders says.

    Attributes:
        table: one reading a row: the columns of `METRIC_COLUMNS`, `seed_status` ("ok",
            "diverged", or "" for a genome) and `CONFIG_COLUMNS`.
        runs: number of runs in the table.
        unfinished: folders of runs that are running, were killed, or failed; with the reason.
        corrupt: of each folder that cannot be read, what is wrong, in one line.
        damaged: files of runs in the table that are not whole, though the readings are; what is
            wrong, in one line. Files over `CHECKED_BYTES` are not looked at.
        repeated: readings left out, since another run holds the same one of the same seed.
    """

    table: pd.DataFrame
    runs: int
    unfinished: list[str]
    corrupt: list[str]
    damaged: list[str]
    repeated: int


def collect(root: str | os.PathLike[str]) -> Collected:
    """Read every run folder at or below a folder.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, or any folder above.

    Returns:
        The table, and what is not in it.

    Raises:
        RunFolderError: if there is no such folder, or no run folder in it.
    """
    found = scan(root)
    if not found.folders and not found.corrupt:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    return collect_folders(found)


def collect_folders(found: Runs) -> Collected:
    """The same for run folders that have been found already."""
    frames, asked, unfinished, corrupt = [], [], [], list(found.corrupt)
    damaged: list[str] = []
    for folder in found.folders:
        if folder.state != "done":
            told = folder.status.get("error") or "unfinished; the same command goes on with it"
            unfinished.append(f"{folder.path}: {folder.state}: {told}")
            continue
        try:
            frames.append(described(folder, folder.metrics()))
            asked.append(apart_from_seeds(folder))
            damaged += folder.damage((CONFIG, METRICS), CHECKED_BYTES).values()
        except RunFolderError as error:
            corrupt.append(str(error))
    table, repeated = joined_once(frames, asked, METRIC_COLUMNS)
    return Collected(table, len(frames), unfinished, corrupt, damaged, repeated)


def read_table(root: str | os.PathLike[str]) -> pd.DataFrame:
    """The tidy table of every finished run at or below a folder; see `Collected.table`.

    Corrupt run folders are named on stderr and left out; damaged files beside readings are named.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, or any folder above.

    Returns:
        A reading a row.

    Raises:
        RunFolderError: if there is no such folder, or no run folder in it.

    Example:
        >>> import tempfile
        >>> from fer_jax.lab.config import RunConfig
        >>> from fer_jax.lab.runner import execute
        >>> folder = tempfile.mkdtemp()
        >>> _ = execute(RunConfig("genome", "sunrise", size=16, score_size=16, output_dir=folder))
        >>> table = read_table(folder)
        >>> table.loc[table["metric"] == "loss", "value"].tolist()
        [0.0]
    """
    collected = collect(root)
    for told in collected.corrupt:
        print(f"left out: {told}", file=sys.stderr)
    for told in collected.damaged:
        print(f"damaged: {told}", file=sys.stderr)
    return collected.table


def summarize(table: pd.DataFrame, by: Sequence[str] = GROUPS) -> pd.DataFrame:
    """Sum up the readings of whole networks over seeds.

    Args:
        table: as `read_table` gives it. Readings of single layers are left out.
        by: columns that tell the groups apart.

    Returns:
        A row per group and metric: `by`, metric, metric_version, n, mean, median, iqm, low and
        high (95% percentile bootstrap interval of the mean), diverged (seeds), undefined (readings
        of seeds that did not diverge). Groups and metrics stand in the order of the table.

    Raises:
        RunFolderError: if a column of `by` is not in the table.
    """
    if missing := [name for name in by if name not in table]:
        raise RunFolderError(
            f"the table has no column {missing[0]!r}; it has {', '.join(table.columns)}"
        )
    keys = [*by, "metric", "metric_version"]
    rows = []
    whole = table[table["layer"].isna()]
    for key, group in whole.groupby(keys, dropna=False, sort=False):
        diverged = group["seed_status"] == "diverged"
        summary = summarize_sample(group.loc[~diverged, "value"].to_numpy(dtype=float))
        rows.append(
            dict(zip(keys, key, strict=True))
            | {"n": summary.n, "mean": summary.mean, "median": summary.median, "iqm": summary.iqm}
            | {"low": summary.low, "high": summary.high}
            | {"diverged": int(diverged.sum()), "undefined": summary.undefined}
        )
    numbers = ["n", "mean", "median", "iqm", "low", "high", "diverged", "undefined"]
    return pd.DataFrame(rows, columns=[*keys, *numbers])


def varying(table: pd.DataFrame) -> tuple[str, ...]:
    """Columns of the configuration, beyond `GROUPS`, that differ between runs of one method.

    A summary that did not tell them apart would mix different experiments.
    """
    apart = ("method", "target", "target_hash", "arch", "path")
    names = [name for name in CONFIG_COLUMNS if name not in apart]
    counts = table.groupby("method")[names].nunique(dropna=False)
    return tuple(name for name in names if (counts[name] > 1).any())


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as .parquet, .csv or .md, whole or not at all.

    Raises:
        RunFolderError: in one line, for another suffix or a path that cannot be written.
    """
    path = Path(path)
    writers = {".parquet": _parquet, ".csv": _csv, ".md": _markdown}
    if path.suffix not in writers:
        raise RunFolderError(
            f"{path}: a table is written as {', '.join(writers)}; give such a path"
        )
    try:
        write_bytes(path, writers[path.suffix](frame))
    except OSError as error:
        raise RunFolderError(f"{path}: cannot be written: {error.strerror}") from None


def described(folder: RunFolder, frame: pd.DataFrame) -> pd.DataFrame:
    """Readings of a run, with what each row says of the run: see `Collected.table`.

    Raises:
        RunFolderError: in one line, if its configuration is not what it should be.
    """
    status = folder.seed_status
    told = ["" if seed is pd.NA else status.get(seed, "ok") for seed in frame["seed"]]
    frame["seed_status"] = pd.Series(told, index=frame.index, dtype="str")
    config = folder.config | folder.status.get("scoring", {}) | {"path": str(folder.path)}
    config["target"] = config.get("target_name", config["target"])
    for name, kind in CONFIG_COLUMNS.items():
        value = config.get(name)
        if isinstance(value, dict):
            value = options_told(value)
        if isinstance(value, list) and kind == "str":
            value = ",".join(map(str, value))
        if value is None:
            value = {"str": "", "float64": float("nan")}.get(kind, pd.NA)
        try:
            frame[name] = pd.Series([value] * len(frame), index=frame.index, dtype=kind)
        except (TypeError, ValueError):
            raise RunFolderError(
                f"{folder.path}: {name} is {str(value)[:40]!r} in its configuration; run it again"
            ) from None
    return frame


def options_told(options: Mapping[str, object]) -> str:
    """Options by name, as one text.

    Example:
        >>> options_told({"std_init": 0.1, "optimizer": "adam"})
        'optimizer=adam std_init=0.1'
    """
    return " ".join(f"{name}={value}" for name, value in sorted(options.items()))


def apart_from_seeds(folder: RunFolder) -> str:
    """All that a run was asked for but its seeds, and what the target is called."""
    left_out = ("seeds", "target", "target_name")
    asked = {key: value for key, value in folder.config.items() if key not in left_out}
    return json.dumps(asked, sort_keys=True, default=str)


def joined_once(
    frames: Sequence[pd.DataFrame], asked: Sequence[str], readings: Mapping[str, str]
) -> tuple[pd.DataFrame, int]:
    """One table of many, in which a seed that several runs hold counts once.

    A seed's network is a function of its settings: runs with seeds=4 and seeds=8 share four of
    them, and counting those twice would make an interval too narrow.

    Args:
        frames: of each run, as `described` gives it.
        asked: of each run, as `apart_from_seeds` gives it.
        readings: the columns of a reading, with types.

    Returns:
        The table, and how many readings were left out.
    """
    columns = {**readings, "seed_status": "str", **CONFIG_COLUMNS}
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()}), 0
    table = pd.concat(frames, ignore_index=True)[list(columns)]
    apart = [name for name in readings if name not in ("run", "value", "reason")]
    settings = np.repeat(np.array(asked, dtype=object), [len(frame) for frame in frames])
    what = table[[*apart, "score_size", "score_key"]].assign(settings=settings)
    repeated = what.duplicated()
    return table[~repeated].reset_index(drop=True), int(repeated.sum())


def _parquet(frame: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode("utf-8")


def _markdown(frame: pd.DataFrame) -> bytes:
    def line(cells: Sequence[object]) -> str:
        texts = ["" if cell is pd.NA or cell != cell else str(cell) for cell in cells]
        return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |\n"

    lines = [line(list(frame.columns)), line(["---"] * len(frame.columns))]
    lines += [line(row) for row in frame.itertuples(index=False, name=None)]
    return "".join(lines).encode("utf-8")

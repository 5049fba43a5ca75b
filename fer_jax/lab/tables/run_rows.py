"""What one run folder adds to a table: its readings, and what each row says of the run."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.formats import read_checked
from fer_jax.lab.folders.run_folder import ALONG, ALONG_COLUMNS, METRIC_COLUMNS, METRICS, RunFolder
from fer_jax.lab.tables.columns import CONFIG_COLUMNS, typed

_ARROW = {"str": pa.dictionary(pa.int32(), pa.string()), "Int64": pa.int64()}


@dataclass(frozen=True, eq=False)
class RunRows:
    """The rows of one run.

    Attributes:
        readings: its readings, as `schema_of` has them.
        about: of each of `CONFIG_COLUMNS`, what it says in every row.
        asked: all that the run was asked for but its seeds, and what the target is called.
        seed_status: of each seed "ok" or "diverged".
    """

    readings: pa.Table
    about: Mapping[str, Any]
    asked: str
    seed_status: Mapping[int, str]

    @cached_property
    def unusual_seeds(self) -> dict[str, list[int]]:
        """Of each status but "ok", the seeds that have it."""
        told: dict[str, list[int]] = {}
        for seed, status in self.seed_status.items():
            if status != "ok":
                told.setdefault(status, []).append(seed)
        return told


def rows_of(folder: RunFolder, readings: pa.Table) -> RunRows:
    """The rows of a run whose readings have been read.

    Raises:
        RunFolderError: in one line, if its configuration is not what it should be.
    """
    return RunRows(readings, about(folder), apart_from_seeds(folder), folder.seed_status)


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The types of readings: texts, of which there are few, are dictionary-encoded."""
    return pa.schema([(name, _ARROW.get(kind, pa.float64())) for name, kind in columns.items()])


def readings_of(folder: RunFolder) -> pa.Table:
    """The readings of a run.

    Raises:
        RunFolderError: in one line, if they are missing or damaged.
    """
    return _read(folder, METRICS, METRIC_COLUMNS) or _plainly(folder.metrics(), METRIC_COLUMNS)


def readings_along_of(folder: RunFolder) -> pa.Table | None:
    """Those of its snapshots or ancestors, or None where there are none.

    Raises:
        RunFolderError: in one line, if they are damaged.
    """
    if not (folder.path / ALONG).exists():
        return None
    table = _read(folder, ALONG, ALONG_COLUMNS)
    if table is None and (frame := folder.metrics_along()) is not None:
        return _plainly(frame, ALONG_COLUMNS)
    return table


def about(folder: RunFolder) -> dict[str, Any]:
    """What each row says of its run: see `CONFIG_COLUMNS`.

    Raises:
        RunFolderError: in one line, if its configuration is not what it should be.
    """
    config = folder.config | folder.status.get("scoring", {}) | {"path": str(folder.path)}
    config["target"] = config.get("target_name", config["target"])
    told = {}
    for name, kind in CONFIG_COLUMNS.items():
        value = config.get(name)
        try:
            told[name] = typed(value, kind)
        except (TypeError, ValueError, OverflowError):
            raise RunFolderError(
                f"{folder.path}: {name} is {str(value)[:40]!r} in its configuration; run it again"
            ) from None
    return told


def apart_from_seeds(folder: RunFolder) -> str:
    """All that a run was asked for but its seeds, and what the target is called."""
    left_out = ("seeds", "target", "target_name")
    asked = {key: value for key, value in folder.config.items() if key not in left_out}
    return json.dumps(asked, sort_keys=True, default=str)


def _read(folder: RunFolder, name: str, columns: Mapping[str, str]) -> pa.Table | None:
    """The table in a file, or None if it is not quite as we write it: pandas is less particular."""
    try:
        data = read_checked(folder.path / name, folder.status["files"].get(name))
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=_texts(columns))
        return file.read(list(columns), use_threads=False).cast(schema_of(columns))
    except (RunFolderError, pa.ArrowException, LookupError, OSError, ValueError, TypeError):
        return None


def _plainly(frame: pd.DataFrame, columns: Mapping[str, str]) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).cast(schema_of(columns))


def _texts(columns: Mapping[str, str]) -> list[str]:
    return [name for name, kind in columns.items() if kind == "str"]

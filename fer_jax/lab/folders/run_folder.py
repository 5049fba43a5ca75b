"""Reading a run folder; what of it needs JAX is read in `fer_jax.lab.folders.contents`."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pandas as pd
import yaml

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.formats import Format, HandsOffError, read_checked, read_sealed
from fer_jax.lab.folders.snapshots import Snapshots, snapshots_of

CONFIG = "config.yaml"
OVERRIDES = "overrides.yaml"
ENVIRONMENT = "environment.json"
STATUS = "status.json"
METRICS = "metrics.parquet"
ALONG = "metrics_along.parquet"
CURVES = "curves.npz"
TARGET = "target.png"
CHECKPOINT = "checkpoint"
LOG = "log.txt"
NETWORKS = "networks.safetensors"
GENOMES = "genomes.json"

NO_TARGET = "no target"
"""What the target of a run is called that has none."""

METRIC_COLUMNS = {
    "run": "str",
    "seed": "Int64",
    "layer": "Int64",
    "metric": "str",
    "metric_version": "str",
    "value": "float64",
    "reason": "str",
}
"""Columns of `metrics.parquet`, with their types. A genome's readings have no seed; a reading of
the whole network has no layer; an undefined value is NaN and has a reason."""

ALONG_COLUMNS = {
    **{name: METRIC_COLUMNS[name] for name in ("run", "seed")},
    "step": "Int64",
    **{name: kind for name, kind in METRIC_COLUMNS.items() if name not in ("run", "seed")},
}
"""Columns of `metrics_along.parquet`: the same, and how many steps had been taken; of an ancestor,
the generation of its birth."""


RUN_FORMAT = Format("fer_jax run", 1)


def read_status(path: Path) -> dict[str, Any]:
    """What a `status.json` says.

    Raises:
        MissingFileError: if there is none.
        HandsOffError: if it cannot be read, or a newer fer_jax wrote it.
        RunFolderError: if it is not whole or not ours. Each is one line.
    """
    status = read_sealed(path, RUN_FORMAT)
    if any(key not in status for key in ("id", "state", "files")):
        raise RunFolderError(f"{path}: expected a mapping with id, state, files")
    return status


@dataclass(frozen=True)
class RunFolder:
    """A run folder, read lazily: each method reads one file.

    Attributes:
        path: the folder.

    Raises:
        RunFolderError: (from every method) naming the file that is missing or damaged.
    """

    path: Path

    @property
    def id(self) -> str:
        """The id of the run, such as "sgd-1f3a9c0b7d2e"."""
        return str(self.status["id"])

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved configuration; keys that the run's method does not use are absent."""
        text = self._text(CONFIG)
        try:
            # The same safe loader in C, where PyYAML has it: six times as fast.
            config = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            raise self._damaged(CONFIG, error) from None
        return self._mapping(CONFIG, config, ("method", "target"))

    @cached_property
    def status(self) -> dict[str, Any]:
        """How it went: "state" ("running", "done" or "failed"), "error", "seeds", "scoring" ...

        And "files": the checksum of every other file that counts.
        """
        try:
            return read_status(self.path / STATUS)
        except RunFolderError as error:
            raise _advised(error) from None

    @property
    def state(self) -> str:
        """One of "running" (or killed while it was), "done" and "failed"."""
        return str(self.status["state"])

    @property
    def seed_status(self) -> dict[int, str]:
        """For each seed "ok" or "diverged"."""
        try:
            return {int(seed): str(told) for seed, told in self.status.get("seeds", {}).items()}
        except (AttributeError, ValueError) as error:
            raise self._damaged(STATUS, error) from None

    def metrics(self) -> pd.DataFrame:
        """The readings, one a row; see `METRIC_COLUMNS`."""
        return self._table(METRICS, METRIC_COLUMNS)

    def metrics_along(self) -> pd.DataFrame | None:
        """Those of snapshots or ancestors, one a row; see `ALONG_COLUMNS`. None without any."""
        return self._table(ALONG, ALONG_COLUMNS) if (self.path / ALONG).exists() else None

    def losses(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Seeds `(seeds,)` and losses `(seeds, steps)`, or None where there was no target."""
        curves = self.curves("seeds", "losses")
        return (curves["seeds"], curves["losses"]) if len(curves) == 2 else None

    def curves(self, *wanted: str) -> dict[str, np.ndarray]:
        """What was logged of each step, `(seeds, steps)` each, and "seeds".

        Args:
            wanted: names; without any, all that there are. Those that are not there are left out.
        """
        if not (self.path / CURVES).exists():
            return {}
        data = self.bytes_of(CURVES)
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as curves:
                return {name: curves[name] for name in curves if not wanted or name in wanted}
        except Exception as error:  # zipfile, zlib and NumPy raise many kinds on a damaged file
            raise self._damaged(CURVES, error) from None

    def snapshots(self) -> Snapshots | None:
        """The weights that were kept in training, or None if there are none."""
        return snapshots_of(self.curves("seeds", "snapshots", "snapshot_steps", "diverged_at"))

    def target_image(self) -> np.ndarray | None:
        """The target, `(size, size, 3)` float32 in [0, 1], with the 8 bits that a PNG keeps.

        None for a run that had none.
        """
        if self.config["target"] is None:
            return None
        data = self.bytes_of(TARGET)
        try:
            pixels = iio.imread(data, extension=".png", mode="RGB")
        except Exception as error:  # Pillow raises many kinds on a damaged file
            raise self._damaged(TARGET, error) from None
        return np.asarray(pixels, dtype=np.float32) / np.float32(255.0)

    def damage(self, apart_from: Sequence[str] = (), limit: int | None = None) -> dict[str, str]:
        """What is wrong with the files that `status.json` lists, by name, in one line each.

        Args:
            apart_from: names of files that are not looked at.
            limit: larger files than this many bytes are not looked at.
        """
        told = {}
        for name in self.status["files"]:
            path = self.path / name
            if name in apart_from:
                continue
            if limit is not None and path.is_file() and path.stat().st_size > limit:
                continue
            try:
                self.bytes_of(name)
            except RunFolderError as error:
                told[name] = str(error)
        return told

    def _table(self, name: str, columns: dict[str, str]) -> pd.DataFrame:
        data = self.bytes_of(name)
        try:
            return pd.read_parquet(io.BytesIO(data))[list(columns)].astype(columns)
        except Exception as error:  # pyarrow raises many kinds on a damaged file
            raise self._damaged(name, error) from None

    def _text(self, name: str) -> str:
        try:
            return self.bytes_of(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._damaged(name, error) from None

    def bytes_of(self, name: str) -> bytes:
        """The content of one of its files, whose checksum is right."""
        try:
            return read_checked(self.path / name, self.status["files"].get(name))
        except RunFolderError as error:
            raise _advised(error) from None

    def _mapping(self, name: str, content: Any, needed: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(content, dict) or any(key not in content for key in needed):
            raise RunFolderError(f"{self.path / name}: expected a mapping with {', '.join(needed)}")
        return content

    def _damaged(self, name: str, error: Exception) -> RunFolderError:
        told = " ".join(str(error).split())[:120]
        return _advised(RunFolderError(f"{self.path / name}: is damaged: {told}"))


def _advised(error: RunFolderError) -> RunFolderError:
    """The error, with what to do about a damaged file; others say themselves what to do."""
    if isinstance(error, HandsOffError):
        return error
    return RunFolderError(f"{error}; run the same command again, which makes it anew")

"""Checkpoints: the state of a search and all that it has logged, so that a killed run goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.atomic import make_folder, remove, remove_folder, write_bytes, write_json
from fer_jax.lab.folders.formats import (
    Format,
    MissingFileError,
    digest_of,
    read_checked,
    read_sealed,
)

FORMAT = Format("fer_jax checkpoint", 1)

LATEST = "latest.json"
"""Names the files that count; without it there is no checkpoint."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A moment between two chunks.

    Attributes:
        step: steps taken so far.
        state: what the search needs to go on, as named arrays.
        records: what it has logged, steps on the last axis: from the first step on when it is
            loaded, since the last checkpoint when it is saved.
    """

    step: int
    state: Mapping[str, np.ndarray]
    records: Mapping[str, np.ndarray]


class CheckpointFolder:
    """The `checkpoint/` of one run. It holds at most one checkpoint that counts.

    The state lies in `state-N.safetensors`; what was logged up to step N since the checkpoint
    before, in `records-N.safetensors`, which is written once and stays. `latest.json` names the
    files that count, with their checksums, and is written last: a crash at any moment leaves a
    checkpoint that is whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records: list[dict[str, str]] = []

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint in place of the one before, whose records stay part of it.

        Raises:
            OSError: if it cannot be written; the one before stays.
        """
        make_folder(self.path)
        records = self._write(f"records-{checkpoint.step}.safetensors", checkpoint.records)
        state = self._write(f"state-{checkpoint.step}.safetensors", checkpoint.state)
        content = {
            "step": checkpoint.step,
            "state": state,
            "records": [*self._records, records],
        }
        write_json(self.path / LATEST, FORMAT.seal(content))
        self._records.append(records)
        for old in self.path.glob("state-*.safetensors"):
            if old.name != state["file"]:
                remove(old)

    def load(self) -> Checkpoint | None:
        """The checkpoint, or None if there is none. Those saved from now on go on from it.

        Raises:
            HandsOffError: in one line, if it may be whole, and cannot be read.
            RunFolderError: in one line, if what is there is not whole.
        """
        latest = self.path / LATEST
        try:
            content = read_sealed(latest, FORMAT)
        except MissingFileError:
            return None
        try:
            step, state, records = int(content["step"]), content["state"], content["records"]
            parts = [self._read(part) for part in records]
            loaded = Checkpoint(step, self._read(state), _joined(parts))
        except (LookupError, TypeError, ValueError) as error:
            if isinstance(error, RunFolderError):
                raise
            raise RunFolderError(f"{latest}: does not say what it should: {error!r:.80}") from None
        self._records = list(records)
        return loaded

    def remove(self) -> None:
        """Delete it: once the run is done, or where it cannot be used."""
        remove_folder(self.path, first=LATEST)
        self._records = []

    def _write(self, name: str, arrays: Mapping[str, np.ndarray]) -> dict[str, str]:
        # Not ascontiguousarray, which gives a scalar an axis.
        data = safetensors.numpy.save({k: np.asarray(v, order="C") for k, v in arrays.items()})
        write_bytes(self.path / name, data)
        return {"file": name, "sha256": digest_of(data)}

    def _read(self, named: Mapping[str, Any]) -> dict[str, np.ndarray]:
        path = self.path / str(named["file"])
        if path.parent != self.path:
            raise RunFolderError(f"{self.path}: names a file outside of itself")
        return safetensors.numpy.load(read_checked(path, named["sha256"]))


def step_of(path: Path) -> int:
    """The step of the checkpoint in a folder, as far as that can be told without reading it all."""
    try:
        return int(read_sealed(path / LATEST, FORMAT)["step"])
    except (RunFolderError, LookupError, TypeError, ValueError):
        return 0


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    names = parts[0] if parts else {}
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in names}

"""Checkpoints: the state of a search and all that it has logged, so that a killed run goes on."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy

from fer_jax.errors import RunFolderError
from fer_jax.lab.atomic import write_bytes, write_json

_FORMAT = "fer_jax checkpoint"
_VERSION = 1
_LATEST = "latest.json"
_STATE, _RECORDS = "state/", "records/"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A moment between two chunks.

    Attributes:
        step: steps taken so far.
        state: what the search needs to go on, as named arrays.
        records: what it has logged from the first step on, steps on the last axis.
    """

    step: int
    state: Mapping[str, np.ndarray]
    records: Mapping[str, np.ndarray]


class CheckpointFolder:
    """The `checkpoint/` of one run. It holds at most one checkpoint that counts.

    The arrays lie in `step-N.safetensors`, and `latest.json` names that file with its checksum.
    The arrays are written first: a crash at any moment leaves a checkpoint that is whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint in place of the one before.

        Raises:
            OSError: if it cannot be written; the one before stays.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        arrays = {f"{_STATE}{name}": array for name, array in checkpoint.state.items()}
        arrays |= {f"{_RECORDS}{name}": array for name, array in checkpoint.records.items()}
        data = safetensors.numpy.save(
            # Not ascontiguousarray, which gives a scalar an axis.
            {name: np.asarray(array, order="C") for name, array in arrays.items()}
        )
        name = f"step-{checkpoint.step}.safetensors"
        write_bytes(self.path / name, data)
        latest = {
            "format": _FORMAT,
            "version": _VERSION,
            "step": checkpoint.step,
            "file": name,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        write_json(self.path / _LATEST, latest)
        for old in self.path.glob("step-*.safetensors"):
            if old.name != name:
                old.unlink()

    def load(self) -> Checkpoint | None:
        """The checkpoint, or None if there is none.

        Raises:
            RunFolderError: in one line, if what is there is not whole.
        """
        try:
            latest = json.loads((self.path / _LATEST).read_text(encoding="utf-8"))
            if latest["format"] != _FORMAT or latest["version"] != _VERSION:
                raise RunFolderError(f"{self.path}: is of another format or version")
            step, name = int(latest["step"]), str(latest["file"])
            if Path(name).name != name:
                raise RunFolderError(f"{self.path}: names a file outside of itself")
            data = (self.path / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != latest["sha256"]:
                raise RunFolderError(f"{self.path / name}: does not match its checksum")
            arrays = safetensors.numpy.load(data)
        except FileNotFoundError as error:
            if error.filename == str(self.path / _LATEST):
                return None
            raise RunFolderError(f"{error.filename}: is missing") from None
        except RunFolderError:
            raise
        except Exception as error:  # whatever a damaged file makes the readers raise
            raise RunFolderError(f"{self.path}: is not readable: {str(error)[:120]}") from None
        return Checkpoint(step, _under(_STATE, arrays), _under(_RECORDS, arrays))

    def remove(self) -> None:
        """Delete the folder, once the run is done."""
        shutil.rmtree(self.path, ignore_errors=True)


def _under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }

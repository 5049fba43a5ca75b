"""Writing a run folder, each file whole or not at all, in an order that a crash cannot spoil."""

import errno
import io
import json
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pandas as pd
import yaml

from fer_jax.errors import FerJaxError, RunFolderError
from fer_jax.genome.target import Target
from fer_jax.lab import run_folder as names
from fer_jax.lab.atomic import make_folder, remove, write_bytes, write_json, write_text
from fer_jax.lab.environment import describe
from fer_jax.lab.formats import digest_of
from fer_jax.lab.methods import Found
from fer_jax.lab.networks import (
    GENOMES,
    NETWORKS,
    read_genomes,
    read_networks,
    write_genomes,
    write_networks,
)
from fer_jax.lab.readings import Scoring

_DISK_TROUBLE = (
    errno.ENOSPC,
    errno.EROFS,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EISDIR,
    errno.EACCES,
)


def unwritable(folder: Path, error: OSError) -> RunFolderError:
    """What to tell of a run whose folder, or a file in it, cannot be written."""
    return RunFolderError(
        f"{error.filename2 or folder}: cannot be written: {error.strerror}; see to the disk and "
        f"run the same command again, which goes on from what is there"
    )


class RunWriter:
    """One run folder while its run is made.

    `status.json` says how far the run is: "found" once its networks are on disk, "done" once they
    are scored. It is always written last, so that what it says is there is there.

    Attributes:
        path: the folder.
        status: what `status.json` holds, or {} before the run's first start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.status = self._read_status()
        self._began = time.monotonic()

    def is_done(self, scoring: Scoring) -> bool:
        """Whether there is nothing left to do."""
        return (
            self.status.get("state") == "done"
            and scoring.is_met_by(self.status.get("scoring", {}))
            and not self.damaged
        )

    @property
    def damaged(self) -> list[str]:
        """Names of the files that are missing, or no longer what they were when written."""
        found = []
        for name, digest in self.status.get("files", {}).items():
            try:
                whole = digest_of((self.path / name).read_bytes()) == digest
            except OSError:
                whole = False
            if not whole:
                found.append(name)
        return found

    def open(
        self, id: str, settings: dict[str, Any], target: Target, overrides: Sequence[str]
    ) -> None:
        """Write all that is known before a run makes its networks.

        Raises:
            OSError: if the folder cannot be written.
        """
        make_folder(self.path)
        self.status = {"id": id, "started": _now(), "files": {}}
        environment = describe(settings.get("precision", ""))
        pixels = np.round(target.image * 255.0).astype(np.uint8)
        self._write(names.CONFIG, _yaml(settings))
        self._write(names.OVERRIDES, _yaml(list(overrides)))
        self._write(names.ENVIRONMENT, (json.dumps(environment, indent=2) + "\n").encode())
        self._write(names.TARGET, iio.imwrite("<bytes>", pixels, extension=".png"))
        self.reopen()

    def reopen(self) -> None:
        """Say that the run is at work, where only scoring is left to do.

        Raises:
            OSError: if the folder cannot be written.
        """
        remove(self.path / names.LOG)
        self._update(state="running", error=None)

    def found_before(self) -> Found | None:
        """What an earlier process has found here, or None.

        Raises:
            FerJaxError: in one line, if its files are not whole.
        """
        if not self.status.get("found"):
            return None
        # Readings can be made anew from the networks; what else is damaged cannot.
        if damaged := [name for name in self.damaged if name != names.METRICS]:
            raise RunFolderError(f"{self.path / damaged[0]}: is missing, damaged or edited")
        networks, genomes = self.path / NETWORKS, self.path / GENOMES
        diverged = {int(seed): told for seed, told in self.status.get("diverged", {}).items()}
        return Found(
            networks=read_networks(networks) if "networks" in self.status["found"] else None,
            genomes=tuple(read_genomes(genomes)) if "genomes" in self.status["found"] else (),
            diverged=diverged,
        )

    def keep(self, found: Found) -> None:
        """Write the networks, before anything else is done with them."""
        kinds = []
        if found.networks is not None:
            write_networks(self.path / NETWORKS, found.networks)
            self._note(NETWORKS, (self.path / NETWORKS).read_bytes())
            kinds.append("networks")
        if found.genomes:
            write_genomes(self.path / GENOMES, list(found.genomes))
            self._note(GENOMES, (self.path / GENOMES).read_bytes())
            kinds.append("genomes")
        if found.curves:
            file = io.BytesIO()
            np.savez_compressed(file, **found.curves)  # type: ignore[arg-type]
            self._write(names.CURVES, file.getvalue())
        seeds = found.networks.seeds if found.networks is not None else ()
        self._update(
            found=kinds,
            seeds={str(s): "diverged" if s in found.diverged else "ok" for s in seeds},
            diverged={str(seed): told for seed, told in found.diverged.items()},
        )

    def close(self, readings: pd.DataFrame, scoring: Scoring) -> float:
        """Write the readings: the run is done. Returns the seconds that it took."""
        file = io.BytesIO()
        readings.to_parquet(file, index=False)
        self._write(names.METRICS, file.getvalue())
        seconds = round(time.monotonic() - self._began, 3)
        self._update(state="done", ended=_now(), seconds=seconds, scoring=asdict(scoring))
        return seconds

    def fail(self, error: Exception) -> tuple[str, str]:
        """Record a failure. Returns what went wrong in one line, and where the log is, or ""."""
        told = " ".join(str(error).split())[:500]
        if isinstance(error, OSError) and error.errno in _DISK_TROUBLE:
            told = str(unwritable(self.path, error))
        elif not isinstance(error, FerJaxError):
            told = f"{type(error).__name__}: {told}" if told else type(error).__name__
        log = self.path / names.LOG
        try:
            write_text(log, "".join(traceback.format_exception(error)))
            self._update(state="failed", error=told, ended=_now())
        except OSError as second:  # a full disk, most likely: the first error still gets out
            return f"{told}; and its log could not be written: {second.strerror}", ""
        return told, str(log)

    def _write(self, name: str, data: bytes) -> None:
        write_bytes(self.path / name, data)
        self._note(name, data)

    def _note(self, name: str, data: bytes) -> None:
        self.status["files"] = {**self.status["files"], name: digest_of(data)}

    def _update(self, **values: Any) -> None:
        self.status |= values
        write_json(self.path / names.STATUS, names.RUN_FORMAT.seal(self.status))

    def _read_status(self) -> dict[str, Any]:
        """What is there; {} where there is none, or none that is whole: then the run starts over.

        Raises:
            RunFolderError: if a newer fer_jax wrote it, whose work must not be overwritten.
        """
        try:
            return names.read_status(self.path / names.STATUS)
        except RunFolderError as error:
            if "newer fer_jax" in str(error):
                raise
            return {}
        except OSError:
            return {}


def _yaml(content: Any) -> bytes:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

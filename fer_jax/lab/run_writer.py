"""Writing a run folder, each file whole or not at all, in an order that a crash cannot spoil."""

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

from fer_jax.errors import FerJaxError
from fer_jax.genome.target import Target
from fer_jax.lab import run_folder as names
from fer_jax.lab.atomic import write_bytes, write_json, write_text
from fer_jax.lab.environment import describe
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
        files = (names.CONFIG, names.METRICS)
        return (
            self.status.get("state") == "done"
            and scoring.is_met_by(self.status.get("scoring", {}))
            and all((self.path / name).is_file() for name in files)
        )

    def open(
        self, id: str, settings: dict[str, Any], target: Target, overrides: Sequence[str]
    ) -> None:
        """Write all that is known before a run makes its networks.

        Raises:
            OSError: if the folder cannot be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self.status = {"id": id, "started": _now()}
        self.reopen()
        write_text(self.path / names.CONFIG, _yaml(settings))
        write_text(self.path / names.OVERRIDES, _yaml(list(overrides)))
        write_json(self.path / names.ENVIRONMENT, describe(settings.get("precision", "")))
        pixels = np.round(target.image * 255.0).astype(np.uint8)
        write_bytes(self.path / names.TARGET, iio.imwrite("<bytes>", pixels, extension=".png"))

    def reopen(self) -> None:
        """Say that the run is at work, where only scoring is left to do.

        Raises:
            OSError: if the folder cannot be written.
        """
        (self.path / names.LOG).unlink(missing_ok=True)
        self._update(state="running", error=None)

    def found_before(self) -> Found | None:
        """What an earlier process has found here, or None.

        Raises:
            FerJaxError: in one line, if its files are not whole.
        """
        if not self.status.get("found") or not (self.path / names.CONFIG).is_file():
            return None
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
            kinds.append("networks")
        if found.genomes:
            write_genomes(self.path / GENOMES, list(found.genomes))
            kinds.append("genomes")
        if found.curves:
            file = io.BytesIO()
            np.savez_compressed(file, **found.curves)  # type: ignore[arg-type]
            write_bytes(self.path / names.CURVES, file.getvalue())
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
        write_bytes(self.path / names.METRICS, file.getvalue())
        seconds = round(time.monotonic() - self._began, 3)
        self._update(state="done", ended=_now(), seconds=seconds, scoring=asdict(scoring))
        return seconds

    def fail(self, error: Exception) -> tuple[str, str]:
        """Record a failure. Returns what went wrong in one line, and where the log is, or ""."""
        told = " ".join(str(error).split())[:500]
        if not isinstance(error, FerJaxError):
            told = f"{type(error).__name__}: {told}" if told else type(error).__name__
        log = self.path / names.LOG
        try:
            write_text(log, "".join(traceback.format_exception(error)))
            self._update(state="failed", error=told, ended=_now())
        except OSError as second:  # a full disk, most likely: the first error still gets out
            return f"{told}; and its log could not be written: {second.strerror}", ""
        return told, str(log)

    def _update(self, **values: Any) -> None:
        self.status |= values
        write_json(self.path / names.STATUS, self.status)

    def _read_status(self) -> dict[str, Any]:
        try:
            status = json.loads((self.path / names.STATUS).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}  # none yet, or damaged: either way the run starts from what else is there
        return status if isinstance(status, dict) else {}


def _yaml(content: Any) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

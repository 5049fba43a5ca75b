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

from fer_jax.errors import FerJaxError, RunFolderError
from fer_jax.genome.target import Target
from fer_jax.lab.folders import run_folder as names
from fer_jax.lab.folders.ancestors import ANCESTORS
from fer_jax.lab.folders.archives import ARCHIVE, archive_file, read_archives
from fer_jax.lab.folders.atomic import (
    make_folder,
    remove,
    remove_parts,
    write_bytes,
    write_json,
    write_text,
)
from fer_jax.lab.folders.disk_trouble import is_disk_trouble, unwritable
from fer_jax.lab.folders.environment import describe
from fer_jax.lab.folders.evolution import EVOLUTION, Evolution, evolution_files, read_evolution
from fer_jax.lab.folders.formats import HandsOffError, MissingFileError, digest_of, read_checked
from fer_jax.lab.folders.kept_target import target_file
from fer_jax.lab.folders.networks import (
    read_genomes,
    read_networks,
    write_genomes,
    write_networks,
)
from fer_jax.lab.folders.snapshots import Snapshots, snapshots_of
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.readings import Scoring


class RunWriter:
    """One run folder while its run is made.

    `status.json` says how far the run is: "found" once its networks are on disk, "done" once they
    are scored. It is always written last, so that what it says is there is there.

    Attributes:
        path: the folder.
        status: what `status.json` holds; {} before the run's first start, or where it is damaged:
            then the run starts over, from its checkpoint if there is one.
        damaged: what is wrong with each file that is missing, or no longer what it was when it was
            written, by name, in one line.

    Raises:
        HandsOffError: if the folder holds work that must not be overwritten: another run's, that of
            a newer fer_jax, or a file that cannot be read just now.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: dict[str, str] = {}
        self.status = self._read_status()
        if self.status.get("id", path.name) != path.name:
            raise HandsOffError(
                f"{path}: holds the run {self.status['id']}, as if it had been renamed or copied; "
                f"move it away and run the same command again"
            )
        for name, digest in self.status.get("files", {}).items():
            try:
                read_checked(path / name, digest)
            except HandsOffError:
                raise
            except RunFolderError as error:
                self.damaged[name] = str(error)
        self._began = time.monotonic()

    def is_done(self, scoring: Scoring, *, along: bool = False) -> bool:
        """Whether there is nothing left to do.

        Args:
            scoring: what is asked for.
            along: whether snapshots are to be scored too.
        """
        return (
            self.status.get("state") == "done"
            and (not along or names.ALONG in self.status["files"])
            and scoring.is_met_by(
                self.status.get("scoring", {}), bred=EVOLUTION in self.status["files"]
            )
            and not self.damaged
        )

    def open(
        self,
        settings: dict[str, Any],
        target: Target | None,
        overrides: Sequence[str],
        *,
        anew: bool,
        asked_as: str = "",
    ) -> None:
        """Write all that is known before a run makes its networks, and say that it is at work.

        Args:
            settings: what `config.yaml` holds.
            target: what is drawn, or None.
            overrides: what the user wrote.
            anew: whether the networks are still to be made. Otherwise what is there of all this
                stays, and only what is damaged is written again.
            asked_as: by which a sweep knows the run that it asked for; see `sketch`.

        Raises:
            OSError: if the folder cannot be written.
        """
        make_folder(self.path)
        for folder in (self.path, self.path / names.CHECKPOINT):
            remove_parts(folder)
        if anew:
            self.status = {"id": self.path.name, "started": _now(), "files": {}}
        contents = {
            names.CONFIG: lambda: _yaml(settings),
            names.OVERRIDES: lambda: _yaml(list(overrides)),
            names.ENVIRONMENT: lambda: self._environment(settings, anew),
        }
        if target is not None:
            contents[names.TARGET] = lambda: _png(target.image)
            kept, exact = target_file(target)
            contents[kept] = lambda: exact
        for name, content in contents.items():
            if name in self.damaged or name not in self.status["files"]:
                self._write(name, content())
        remove(self.path / names.LOG)
        self._update(state="running", error=None, asked_as=asked_as)

    def found_before(self) -> Found | None:
        """What an earlier process has found here, or None if that is nothing or damaged.

        Raises:
            FerJaxError: in one line, if its files cannot be read although they are whole.
        """
        # All else can be written again without making the networks.
        found = {names.NETWORKS, names.GENOMES, names.CURVES, EVOLUTION, ANCESTORS, ARCHIVE}
        if not self.status.get("found") or found & set(self.damaged):
            return None
        networks, genomes = self.path / names.NETWORKS, self.path / names.GENOMES
        diverged = {int(seed): told for seed, told in self.status.get("diverged", {}).items()}
        kinds = self.status["found"]
        evolved = "genomes" in kinds and "networks" not in kinds
        return Found(
            networks=read_networks(networks) if "networks" in kinds else None,
            genomes=tuple(read_genomes(genomes)) if "genomes" in kinds else (),
            genome_seeds=tuple(map(int, self.status.get("seeds", ()))) if evolved else (),
            archives=tuple(read_archives(self.path / ARCHIVE)) if "archives" in kinds else (),
            evolution=self._evolution(),
            diverged=diverged,
            snapshots=self._snapshots(),
        )

    def keep(self, found: Found, seed_steps_per_second: float = 0.0) -> None:
        """Write the networks, before anything else is done with them.

        Args:
            found: what the run has made.
            seed_steps_per_second: how fast, without compilation; 0 if that is not known.
        """
        kinds = []
        if found.networks is not None:
            write_networks(self.path / names.NETWORKS, found.networks)
            self._note(names.NETWORKS, (self.path / names.NETWORKS).read_bytes())
            kinds.append("networks")
        if found.genomes:
            write_genomes(self.path / names.GENOMES, list(found.genomes))
            self._note(names.GENOMES, (self.path / names.GENOMES).read_bytes())
            kinds.append("genomes")
        if found.curves:
            file = io.BytesIO()
            np.savez_compressed(file, **found.curves)  # type: ignore[arg-type]
            self._write(names.CURVES, file.getvalue())
        if found.evolution:
            for name, data in evolution_files(found.evolution).items():
                self._write(name, data)
        if found.archives:
            self._write(ARCHIVE, archive_file(found.archives))
            kinds.append("archives")
        self._update(
            found=kinds,
            seeds={str(s): "diverged" if s in found.diverged else "ok" for s in found.seeds},
            diverged={str(seed): told for seed, told in found.diverged.items()},
            seed_steps_per_second=seed_steps_per_second or None,
        )

    def close(
        self, readings: pd.DataFrame, scoring: Scoring, along: pd.DataFrame | None = None
    ) -> float:
        """Write the readings: the run is done.

        Args:
            readings: of the final networks.
            scoring: how they were made.
            along: those of snapshots or ancestors, if there are any; others would be of an
                earlier scoring, and go.

        Returns:
            The seconds that the run took.
        """
        for name, table in ((names.METRICS, readings), (names.ALONG, along)):
            if table is not None:
                file = io.BytesIO()
                table.to_parquet(file, index=False)
                self._write(name, file.getvalue())
            elif (self.path / name).exists():
                self._drop(name)
        seconds = round(time.monotonic() - self._began, 3)
        self._update(state="done", ended=_now(), seconds=seconds, scoring=asdict(scoring))
        return seconds

    def fail(self, error: Exception) -> tuple[str, str]:
        """Record a failure. Returns what went wrong in one line, and where the log is, or ""."""
        told = " ".join(str(error).split())[:500]
        # What a disk refuses today says nothing against the run.
        passing = is_disk_trouble(error) or isinstance(error, HandsOffError)
        if isinstance(error, OSError) and passing:
            told = str(unwritable(self.path, error))
        elif not isinstance(error, FerJaxError):
            told = f"{type(error).__name__}: {told}" if told else type(error).__name__
        log = self.path / names.LOG
        try:
            write_text(log, "".join(traceback.format_exception(error)))
            mistake = isinstance(error, FerJaxError)
            self._update(state="failed", error=told, ended=_now(), passing=passing, mistake=mistake)
        except OSError as second:  # a full disk, most likely: the first error still gets out
            return f"{told}; and its log could not be written: {second.strerror}", ""
        return told, str(log)

    def _evolution(self) -> tuple[Evolution, ...]:
        if EVOLUTION not in self.status["files"]:
            return ()
        return tuple(read_evolution(self.path / EVOLUTION))

    def _snapshots(self) -> Snapshots | None:
        if names.CURVES not in self.status["files"]:
            return None
        with np.load(self.path / names.CURVES, allow_pickle=False) as curves:
            return snapshots_of(curves)

    def _environment(self, settings: dict[str, Any], anew: bool) -> bytes:
        told = describe(settings.get("precision", ""))
        if not anew:
            told["written_again"] = "the first was damaged; it may have told of another machine"
        return (json.dumps(told, indent=2) + "\n").encode()

    def _write(self, name: str, data: bytes) -> None:
        write_bytes(self.path / name, data)
        self._note(name, data)

    def _drop(self, name: str) -> None:
        """Delete a file; what says that it is there goes first."""
        self.status["files"] = {key: of for key, of in self.status["files"].items() if key != name}
        self.damaged.pop(name, None)
        self._update()
        remove(self.path / name)

    def _note(self, name: str, data: bytes) -> None:
        self.status["files"] = {**self.status["files"], name: digest_of(data)}
        self.damaged.pop(name, None)

    def _update(self, **values: Any) -> None:
        # A run may fail before anything of it is known.
        self.status = {"id": self.path.name, "files": {}, **self.status, **values}
        write_json(self.path / names.STATUS, names.RUN_FORMAT.seal(self.status))

    def _read_status(self) -> dict[str, Any]:
        try:
            return names.read_status(self.path / names.STATUS)
        except HandsOffError:
            raise
        except MissingFileError:
            return {}
        except RunFolderError as error:
            self.damaged[names.STATUS] = str(error)
            return {}


def _yaml(content: Any) -> bytes:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()


def _png(image: np.ndarray) -> bytes:
    pixels = np.round(image * 255.0).astype(np.uint8)
    return iio.imwrite("<bytes>", pixels, extension=".png")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

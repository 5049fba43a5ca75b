"""What a sweep was to do, kept beside its runs, so that one can tell what is still to come."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.atomic import make_folder, write_json
from fer_jax.lab.folders.formats import Format, HandsOffError, read_sealed
from fer_jax.lab.runs.runner import Outcome, label_of
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import sketch

FOLDER = ".sweeps"
FORMAT = Format("fer_jax sweep", 1)


class SweepRecord:
    """The record of a sweep, `output_dir/.sweeps/NAME.json`; the same sweep has the same name.

    Args:
        jobs: the configuration of each.
    """

    def __init__(self, jobs: Sequence[RunConfig]) -> None:
        self._jobs: list[dict[str, Any]] = [
            {"label": label_of(job), "asked_as": sketch(job, scored=False)} for job in jobs
        ]
        names = "".join(sorted(job["asked_as"] for job in self._jobs))
        name = hashlib.sha256(names.encode()).hexdigest()[:12]
        self.path = Path(jobs[0].output_dir) / FOLDER / f"{name}.json"

    def write(self, outcomes: Sequence[Outcome] = ()) -> None:
        """Write it: before the sweep begins, and with where each run is once it has ended.

        It is for people to look at: where it cannot be written, the sweep goes on without.
        """
        for job, outcome in zip(self._jobs, outcomes, strict=False):
            job["folder"] = Path(outcome.folder).name
        try:
            make_folder(self.path.parent)
            write_json(self.path, FORMAT.seal({"jobs": self._jobs}))
        except OSError:
            return


def planned_in(folder: Path) -> list[dict[str, Any]]:
    """The jobs of all sweeps whose records lie in a folder, each once.

    Args:
        folder: an `output_dir`.

    Returns:
        Of each job "label", "asked_as", and after its sweep "folder", the name of its run folder.
        Records that are damaged are left out.
    """
    jobs: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            for job in read_sealed(path, FORMAT)["jobs"]:
                jobs[str(job["asked_as"])] = {"folder": "", **job, "label": str(job["label"])}
        except (HandsOffError, RunFolderError, LookupError, TypeError):
            continue
    return list(jobs.values())

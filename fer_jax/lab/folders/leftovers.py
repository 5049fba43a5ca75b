"""What runs leave behind that nobody will ask for again: checkpoints, and files written aside."""

import os
from dataclasses import dataclass
from pathlib import Path

from fer_jax.lab.folders.atomic import remove_folder, remove_parts
from fer_jax.lab.folders.checkpoint import LATEST
from fer_jax.lab.folders.lock import is_locked, locked
from fer_jax.lab.folders.run_folder import CHECKPOINT
from fer_jax.lab.folders.scan import scan


@dataclass(frozen=True)
class Leftover:
    """What can be deleted of one run.

    Attributes:
        folder: of the run.
        state: of the run: "done", "failed", or "running" if it was stopped.
        bytes: how much.
        told: what is lost with it, in a few words.
    """

    folder: Path
    state: str
    bytes: int
    told: str


def leftovers(root: str | os.PathLike[str]) -> list[Leftover]:
    """Checkpoints below a folder that no process is at work with, and what was written aside.

    Args:
        root: an `output_dir`, or any folder above.

    Returns:
        Of each run that has any, by path. Networks, scores and curves are never among them.

    Raises:
        RunFolderError: if there is no such folder.
    """
    found = []
    for run in scan(root).folders:
        size = sum(path.stat().st_size for path in _files(run.path))
        if not size or is_locked(run.path):
            continue
        told = "nothing: it is done" if run.state == "done" else "it would start over"
        found.append(Leftover(run.path, run.state, size, told))
    return found


def delete(leftover: Leftover) -> bool:
    """Delete it, unless a process has begun to work on the run.

    Returns:
        Whether it is gone.
    """
    try:
        with locked(leftover.folder, wait=False, on_wait=lambda: None) as held:
            if not held:
                return False
            remove_folder(leftover.folder / CHECKPOINT, first=LATEST)
            remove_parts(leftover.folder)
            return not _files(leftover.folder)
    except OSError:
        return False


def _files(folder: Path) -> list[Path]:
    aside = [path for path in folder.glob(".*.part") if path.is_file()]
    return [*aside, *(path for path in (folder / CHECKPOINT).glob("*") if path.is_file())]

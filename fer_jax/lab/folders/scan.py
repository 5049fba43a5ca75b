"""Finding the run folders below a folder."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.run_folder import GENOMES, METRICS, NETWORKS, STATUS, RunFolder


@dataclass(frozen=True)
class Runs:
    """What `scan` found.

    Attributes:
        folders: readable run folders, sorted by path.
        corrupt: of each folder that is not, what is wrong with it, in one line.
    """

    folders: list[RunFolder] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def scan(root: str | os.PathLike[str], *, configs: bool = True) -> Runs:
    """Find all run folders at or below a folder.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, or any folder above.
        configs: whether the configuration of a finished run is read to see whether it can be.
            Without, whoever reads it later must expect that it cannot.

    Returns:
        The readable ones and what is wrong with the others.

    Raises:
        RunFolderError: if there is no such folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise RunFolderError(f"{root}: is no folder; name the output_dir of a run")
    runs = Runs()
    for path, folders, files in os.walk(root):
        folders.sort()
        # Without a status, and with nothing that came out, no run has begun here yet.
        if STATUS not in files and not {METRICS, NETWORKS, GENOMES} & set(files):
            continue
        folders.clear()
        folder = RunFolder(Path(path))
        try:
            _ = folder.status, folder.seed_status
            if configs or folder.state != "done":
                _ = folder.config
            runs.folders.append(folder)
        except RunFolderError as error:
            runs.corrupt.append(str(error))
    runs.folders.sort(key=lambda folder: folder.path)
    return runs


def find_runs(root: str | os.PathLike[str]) -> list[RunFolder]:
    """The readable run folders at or below a folder, sorted by path; see `scan`."""
    return scan(root).folders

"""Where the authors' files are, for tests that compare with them."""

import os
from pathlib import Path

import platformdirs
import pytest

_VARIABLE = "FER_JAX_REFERENCE"
_PROJECT = Path(__file__).resolve().parent.parent


def reference_dir() -> Path:
    """The folder of the authors' genomes, networks, renders and trajectories.

    It is no part of the project: a test that calls this is skipped where the folder is missing,
    and fails where the environment variable names one that is not there.
    """
    if named := os.environ.get(_VARIABLE):
        if not Path(named).is_dir():
            pytest.fail(f"{_VARIABLE} is {named!r}, which is no folder")
        return Path(named)
    candidates = (
        _PROJECT.parent / "shared" / "reference",
        Path(platformdirs.user_data_dir("fer_jax")) / "reference",
    )
    for folder in candidates:
        if folder.is_dir():
            return folder
    pytest.skip(
        f"needs the original study's files: set {_VARIABLE}, or put them into "
        + " or ".join(str(folder) for folder in candidates)
    )

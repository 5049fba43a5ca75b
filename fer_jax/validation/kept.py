"""Files of the bench: whole or not there."""

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place, and put there once it is whole."""
    temporary = path.with_name(f"{path.name}.part")
    write(temporary)
    os.replace(temporary, path)

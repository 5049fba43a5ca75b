"""Files of the bench: whole or not there."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place, and put there once it is whole."""
    temporary = path.with_name(f"{path.name}.part")
    write(temporary)
    os.replace(temporary, path)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as parquet."""
    write_whole(path, lambda aside: table.to_parquet(aside, index=False))


def read_table(path: Path) -> pd.DataFrame | None:
    """The table again, or None where there is none that can be read."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):
        return None

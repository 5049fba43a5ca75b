"""Files that are there whole or not at all: written aside, flushed to disk, renamed into place."""

import json
import os
from pathlib import Path
from typing import Any


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a crash at any moment leaves the old content or the new one.

    Args:
        path: where to; its folder must exist.
        data: the whole content.

    Raises:
        OSError: if it cannot be written; what was there stays.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "answer.txt"
        >>> write_bytes(path, b"42")
        >>> path.read_bytes()
        b'42'
    """
    # The process id keeps apart two processes that write the same file.
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, as UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, content: Any) -> None:
    """`write_bytes` for anything that JSON can hold; NaN and infinity are refused."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last; where a folder cannot be opened, the system sees to it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

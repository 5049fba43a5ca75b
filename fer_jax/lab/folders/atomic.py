"""Files that are there whole or not at all: written aside, flushed to disk, renamed into place.

Every write of a run goes through here, and through calls of the operating system that a test can
count, fail or be killed at.
"""

import errno
import json
import os
import secrets
from pathlib import Path
from typing import Any

_CHUNK = 2**24


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
    # Drawn, since process ids do not tell apart the writers of a folder that machines share.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CLOEXEC, 0o666)
        try:
            rest = memoryview(data)
            while rest:  # a write may take only a part
                rest = rest[os.write(handle, rest[:_CHUNK]) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(aside, path)
    except BaseException:
        remove(aside)
        raise
    _flush_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, as UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, content: Any) -> None:
    """`write_bytes` for anything that JSON can hold; NaN and infinity are refused."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there yet."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            os.mkdir(folder)
        except FileExistsError:  # another process was quicker
            continue
        _flush_folder(folder.parent)
    if not path.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(path))


def remove(path: Path) -> None:
    """Delete a file where there is one. What cannot be deleted does no harm: nobody reads it."""
    try:
        os.unlink(path)
    except OSError:
        return


def remove_parts(folder: Path) -> None:
    """Delete what processes that were killed had written aside. None may be writing there now."""
    for path in sorted(folder.glob(".*.part")):
        remove(path)


def remove_folder(path: Path, first: str) -> None:
    """Delete a folder of plain files.

    Args:
        path: the folder, which need not be there.
        first: the file that says what the others are; it goes first, so that a crash leaves no
            folder that looks whole and is not.
    """
    remove(path / first)
    if path.is_dir():
        for file in sorted(path.iterdir()):
            remove(file)
        try:
            os.rmdir(path)
        except OSError:
            return


# Windows has no such flag, and inherits no handles unless asked.
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last; where a folder cannot be opened, the system sees to it."""
    try:
        handle = os.open(folder, os.O_RDONLY | _CLOEXEC)
    except PermissionError:  # a folder may be written and not read; Windows opens none
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems flush no folders
            raise
    finally:
        os.close(handle)

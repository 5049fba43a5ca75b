"""What our files say of themselves: their format, its version, and a checksum.

A file of an older version is migrated step by step as it is read; one of a newer version, of
another format, or whose content is not what its checksum says, is refused in one line.

What is refused is either damaged, and may be made anew, or not to be touched (`HandsOffError`): a
newer fer_jax's work, or a file that the system does not let us read just now, may be whole.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_jax.errors import NetworkError, RunFolderError

Content = dict[str, Any]
CHECKSUM = "sha256"


class MissingFileError(RunFolderError):
    """A file that is not there."""


class HandsOffError(RunFolderError, NetworkError):
    """A file that cannot be used and may yet be whole, so that nothing may be put in its place."""


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        name: what its "format" says, such as "fer_jax run".
        version: what is written; raised with every change that an older reader would misread.
        migrations: from each older version that is still read, the content one version on.
    """

    name: str
    version: int
    migrations: Mapping[int, Callable[[Content], Content]] = field(default_factory=dict)

    def seal(self, content: Content) -> Content:
        """The content with format, version and checksum, for JSON.

        Example:
            >>> sealed = Format("fer_jax test", 1).seal({"a": 1})
            >>> sorted(sealed), Format("fer_jax test", 1).unseal(sealed)
            (['a', 'format', 'sha256', 'version'], {'a': 1})
        """
        sealed = {"format": self.name, "version": self.version, **content}
        return {**sealed, CHECKSUM: _digest(sealed)}

    def unseal(self, sealed: Any) -> Content:
        """The content again, of the newest version.

        Args:
            sealed: what was read from JSON.

        Returns:
            The content, migrated if it was of an older version.

        Raises:
            HandsOffError: if it was written by a newer fer_jax.
            RunFolderError: if it is damaged or no such file. Both are one line without the file's
                name, which the caller knows.
        """
        if not isinstance(sealed, dict) or sealed.get("format") != self.name:
            raise RunFolderError(f'is not of the format "{self.name}"')
        content = {key: value for key, value in sealed.items() if key != CHECKSUM}
        # First, since a flipped bit in the version is no newer version. Hence the checksum, unlike
        # all else, can never be computed in another way.
        if sealed.get(CHECKSUM) != _digest(content):
            raise RunFolderError("does not match its own checksum: it was damaged or edited")
        version = content.get("version")
        if isinstance(version, int) and version > self.version:
            raise HandsOffError(
                f"was written by a newer fer_jax, in version {version} of its format; this one "
                f"reads up to {self.version}: upgrade by pip install -U fer-jax"
            )
        while version != self.version:
            if not isinstance(version, int) or version not in self.migrations:
                raise RunFolderError(
                    f"has version {str(version)[:20]} of its format, "
                    f"which this fer_jax does not read"
                )
            content = self.migrations[version](content)
            version = content["version"]
        return {key: value for key, value in content.items() if key not in ("format", "version")}


def read_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        MissingFileError: if there is none.
        HandsOffError: if it cannot be read, as from a disk that fails; a folder in its place too.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(f"{path}: cannot be read: {error.strerror}") from None
    except OSError as error:
        raise HandsOffError(
            f"{path}: cannot be read: {error.strerror}; nothing was changed: see to it and run the "
            f"same command again"
        ) from None


def read_checked(path: Path, digest: object) -> bytes:
    """The content of a file whose SHA-256 is known.

    Raises:
        RunFolderError: if it is another; and as `read_file` does.
    """
    data = read_file(path)
    if digest_of(data) != digest:
        raise RunFolderError(
            f"{path}: does not match its checksum: it was damaged or edited"
            if data
            else f"{path}: is empty"
        )
    return data


def read_sealed(path: Path, format: Format) -> Content:
    """The content of a JSON file that was sealed.

    Raises:
        RunFolderError: as `Format.unseal` and `read_file` do, naming the file.
    """
    data = read_file(path)
    try:
        return format.unseal(json.loads(data))
    except RunFolderError as error:
        raise type(error)(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        told = " ".join(str(error).split())[:120] if data else "it is empty"
        raise RunFolderError(f"{path}: is damaged: {told}") from None


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _digest(content: Content) -> str:
    """Of the content alone, however its JSON is laid out."""
    return digest_of(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())

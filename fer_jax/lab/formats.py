"""What our files say of themselves: their format, its version, and a checksum.

A file of an older version is migrated step by step as it is read; one of a newer version, of
another format, or whose content is not what its checksum says, is refused in one line.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fer_jax.errors import RunFolderError

Content = dict[str, Any]
CHECKSUM = "sha256"


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
            RunFolderError: in one line without the file's name, which the caller knows.
        """
        if not isinstance(sealed, dict) or sealed.get("format") != self.name:
            raise RunFolderError(f'is not of the format "{self.name}"')
        content = {key: value for key, value in sealed.items() if key != CHECKSUM}
        version = content.get("version")
        if isinstance(version, int) and version > self.version:
            raise RunFolderError(
                f"was written by a newer fer_jax, in version {version} of its format; this one "
                f"reads up to {self.version}: upgrade by pip install -U fer-jax"
            )
        if sealed.get(CHECKSUM) != _digest(content):
            raise RunFolderError("does not match its own checksum: it was damaged or edited")
        while version != self.version:
            if not isinstance(version, int) or version not in self.migrations:
                raise RunFolderError(
                    f"has version {str(version)[:20]} of its format, "
                    f"which this fer_jax does not read"
                )
            content = self.migrations[version](content)
            version = content["version"]
        return {key: value for key, value in content.items() if key not in ("format", "version")}


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _digest(content: Content) -> str:
    """Of the content alone, however its JSON is laid out."""
    return digest_of(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())

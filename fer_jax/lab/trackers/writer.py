"""What a tracker is given, and what it must be able to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Followed:
    """A run that is followed.

    Attributes:
        folder: of the run; a tracker writes into a folder of its own within it.
        label: what to call the run.
        settings: its resolved settings, for JSON.
    """

    folder: Path
    label: str
    settings: Mapping[str, Any]


class TrackWriter(Protocol):
    """Takes the numbers of one run."""

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take some numbers, by name, of a step."""

    def close(self, *, failed: bool) -> None:
        """Write all that is still waiting; nothing more will come."""

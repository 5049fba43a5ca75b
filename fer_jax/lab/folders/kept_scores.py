"""Scores along a run while there are more to come, so that a process that is stopped goes on."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.atomic import make_folder, remove, write_json
from fer_jax.lab.folders.formats import Format, HandsOffError, read_sealed
from fer_jax.lab.runs.readings import Row

FORMAT = Format("fer_jax scores under way", 1)

Scores = dict[tuple[int, int], list[Row]]
"""The readings of each (seed, step)."""


class KeptScores:
    """The `scores-N.json` beside a run's checkpoint: each is written once, with what is new.

    Args:
        path: the folder, which need not be there.
        of: what the scores depend on, as JSON has it. Those of anything else are deleted.
    """

    def __init__(self, path: Path, of: Mapping[str, Any]) -> None:
        self.path = path
        self._of = dict(of)
        self._count = 0

    def load(self) -> Scores:
        """All that an earlier process has kept, and is whole.

        Raises:
            HandsOffError: if a newer fer_jax wrote it, or the system does not let us read it.
        """
        scores: Scores = {}
        for path in sorted(self.path.glob("scores-*.json")):
            try:
                content = read_sealed(path, FORMAT)
                if content["of"] != self._of:
                    raise RunFolderError("is of other weights, or of another scoring")
                scores |= {(seed, step): _read(rows) for seed, step, rows in content["scores"]}
                self._count = max(self._count, int(path.stem.split("-")[1]) + 1)
            except HandsOffError:
                raise
            except (RunFolderError, LookupError, TypeError, ValueError):
                remove(path)  # it costs a minute to make it anew
        return scores

    def save(self, scores: Scores) -> None:
        """Add to what is kept.

        Raises:
            OSError: if it cannot be written; what was kept before stays.
        """
        if not scores:
            return
        make_folder(self.path)
        listed = [[seed, step, _plain(rows)] for (seed, step), rows in scores.items()]
        content = FORMAT.seal({"of": self._of, "scores": listed})
        write_json(self.path / f"scores-{self._count}.json", content)
        self._count += 1


def _plain(rows: Sequence[Row]) -> list[list[Any]]:
    return [
        [layer, metric, version, None if math.isnan(value) else value, reason]
        for layer, metric, version, value, reason in rows
    ]


def _read(rows: Sequence[Sequence[Any]]) -> list[Row]:
    return [
        (layer, metric, version, math.nan if value is None else value, reason)
        for layer, metric, version, value, reason in rows
    ]

"""TensorBoard's event files, in a run's folder `tensorboard`. The package is an extra."""

import time
from collections.abc import Mapping
from typing import Any

from fer_jax.lab.trackers.writer import Followed

FOLDER = "tensorboard"

_SECONDS_BETWEEN_FLUSHES = 10


class _Events:
    def __init__(self, events: Any) -> None:
        self._events = events

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            self._events.add_scalar(name, value, step)

    def close(self, *, failed: bool) -> None:
        self._events.close()


def open_writer(followed: Followed, since: int | None) -> _Events:
    """A new event file, beside those of processes before.

    Args:
        followed: the run.
        since: TensorBoard then hides what they have written from this step on: a run that goes on
            from a checkpoint takes those steps again.
    """
    from tensorboardX import SummaryWriter

    return _Events(
        SummaryWriter(
            str(followed.folder / FOLDER),
            purge_step=since,
            flush_secs=_SECONDS_BETWEEN_FLUSHES,
            # By itself a file is named by the second, and would replace one of the same second.
            filename_suffix=f".{time.time_ns()}",
        )
    )

"""Following a run from outside it, by TensorBoard or Weights & Biases, where a user asks for that.

Off by default. What a tracker writes is for looking at while a run lasts: it is in no checksum, no
run is told by it, and a tracker that fails is told and left while its run goes on.
"""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from fer_jax.errors import ConfigError
from fer_jax.lab.trackers import tensorboard, wandb
from fer_jax.lab.trackers.writer import Followed, TrackWriter
from fer_jax.statistics import summarize_sample

NONE = "none"


@dataclass(frozen=True)
class Tracker:
    """What a run can be followed by.

    Attributes:
        package: what has to be installed, by the name under which it is imported.
        open: from what is followed, and the step from which on it is written anew (None: nothing
            is), to what takes the numbers.
    """

    package: str
    open: Callable[[Followed, int | None], TrackWriter]


TRACKERS: Mapping[str, Tracker] = MappingProxyType(
    {
        "tensorboard": Tracker("tensorboardX", tensorboard.open_writer),
        "wandb": Tracker("wandb", wandb.open_writer),
    }
)
"""By the name that the configuration gives them, which is that of the extra to install too."""


def check_installed(name: str) -> None:
    """Refuse a tracker whose package is not there, before anything is written.

    Args:
        name: as the key `tracker` has it.

    Raises:
        ConfigError: naming the extra to install.

    Example:
        >>> check_installed("none")
    """
    if name != NONE and importlib.util.find_spec(TRACKERS[name].package) is None:
        raise ConfigError(
            f"tracker is {name}, but the package {TRACKERS[name].package} is not installed; "
            f"pip install 'fer-jax[{name}]', or leave tracker out"
        )


class Tracking:
    """Hands the numbers of one run to its tracker, if it has one.

    Args:
        name: of the tracker, or "none".
        followed: the run.
        note: told, in words, if the tracker fails.
    """

    def __init__(self, name: str, followed: Followed, note: Callable[[str], None]) -> None:
        self._tracker = TRACKERS.get(name)
        self._name, self._followed, self._note = name, followed, note
        self._writer: TrackWriter | None = None
        self._step = int(followed.settings.get("steps", 0))

    def on_chunk(
        self, done: int, records: Mapping[str, np.ndarray], ended: Mapping[str, np.ndarray]
    ) -> None:
        """Write how the seeds stand; see `fer_jax.lab.runs.training.OnChunk`."""
        self._step = done
        self._write(lambda: chunk_numbers(records, ended), since=done)

    def on_readings(self, readings: pd.DataFrame) -> None:
        """Write what the final networks read; see `fer_jax.lab.runs.readings.read_all`."""
        self._write(lambda: final_numbers(readings), since=None)

    def close(self, *, failed: bool) -> None:
        """Write all that is still waiting."""
        writer = self._writer
        if writer is not None:
            self._attempt(lambda: writer.close(failed=failed))
        self._tracker = self._writer = None

    def _write(self, made: Callable[[], Mapping[str, float]], since: int | None) -> None:
        tracker = self._tracker
        if tracker is None or not (numbers := made()):
            return

        def write() -> None:
            self._writer = self._writer or tracker.open(self._followed, since)
            self._writer.write(self._step, numbers)

        self._attempt(write)

    def _attempt(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # packages of others raise many kinds, and a run outlives them
            told = " ".join(str(error).split())[:200]
            self._note(f"{self._name} is left, the run goes on: {type(error).__name__}: {told}")
            self._tracker = self._writer = None


@contextmanager
def tracking(name: str, followed: Followed, note: Callable[[str], None]) -> Iterator[Tracking]:
    """A `Tracking` that is closed when the block ends, however it ends."""
    of_run = Tracking(name, followed, note)
    try:
        yield of_run
    except BaseException:
        of_run.close(failed=True)
        raise
    of_run.close(failed=False)


def chunk_numbers(
    records: Mapping[str, np.ndarray], ended: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """What is told of a chunk: how the seeds stand at its end.

    Args:
        records: what it has logged, `(seeds, steps)` each.
        ended: `(seeds,)` bool, which seeds have diverged or stopped.

    Returns:
        The quartiles over seeds of each record's last finite value, and how many seeds have ended.

    Example:
        >>> told = chunk_numbers({"losses": np.array([[0.4, 0.2], [0.5, np.nan]])}, {})
        >>> told["losses/median"]
        0.35
    """
    numbers = {}
    for name, record in records.items():
        if np.ndim(record) != 2 or not np.size(record):
            continue
        # Along the steps, the last one that is finite; a row without any drops out.
        finite = [row[np.isfinite(row)] for row in np.asarray(record, dtype=np.float64)]
        last = [row[-1] for row in finite if row.size]
        if last:
            quartiles = np.quantile(last, [0.25, 0.5, 0.75])
            for which, value in zip(("lower", "median", "upper"), quartiles, strict=True):
                numbers[f"{name}/{which}"] = float(value)
    return numbers | {f"seeds/{name}": float(np.sum(seeds)) for name, seeds in ended.items()}


def final_numbers(readings: pd.DataFrame) -> dict[str, float]:
    """What is told of a run's readings: of each metric the mean over seeds and its 95% interval.

    Args:
        readings: with the columns of `METRIC_COLUMNS`; those of single layers are left out.

    Returns:
        By name, such as "final/fracture/mean"; what is not finite is left out.
    """
    numbers = {}
    whole = readings[readings["layer"].isna()]
    for metric, values in whole.groupby("metric", sort=False)["value"]:
        summary = summarize_sample(values.to_numpy(dtype=float))
        for which in ("mean", "low", "high"):
            numbers[f"final/{metric}/{which}"] = float(getattr(summary, which))
    return {name: value for name, value in numbers.items() if np.isfinite(value)}

"""How fast a run trains and where its seeds stand, in a few words."""

import time
from collections.abc import Callable, Mapping

import numpy as np


class Pace:
    """What is told of a training: the first chunk, with compilation, counts for no speed.

    Attributes:
        steps: how many there will be.
        step: what one is called.
        seed_steps_per_second: steps that all seeds took in a second, until the last chunk ended;
            0 while it is not known.
    """

    def __init__(
        self, steps: int, clock: Callable[[], float] = time.monotonic, step: str = "step"
    ) -> None:
        self.steps = steps
        self.step = step
        self.seed_steps_per_second = 0.0
        self._clock = clock
        self._left = steps
        self._losses = self._coverage = np.zeros(0)
        self._diverged = self._stopped = np.zeros(0, bool)
        self._calls, self._taken, self._since = 0, 0, 0.0

    def update(
        self, done: int, records: Mapping[str, np.ndarray], ended: Mapping[str, np.ndarray]
    ) -> None:
        """Take in a chunk, or first of all where training begins.

        Args:
            done: steps so far.
            records: what the chunk has logged, `(seeds, steps)` each; of `losses`, each seed's
                last finite one is kept, of `coverage` the last one.
            ended: what `Search.ended` says.
        """
        self._left = self.steps - done
        self._diverged, self._stopped = ended["diverged"], ended["stopped"]
        nothing = np.zeros((len(self._diverged), 0))
        losses = records.get("losses", nothing)
        if np.size(records.get("coverage", nothing)):
            self._coverage = np.asarray(records["coverage"])[:, -1]
        last = _last_finite(losses)
        self._losses = np.where(np.isnan(last), self._losses, last) if self._calls else last
        self._calls += 1
        if self._calls <= 2:
            self._since = self._clock()
            return
        # Seeds that have ended log NaN, and cost no time.
        logged = losses if "losses" in records else records.get("coverage", nothing)
        self._taken += int(np.isfinite(logged).sum())
        self.seed_steps_per_second = self._taken / max(self._clock() - self._since, 1e-9)

    @property
    def stopped(self) -> int:
        """How many seeds have stopped at their target loss."""
        return int(self._stopped.sum())

    @property
    def rate_told(self) -> list[str]:
        """The speed, if it is known."""
        rate = self.seed_steps_per_second
        return [f"{rate:,.0f} seed-{self.step}s/s"] if rate else []

    def told(self) -> str:
        """Speed, losses, how many seeds have ended and how, time left."""
        parts = self.rate_told
        losses = self._losses[~self._diverged]
        if np.isfinite(losses).any():
            parts.append(losses_told(losses))
        if len(self._coverage):
            parts.append(coverage_told(self._coverage))
        parts += ended_told(int(self._diverged.sum()), self.stopped)
        if self.seed_steps_per_second:
            at_work = int((~self._diverged & ~self._stopped).sum())
            seconds = self._left * at_work / self.seed_steps_per_second
            parts.append(f"{duration(seconds)} left")
        return ", ".join(parts)


class ScoringPace:
    """What is told while stages are scored: the first, with compilation, counts for no speed.

    Attributes:
        stages: what they are: snapshots or ancestors.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, stages: str = "snapshots"
    ) -> None:
        self.stages = stages
        self._clock = clock
        self._done = self._of = self._calls = self._first = 0
        self._since = 0.0
        self._rate = 0.0

    def update(self, done: int, of: int) -> None:
        """Take in how many of how many are scored; at first, how many were already."""
        self._done, self._of = done, of
        self._calls += 1
        if self._calls <= 2:
            self._since, self._first = self._clock(), done
            return
        self._rate = (done - self._first) / max(self._clock() - self._since, 1e-9)

    def told(self) -> str:
        """How far it is, speed, time left."""
        parts = [f"{self._done:,} of {self._of:,} {self.stages} scored"]
        if self._rate:
            left = (self._of - self._done) / self._rate
            parts += [f"{self._rate:.2g}/s", f"{duration(left)} left"]
        return ", ".join(parts)


def losses_told(losses: np.ndarray) -> str:
    """The quartiles over seeds of those losses that are finite.

    Example:
        >>> losses_told(np.array([0.1, 0.2, np.nan, 0.3, 0.4, 0.5]))
        'loss quartiles 2.00e-01 3.00e-01 4.00e-01'
        >>> losses_told(np.array([0.1]))
        'loss 1.00e-01'
    """
    finite = losses[np.isfinite(losses)].astype(float)
    if finite.size == 0:
        return "no loss is finite"
    if finite.size == 1:
        return f"loss {finite[0]:.2e}"
    quartiles = np.quantile(finite, [0.25, 0.5, 0.75])
    return "loss quartiles " + " ".join(f"{quartile:.2e}" for quartile in quartiles)


def coverage_told(coverage: np.ndarray) -> str:
    """The mean share of cells that hold a genome.

    Example:
        >>> coverage_told(np.array([0.05, 0.1]))
        'coverage 7.5%'
    """
    return f"coverage {coverage.mean():.1%}"


def ended_told(diverged: int, stopped: int) -> list[str]:
    """How many seeds have diverged, and how many have stopped if any have.

    Example:
        >>> ended_told(0, 3)
        ['0 diverged', '3 at target loss']
    """
    return [f"{diverged} diverged", *([f"{stopped} at target loss"] if stopped else [])]


def _last_finite(losses: np.ndarray) -> np.ndarray:
    """Of each row; NaN where there is none."""
    finite = np.isfinite(losses)
    steps = np.where(finite, np.arange(losses.shape[1]), -1).max(axis=1, initial=-1)
    padded = np.pad(losses, [(0, 0), (0, 1)], constant_values=np.nan)
    return padded[np.arange(len(losses)), steps]


def duration(seconds: float) -> str:
    """Of so many seconds, for people.

    Example:
        >>> duration(5.2), duration(75), duration(7380)
        ('5 s', '1 min 15 s', '2 h 03 min')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"

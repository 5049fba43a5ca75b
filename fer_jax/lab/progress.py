"""How a run goes, on stderr: a bar in a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fer_jax.lab.training import OnChunk

SECONDS_BETWEEN_LINES = 30.0

Records = dict[str, np.ndarray]


class Reporter:
    """Tells how one run goes.

    Attributes:
        label: what to call the run, such as "[1/4] sgd · sunrise · relu:16x3".
        pace: of its training, once that has begun.
    """

    pace: "Pace | None" = None

    def __init__(self, label: str, console: Console | None = None) -> None:
        self.label = label
        self._console = console or Console(stderr=True)

    def note(self, text: str) -> None:
        """One line about the run."""
        line = f"{self.label}: {text}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def training(self, steps: int) -> Iterator[OnChunk]:
        """While it lasts, show what the function that it gives is told."""
        pace = self.pace = Pace(steps)
        if not self._console.is_terminal:
            yield self._lines(pace)
            return
        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:3.0f}%"),
            TextColumn("{task.fields[told]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        with bar:
            task = bar.add_task(self.label, total=steps, told="")

            def on_chunk(done: int, records: Records, tally: dict[str, int]) -> None:
                pace.update(done, records.get("losses"), tally)
                bar.update(task, completed=done, told=pace.told())

            yield on_chunk

    def _lines(self, pace: "Pace") -> OnChunk:
        told_at = time.monotonic()

        def on_chunk(done: int, records: Records, tally: dict[str, int]) -> None:
            nonlocal told_at
            pace.update(done, records.get("losses"), tally)
            if time.monotonic() - told_at >= SECONDS_BETWEEN_LINES:
                told_at = time.monotonic()
                self.note(f"step {done:,} of {pace.steps:,}, {pace.told()}")

        return on_chunk


class Pace:
    """How fast training is, and where it stands; the first chunk, with compilation, left out.

    Attributes:
        steps: how many there will be.
        tally: how many networks go on no longer, by what became of them.
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.tally: dict[str, int] = {}
        self._done = 0
        self._losses: np.ndarray | None = None
        self._measured: tuple[float, int] | None = None
        self._latest = 0.0
        self._calls = 0

    def update(self, done: int, losses: np.ndarray | None, tally: dict[str, int]) -> None:
        """Take in a chunk: steps done so far, its losses `(seeds, steps)`, and the tally."""
        self._done, self.tally, self._latest = done, tally, time.monotonic()
        if losses is not None and losses.shape[-1]:
            self._losses = _last_finite(losses, self._losses)
        self._calls += 1
        if self._calls == 2:
            self._measured = self._latest, done

    @property
    def seed_steps_per_second(self) -> float:
        """Steps of all seeds in a second; 0 while it is not known."""
        if self._measured is None or self._done == self._measured[1]:
            return 0.0
        since, at = self._measured
        return (self._done - at) * self._seeds / max(self._latest - since, 1e-9)

    @property
    def _seeds(self) -> int:
        return 0 if self._losses is None else len(self._losses)

    def told(self) -> str:
        """In a few words: speed, quartiles of the loss, what became of seeds, time left."""
        parts = []
        rate = self.seed_steps_per_second
        if rate:
            parts.append(f"{rate:,.0f} seed-steps/s")
        if self._losses is not None:
            parts.append(f"loss {quartiles(self._losses)}")
        parts += [f"{count} {what}" for what, count in self.tally.items() if count]
        if rate:
            parts.append(f"{_duration((self.steps - self._done) * self._seeds / rate)} left")
        return ", ".join(parts)


def quartiles(losses: np.ndarray) -> str:
    """The quartiles of those losses that are finite, in words.

    Example:
        >>> quartiles(np.array([0.1, 0.2, 0.3, np.nan]))
        '1.5e-01 | 2.0e-01 | 2.5e-01'
    """
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return "of no seed is finite"
    return " | ".join(f"{value:.1e}" for value in np.quantile(finite, (0.25, 0.5, 0.75)))


def _last_finite(losses: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """The last finite loss of each seed; once a seed goes on no longer, its losses are NaN."""
    finite = np.isfinite(losses)
    last = losses.shape[1] - 1 - np.argmax(finite[:, ::-1], axis=1)
    found = losses[np.arange(len(losses)), last]
    if before is None:
        return found
    return np.where(finite.any(axis=1), found, before)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"

"""How a run goes, on stderr: a bar in a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from fer_jax.lab.training import OnChunk

SECONDS_BETWEEN_LINES = 30.0


class Reporter:
    """Tells how one run goes.

    Attributes:
        label: what to call the run, such as "[1/4] sgd · sunrise · relu:16x3".
    """

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
        pace = Pace(steps)
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

            def on_chunk(done: int, records: dict[str, np.ndarray]) -> None:
                pace.update(done, records.get("losses"))
                bar.update(task, completed=done, told=pace.told())

            yield on_chunk

    def _lines(self, pace: "Pace") -> OnChunk:
        told_at = time.monotonic()

        def on_chunk(done: int, records: dict[str, np.ndarray]) -> None:
            nonlocal told_at
            pace.update(done, records.get("losses"))
            if time.monotonic() - told_at >= SECONDS_BETWEEN_LINES:
                told_at = time.monotonic()
                self.note(f"step {done:,} of {pace.steps:,}, {pace.told()}")

        return on_chunk


class Pace:
    """How fast training is, and where it stands; the first chunk, with compilation, left out.

    Attributes:
        steps: how many there will be.
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._done = 0
        self._seeds = 0
        self._losses: np.ndarray | None = None
        self._measured: tuple[float, int] | None = None
        self._calls = 0

    def update(self, done: int, losses: np.ndarray | None) -> None:
        """Take in a chunk: the steps done so far, and the losses `(seeds, steps)` of the chunk."""
        self._done = done
        if losses is not None and losses.shape[-1]:
            self._losses = losses[:, -1]
            self._seeds = len(losses)
        self._calls += 1
        if self._calls == 2:
            self._measured = time.monotonic(), done

    @property
    def seed_steps_per_second(self) -> float:
        """Steps of all seeds in a second; 0 while it is not known."""
        if self._measured is None or self._done == self._measured[1]:
            return 0.0
        since, at = self._measured
        return (self._done - at) * self._seeds / max(time.monotonic() - since, 1e-9)

    def told(self) -> str:
        """In a few words: speed, median loss, diverged seeds, time left."""
        parts = []
        rate = self.seed_steps_per_second
        if rate:
            parts.append(f"{rate:,.0f} seed-steps/s")
        if self._losses is not None:
            finite = self._losses[np.isfinite(self._losses)]
            if finite.size:
                parts.append(f"median loss {np.median(finite):.2e}")
            parts.append(f"{self._losses.size - finite.size} diverged")
        if rate:
            parts.append(f"{_duration((self.steps - self._done) * self._seeds / rate)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"

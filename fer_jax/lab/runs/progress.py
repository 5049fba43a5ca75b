"""How a run goes, on stderr: a bar in a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from fer_jax.lab.runs.pace import Pace, ScoringPace
from fer_jax.lab.runs.readings_along import OnScored
from fer_jax.lab.runs.training import OnChunk

SECONDS_BETWEEN_LINES = 30.0


class Reporter:
    """Tells how one run goes.

    Attributes:
        label: what to call the run, such as "[1/4] sgd · sunrise · relu:16x3".
        pace: of its training, or None if it has not trained.
    """

    def __init__(
        self,
        label: str,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self.pace: Pace | None = None
        self._console = console or Console(stderr=True)
        self._clock = clock

    def note(self, text: str) -> None:
        """One line about the run."""
        line = f"{self.label}: {text}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def training(self, steps: int, step: str = "step") -> Iterator[OnChunk]:
        """While it lasts, show what the function that it gives is told.

        Args:
            steps: how many there will be.
            step: what one is called.
        """
        pace = self.pace = Pace(steps, self._clock, step)
        if not self._console.is_terminal:
            yield self._lines(pace)
            return
        with self._bar() as bar:
            task = bar.add_task(self.label, total=steps)

            def on_chunk(
                done: int, records: dict[str, np.ndarray], ended: dict[str, np.ndarray]
            ) -> None:
                pace.update(done, records, ended)
                bar.told = pace.told()
                bar.update(task, completed=done)

            yield on_chunk

    @contextmanager
    def scoring(self, stages: str) -> Iterator[OnScored]:
        """The same while stages are scored: "snapshots", or "ancestors"."""
        pace = ScoringPace(self._clock, stages)
        if not self._console.is_terminal:
            told_at = self._clock()

            def line(done: int, of: int) -> None:
                nonlocal told_at
                pace.update(done, of)
                if self._clock() - told_at >= SECONDS_BETWEEN_LINES:
                    told_at = self._clock()
                    self.note(pace.told())

            yield line
            return
        with self._bar() as bar:
            task = bar.add_task(self.label, total=None)

            def on_scored(done: int, of: int) -> None:
                pace.update(done, of)
                bar.told = pace.told()
                bar.update(task, completed=done, total=of)

            yield on_scored

    def _bar(self) -> "_Bar":
        return _Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:3.0f}%"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )

    def _lines(self, pace: Pace) -> OnChunk:
        told_at = self._clock()

        def on_chunk(
            done: int, records: dict[str, np.ndarray], ended: dict[str, np.ndarray]
        ) -> None:
            nonlocal told_at
            pace.update(done, records, ended)
            if self._clock() - told_at >= SECONDS_BETWEEN_LINES:
                told_at = self._clock()
                self.note(f"{pace.step} {done:,} of {pace.steps:,}, {pace.told()}")

        return on_chunk


class _Bar(Progress):
    """A bar, and below it what is told, for which there is no room beside it."""

    told = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        yield Text(self.told)

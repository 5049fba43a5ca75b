"""How a sweep over several workers goes, on stderr: a bar in a terminal, and what workers tell."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fer_jax.lab.runs.runner import Outcome


class JobsProgress:
    """A bar of runs, within a `with` block."""

    def __init__(self, count: int, workers: int, console: Console | None = None) -> None:
        """Show nothing yet.

        Args:
            count: how many runs there are.
            workers: how many are done side by side, at most.
            console: where to; by default stderr.
        """
        self._count, self._workers = count, workers
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("runs"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=count)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take it away."""
        self._bar.stop()

    def note(self, line: str) -> None:
        """One line, above the bar."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def update(self, outcomes: Sequence[Outcome], seconds: Sequence[float], at_work: int) -> None:
        """What has ended so far, how long each took that was done, and how many are at work."""
        failed = sum(outcome.state == "failed" for outcome in outcomes)
        told = [f"{at_work} at work"]
        if failed:
            told.append(f"{failed} failed")
        if left := time_left(self._count - len(outcomes), seconds, self._workers):
            told.append(left)
        self._bar.update(self._task, completed=len(outcomes), description=", ".join(told))


def time_left(runs: int, seconds: Sequence[float], workers: int) -> str:
    """How long the rest will take, as runs have taken so far, or "" while that is not known.

    Args:
        runs: how many have not ended.
        seconds: what each took that was done; those that were skipped tell nothing.
        workers: how many are done side by side.

    Example:
        >>> time_left(10, [50.0, 70.0], workers=2), time_left(10, [], workers=2)
        ('about 5 min left', '')
    """
    if not seconds or not runs:
        return ""
    left = -(-runs // workers) * sum(seconds) / len(seconds)
    if left < 90:
        return f"about {left:.0f} s left"
    return f"about {left / 60:.0f} min left" if left < 5400 else f"about {left / 3600:.1f} h left"

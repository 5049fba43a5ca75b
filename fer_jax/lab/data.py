"""What `fer-jax data` prints: everything that can be named, and how fetching goes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from fer_jax.errors import DataError
from fer_jax.genome import library
from fer_jax.genome.catalogue import Row
from fer_jax.genome.library import MISSING, suggestion
from fer_jax.genome.originals import BASE_URL, ORIGINALS, fetch
from fer_jax.lab.console import plain_table


def catalogue_table(rows: Sequence[Row]) -> Table:
    """Everything that can be named, for people."""
    shown = plain_table("Names for target=, arch= and score")
    for name in ("name", "what", "from"):
        shown.add_column(name, no_wrap=True)
    shown.add_column("description", overflow="fold")
    for row in rows:
        if row.nodes is not None:
            what = f"{row.nodes} nodes, {row.links} links"
        elif row.width is not None:
            what = f"image, {row.width} x {row.height}"
        else:
            what = row.kind
        # Text, since names and messages may hold what rich takes for markup.
        if row.origin == MISSING:
            about = Text(f"{row.about}; `fer-jax data fetch` gets it", "yellow")
        else:
            about = Text(row.problem, "yellow") if row.problem else Text(row.about, "dim")
        shown.add_row(Text(row.name), what, row.origin, about)
    return shown


def catalogue_json(rows: Sequence[Row]) -> str:
    """The same as JSON: a list of objects; what a row does not have is null or ""."""
    return json.dumps([asdict(row) for row in rows], indent=2)


def fetch_originals(names: Sequence[str] = (), *, base_url: str = BASE_URL) -> None:
    """Have genomes of the original study in the user's folder, and say so, one line for each.

    Args:
        names: which ones; by default all three.
        base_url: what stands before `<name>.zip` in their addresses.

    Raises:
        DataError: in one line, for a name that is none of theirs, or if one cannot be fetched;
            those before it are there.
    """
    for name in names:
        if name not in ORIGINALS:
            near = suggestion(name, ORIGINALS)
            raise DataError(
                f"{name[:80]!r} is no genome of the original study{near} "
                f"They are {', '.join(ORIGINALS)}"
            )
    named = library.data_folder()
    folder = library.cache_folder() if named is None else named
    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with progress:
        for name in dict.fromkeys(names or ORIGINALS):
            bar = _Bar(progress, name)
            fetched = fetch(
                ORIGINALS[name], folder, base_url=base_url, replace=named is None, progressbar=bar
            )
            _say(console, name, folder, fetched)


def _say(console: Console, name: str, folder: Path, fetched: bool) -> None:
    told = "fetched, and its checksum is right" if fetched else "already there, nothing to do"
    console.print(f"{name}: {told}: {folder / f'{name}.zip'}", soft_wrap=True)


class _Bar:
    """What pooch tells of its progress, on a bar of rich."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name
        self._task: TaskID | None = None
        self.total = 0

    def update(self, count: int) -> None:
        if self._task is None:
            self._task = self._progress.add_task(self._name, total=self.total or None)
        self._progress.advance(self._task, count)

    def reset(self) -> None:
        if self._task is not None:
            self._progress.reset(self._task, total=self.total or None)

    def close(self) -> None:
        """Nothing is left to do: the bar goes with the others."""

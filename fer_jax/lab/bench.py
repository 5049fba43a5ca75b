"""The metrics' bench for people: how far it is, and the card as a table at the end."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import jax
import pandas as pd
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from fer_jax.errors import FerJaxError
from fer_jax.lab.console import plain_table, show
from fer_jax.lab.runs.progress import SECONDS_BETWEEN_LINES
from fer_jax.validation.bench import CARD_TEXT, validate
from fer_jax.validation.card import TESTS
from fer_jax.validation.card_text import QUICK, of_test, verdict
from fer_jax.validation.workshop import Tell


def run_bench(folder: Path, *, quick: bool, tests: Sequence[str]) -> Path:
    """Run the bench, show how it goes, and print the card.

    Args:
        folder: for the readings and the card.
        quick: a few small pictures, which is no card.
        tests: names of those that are taken.

    Returns:
        The folder that holds what was found.

    Raises:
        FerJaxError: if the folder cannot be written.
    """
    if cache := getattr(jax.config, "jax_compilation_cache_dir", None):
        # For the processes that read pictures side by side.
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", cache)
    try:
        with _told_on_stderr() as tell:
            # A quick look must not be taken for a part of the card.
            where = folder / "quick" if quick else folder
            found = validate(where, quick=quick, tests=tests, tell=tell)
    except OSError as error:
        raise FerJaxError(f"{folder}: cannot be written: {error.strerror or error}") from None
    show(card_table(found.card))
    print(f"{QUICK} {found.folder / CARD_TEXT}" if quick else found.folder / CARD_TEXT)
    return found.folder


@contextmanager
def _told_on_stderr() -> Iterator[Tell]:
    """A bar in a terminal, a line now and then elsewhere."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    if console.is_terminal:
        with Progress(*columns, console=console, transient=True) as bar:
            tasks: dict[str, TaskID] = {}

            def drawn(what: str, done: int, of: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=of)
                bar.update(tasks[what], completed=done, total=of)
                # What is done leaves its place to what is not.
                bar.update(tasks[what], visible=done < of)

            yield drawn
        return
    told_at = time.monotonic()

    def line(what: str, done: int, of: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= SECONDS_BETWEEN_LINES:
            told_at = time.monotonic()
            console.print(f"{what}: {done} of {of}", highlight=False)

    yield line


def card_table(card: pd.DataFrame) -> Table:
    """The card as a table: a row per metric, a column per test."""
    table = plain_table("What each metric passes, and how much of it where it does not")
    tests = [test for test in TESTS if test in card.columns]
    for heading in ("metric", "kind", *(TESTS[test] for test in tests), "passes"):
        table.add_column(heading)
    for row in card.to_dict("records"):
        table.add_row(
            str(row["metric"]),
            str(row["kind"]),
            *(of_test(row[test], row[f"{test}_met"]) for test in tests),
            verdict(row["passes"]),
        )
    return table

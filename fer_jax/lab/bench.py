"""The metrics' bench for people: how far it is, and the card as a table at the end."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jax
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from fer_jax.errors import FerJaxError
from fer_jax.lab.console import plain_table, show
from fer_jax.lab.progress import SECONDS_BETWEEN_LINES
from fer_jax.validation.bench import CARD_TEXT, validate
from fer_jax.validation.card import QUICK, told, verdict

_PICTURES = "pictures on the dials"


def run_bench(folder: Path, *, quick: bool) -> None:
    """Run the bench, show how it goes, and print the card.

    Args:
        folder: for the readings and the card.
        quick: a few small pictures, which is no card.

    Raises:
        FerJaxError: if the folder cannot be written.
    """
    if cache := getattr(jax.config, "jax_compilation_cache_dir", None):
        # For the processes that read pictures side by side.
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", cache)
    try:
        with _told_on_stderr() as on_picture:
            # A quick look must not be taken for a part of the card.
            where = folder / "quick" if quick else folder
            found = validate(where, quick=quick, on_picture=on_picture)
    except OSError as error:
        raise FerJaxError(f"{folder}: cannot be written: {error.strerror or error}") from None
    show(card_table(found.card))
    print(f"{QUICK} {found.folder / CARD_TEXT}" if quick else found.folder / CARD_TEXT)


@contextmanager
def _told_on_stderr() -> Iterator[Callable[[int, int], None]]:
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
            task = bar.add_task(_PICTURES, total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)
        return
    told = time.monotonic()

    def line(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_LINES:
            told = time.monotonic()
            console.print(f"{_PICTURES}: {done} of {of}", highlight=False)

    yield line


def card_table(card: pd.DataFrame) -> Table:
    """The card as a table: a row per metric."""
    table = plain_table("Metrics on dials of known truth: rank correlation with either dial")
    for heading in ("metric", "kind"):
        table.add_column(heading)
    for heading in ("fracture dial", "entanglement dial", "undefined", "passes"):
        table.add_column(heading, justify="right")
    for row in card.to_dict("records"):
        table.add_row(
            str(row["metric"]),
            str(row["kind"]),
            told(row["rho_fracture"]),
            told(row["rho_entanglement"]),
            f"{row['undefined']} of {row['n']}",
            verdict(row["passes"]),
        )
    return table

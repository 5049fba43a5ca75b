"""Tables on a terminal, in a file or a pipe. It imports nothing heavy."""

import math

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

WIDE = 200
"""Columns where the output is no terminal: nothing is cut off in a file or a pipe."""


def plain_table(title: str) -> Table:
    """An empty table in the house's style."""
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)


def width() -> int:
    """Columns of the terminal; `WIDE` where the output is none."""
    console = Console()
    return console.width if console.is_terminal else WIDE


def show(table: RenderableType, *, stderr: bool = False) -> None:
    """Print a table or several; where the output is no terminal, as wide as they need to be."""
    console = Console(stderr=stderr, markup=False, highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)


def number(value: float) -> str:
    """Three digits that matter.

    Example:
        >>> number(0.12345), number(1.5e-5), number(float("nan"))
        ('0.123', '1.50e-05', '-')
    """
    if not math.isfinite(value):
        return "-"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
    return f"{value:.2e}"

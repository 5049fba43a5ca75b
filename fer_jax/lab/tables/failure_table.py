"""Tables for people, printed by the command."""

import math
from collections.abc import Sequence

from rich.table import Table

from fer_jax.lab.console import plain_table
from fer_jax.lab.runs.runner import Outcome


def failure_table(failed: Sequence[Outcome]) -> Table:
    """Which runs failed, why, and where the log is."""
    shown = plain_table(f"{len(failed)} failed")
    for name in ("run", "error", "log"):
        shown.add_column(name, overflow="fold")
    for outcome in failed:
        shown.add_row(outcome.label, outcome.error, outcome.log or "-")
    return shown


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

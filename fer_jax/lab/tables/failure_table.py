"""Tables for people, printed by the command."""

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

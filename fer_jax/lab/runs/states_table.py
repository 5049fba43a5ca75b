"""How runs stand, as a table for people."""

import math

from rich.table import Table

from fer_jax.lab.console import plain_table
from fer_jax.lab.runs.pace import duration
from fer_jax.lab.runs.run_states import RunState

SHOWN = ("running", "stopped", "failed", "corrupt")
"""States of which each run is named. Of what is done or planned, the number is enough."""


def states_table(states: list[RunState]) -> Table:
    """A row for each run that needs looking at."""
    table = plain_table("")
    table.add_column("state", no_wrap=True)
    table.add_column("run", overflow="fold")
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for state in SHOWN:
        for one in states:
            if one.state == state:
                share = f"{one.share:.0%}" if state in ("running", "stopped") else ""
                table.add_row(state, one.label, share, one.told or one.folder)
    return table


def left_told(seconds: float) -> str:
    """The end of a line about time left.

    Example:
        >>> left_told(75.0), left_told(0.0), left_told(float("nan"))
        ('; about 1 min 15 s left', '', '; time left not known yet')
    """
    if math.isnan(seconds):
        return "; time left not known yet"
    return f"; about {duration(seconds)} left" if seconds else ""

"""`fer-jax status`: how the runs below a folder stand."""

import argparse
import time
from typing import TYPE_CHECKING, Any

from fer_jax.commands.command import DONE, SOME_FAILED, add_command

if TYPE_CHECKING:
    from rich.console import Group

_ABOUT = """\
Counts runs that are done, running (a process is at work on them), stopped (it is no more), failed,
and planned (a sweep has yet to come to them), and tells about how long the rest takes. The command
that began a run, or the sweep that it belongs to, goes on with it.

examples:
  fer-jax status outputs/demo
  fer-jax status outputs --watch
"""

SECONDS = 2.0
"""Between two looks."""


def add(commands: Any) -> None:
    """Add it to the parser."""
    status = add_command(commands, "status", execute, "how the runs below a folder stand", _ABOUT)
    status.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    status.add_argument(
        "--watch", action="store_true", help="look again and again, until nothing runs any more"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from rich.live import Live

    from fer_jax.lab.console import show
    from fer_jax.lab.runs.run_states import states_of

    states = states_of(arguments.folder)
    if not arguments.watch:
        show(_told(states))
    else:
        with Live(_told(states), auto_refresh=False) as live:
            while any(one.state == "running" for one in states):
                time.sleep(SECONDS)
                states = states_of(arguments.folder)
                live.update(_told(states), refresh=True)
    bad = any(one.state in ("failed", "corrupt") for one in states)
    return SOME_FAILED if bad else DONE


def _told(states: list[Any]) -> "Group":
    from rich.console import Group
    from rich.text import Text

    from fer_jax.lab.runs.run_states import counts, seconds_left
    from fer_jax.lab.runs.states_table import left_told, states_table

    line = ", ".join(f"{count} {state}" for state, count in counts(states).items())
    total = f"{len(states)} runs: {line}{left_told(seconds_left(states))}"
    table = states_table(states)
    return Group(*([table] if table.row_count else []), Text(total))

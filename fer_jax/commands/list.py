"""`fer-jax list`: what the keys of a run can name."""

import argparse
import json
from typing import Any

from fer_jax.commands.command import DONE, add_command

KINDS = ("targets", "archs", "methods", "metrics", "experiments", "presets", "strategies")

_EXAMPLES = """\
examples:
  fer-jax list targets
  fer-jax list metrics
  fer-jax list experiments
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    listed = add_command(commands, "list", execute, "what the keys of a run can name", _EXAMPLES)
    listed.add_argument("kind", choices=KINDS, metavar="WHAT", help=", ".join(KINDS))
    listed.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from rich.text import Text

    from fer_jax.lab.console import plain_table, show
    from fer_jax.lab.settings import compose
    from fer_jax.lab.settings.listing import listing

    with compose.hydra():
        told = listing(arguments.kind)
    if arguments.json:
        rows = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
        print(json.dumps(rows, indent=2))
        return DONE
    table = plain_table(told.title)
    for number, name in enumerate(told.columns):
        table.add_column(name, no_wrap=number == 0, overflow="fold")
    for row in told.rows:
        table.add_row(*map(Text, row))
    show(table)
    return DONE

"""`fer-jax collect`: one tidy table of all runs below a folder."""

import argparse
import sys
from typing import Any

from fer_jax.commands.command import DONE, add_command, warn_left_out
from fer_jax.errors import FerJaxError


def add(commands: Any) -> None:
    """Add it to the parser."""
    collect = add_command(commands, "collect", execute, "one tidy table of all runs below a folder")
    collect.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    collect.add_argument(
        "-o", "--output", metavar="FILE", help="write the table: .parquet, .csv or .md"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab import tables
    from fer_jax.lab.collect import collect, write_table
    from fer_jax.lab.console import show

    collected = collect(arguments.folder)
    warn_left_out([*collected.corrupt, *collected.unfinished])
    for told in collected.damaged:
        print(f"damaged: {told}", file=sys.stderr)
    if collected.repeated:
        warn_left_out([f"{collected.repeated} readings that another run holds too, counted once"])
    if not collected.runs:
        raise FerJaxError(f"{arguments.folder}: holds no finished run; the lines above tell why")
    if arguments.output:
        write_table(collected.table, arguments.output)
    show(tables.summary_table(collected.table))
    if arguments.output:
        print(f"{len(collected.table)} readings of {collected.runs} runs: {arguments.output}")
    return DONE

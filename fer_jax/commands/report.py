"""`fer-jax report`: a static page of all runs below a folder."""

import argparse
from pathlib import Path
from typing import Any

from fer_jax.commands.command import DONE, add_command


def add(commands: Any) -> None:
    """Add it to the parser."""
    report = add_command(commands, "report", execute, "a static page of all runs below a folder")
    report.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab.launch import machine
    from fer_jax.show.report import write_report

    machine.prepare()
    print(write_report(Path(arguments.folder)))
    return DONE

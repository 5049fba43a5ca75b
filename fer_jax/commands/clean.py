"""`fer-jax clean`: delete checkpoints that nobody will go on from."""

import argparse
import sys
from typing import Any

from fer_jax.commands.command import DONE, SOME_FAILED, add_command
from fer_jax.errors import FerJaxError

_ABOUT = """\
A run that was stopped or has failed keeps its checkpoint, so that the same command goes on from it.
Where that is not wanted any more, this deletes the checkpoints below a folder, and what killed
processes had written aside. Networks, scores and curves stay, and so does what a process is at work
with. It says what there is, and asks.
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    clean = add_command(commands, "clean", execute, "delete abandoned checkpoints", _ABOUT)
    clean.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    clean.add_argument("--yes", action="store_true", help="do not ask")


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab.console import plain_table, show
    from fer_jax.lab.folders.leftovers import delete, leftovers

    found = leftovers(arguments.folder)
    if not found:
        print("nothing to delete")
        return DONE
    table = plain_table("Checkpoints that no process is at work with")
    for name in ("run", "state", "MiB", "what is lost"):
        table.add_column(name, overflow="fold", justify="right" if name == "MiB" else "left")
    for one in found:
        state = "stopped" if one.state == "running" else one.state
        table.add_row(str(one.folder), state, f"{one.bytes / 2**20:.1f}", one.told)
    show(table)
    if not arguments.yes and not _agreed():
        print("nothing was deleted")
        return DONE
    left = [one for one in found if not delete(one)]
    for one in left:
        print(f"not deleted: {one.folder}: a process is at work on it, or it cannot be written")
    freed = sum(one.bytes for one in found if one not in left) / 2**20
    print(f"{freed:.1f} MiB deleted")
    return SOME_FAILED if left else DONE


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise FerJaxError("there is nobody to ask; --yes deletes without asking")
    return input("Delete them? [y/N] ").strip().lower() in ("y", "yes")

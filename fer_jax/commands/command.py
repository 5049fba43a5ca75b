"""What the modules of commands share: exit statuses, and adding a command to the parser."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

DONE, SOME_FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130

RAW: Any = {"formatter_class": argparse.RawDescriptionHelpFormatter}
"""Texts of ours are laid out already."""


def add_command(
    commands: Any,
    name: str,
    execute: Callable[[argparse.Namespace], int],
    about: str,
    epilog: str | None = None,
) -> argparse.ArgumentParser:
    """Add a command; what it is given goes to `execute`, which returns the exit status."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, epilog=epilog, **RAW
    )
    command.set_defaults(execute=execute)
    return command


def say(text: str, status: int) -> int:
    """One line on stderr, and the exit status."""
    print(f"fer-jax: {text}", file=sys.stderr)
    return status


def warn_left_out(left_out: Sequence[str]) -> None:
    """Tell what is not in a table, a line each."""
    for told in left_out:
        print(f"left out: {told}", file=sys.stderr)

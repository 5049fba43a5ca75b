"""`fer-jax data`: the genomes and pictures that can be named."""

import argparse
from typing import Any

from fer_jax.commands.command import DONE, STOPPED, add_command, say

_FETCH_ABOUT = """\
They come from the repository of Kumar et al. 2025, are checked by SHA-256, and go into the user's
cache, or into the folder that the environment variable FER_JAX_DATA names.
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    data = commands.add_parser("data", help="the genomes and pictures that can be named")
    data_commands = data.add_subparsers(title="commands", metavar="COMMAND", required=True)
    names = add_command(data_commands, "list", _list, "everything that can be named, from where")
    names.add_argument("--json", action="store_true", help="print JSON, paths included")
    fetch = add_command(
        data_commands, "fetch", _fetch, "get the original study's three genomes", _FETCH_ABOUT
    )
    fetch.add_argument("names", nargs="*", metavar="NAME", help="skull, butterfly, apple; all")


def _list(arguments: argparse.Namespace) -> int:
    from fer_jax.genome.catalogue import catalogue
    from fer_jax.lab.console import show
    from fer_jax.lab.data import catalogue_json, catalogue_table

    rows = catalogue()
    if arguments.json:
        print(catalogue_json(rows))
    else:
        show(catalogue_table(rows))
    return DONE


def _fetch(arguments: argparse.Namespace) -> int:
    from fer_jax.lab.data import fetch_originals

    try:
        fetch_originals(arguments.names)
    except KeyboardInterrupt:
        return say("stopped; nothing is left half-written", STOPPED)
    return DONE

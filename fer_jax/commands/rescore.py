"""`fer-jax rescore`: scores made anew from saved networks, without training."""

import argparse
from collections import Counter
from typing import Any

from fer_jax.commands.command import DONE, SOME_FAILED, add_command
from fer_jax.commands.metric_names import metric_names

_ABOUT = """\
A metric of another definition has another version, and every reading says the version that made it.
This command scores the saved networks and genomes of finished runs again where a version has
changed, at the size and with the key of before. Nothing is trained.

examples:
  fer-jax rescore outputs
  fer-jax rescore outputs/demo --metrics fracture,entanglement
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    rescore = add_command(
        commands, "rescore", execute, "score saved networks anew, without training", _ABOUT
    )
    rescore.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    rescore.add_argument(
        "--metrics",
        action="append",
        metavar="A,B",
        help="by these (default: those that each run was scored by)",
    )
    rescore.add_argument(
        "--anew", action="store_true", help="also what is of today's version already"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab.launch import machine
    from fer_jax.lab.runs.rescore import rescore

    machine.prepare(all_cores=True)
    done = rescore(arguments.folder, metric_names(arguments.metrics), anew=arguments.anew)
    states = Counter(one.state for one in done)
    print(", ".join(f"{count} {state}" for state, count in states.items()))
    return SOME_FAILED if states["failed"] else DONE

"""`fer-jax validate`: whether the metrics mean what they say."""

import argparse
from pathlib import Path
from typing import Any

from fer_jax.commands.command import DONE, add_command

_VALIDATE_ABOUT = """\
Puts every metric, and every baseline, to seven tests: genomes and trained networks of known
structure, changes that must not matter, controls that must not fool it, the original study's
genomes against many seeds, stability, prediction and the labels of people. Tests 3 to 7 need the
study's genomes (fer-jax data fetch). Some hours on two cores; what is trained and read is kept,
and the same command goes on with what is missing. The folder holds the card (card.md), every
number (verdicts.parquet) and a page, index.html, that shows them.
"""

BENCH_TESTS = (
    *("dials", "trained", "invariances", "controls", "pairs", "stability", "prediction"),
    "labels",
)


def add(commands: Any) -> None:
    """Add it to the parser."""
    validate = add_command(
        commands, "validate", execute, "whether the metrics mean what they say", _VALIDATE_ABOUT
    )
    validate.add_argument(
        "--quick", action="store_true", help="all at toy size, in 3 minutes; no card"
    )
    validate.add_argument(
        "--tests",
        nargs="+",
        choices=BENCH_TESTS,
        default=BENCH_TESTS,
        metavar="TEST",
        help=f"take these alone: {', '.join(BENCH_TESTS)}",
    )
    validate.add_argument(
        "-o", "--output", metavar="DIR", default="validation", help="(default: %(default)s)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab.bench import run_bench
    from fer_jax.lab.launch import machine

    machine.prepare(all_cores=True)
    folder = run_bench(Path(arguments.output), quick=arguments.quick, tests=arguments.tests)
    # Only now, since there is nothing to draw before.
    from fer_jax.show.validation_page import write_validation_page

    print(write_validation_page(folder, quick=arguments.quick))
    return DONE

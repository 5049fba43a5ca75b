"""`fer-jax score`: the scores of one genome or network."""

import argparse
from typing import Any

from fer_jax.commands.command import DONE, add_command
from fer_jax.commands.metric_names import metric_names
from fer_jax.errors import FerJaxError

_SCORE_ABOUT = """\
how to read it:
  fracture       is one thing drawn by one mechanism, or by several that know nothing of each other?
  entanglement   does one parameter move one thing, or many that have nothing to do with each other?

  These two stand first; the metrics of the same kinds below them ask the same in other ways.
  Baselines look at smoothness, gain or size alone: a score that says no more has said nothing.
  What the ends of its scale stand for is written with each value, since 0.3 of one metric is not
  0.3 of another. Compare networks by the same metric at the same --size, many seeds rather than
  one, and a genome with networks that draw the same picture.

  A "-" is no value: the picture or the network lacks what the metric needs, and below the table
  stands why. It is not 0.

examples:
  fer-jax score sunrise
  fer-jax score outputs/demo/sgd-1f3a9c0b7d2e --seed 3 --metrics fracture,entanglement
  fer-jax score my/genome.zip --json > scores.json
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    score = add_command(
        commands, "score", execute, "the scores of one genome or network", _SCORE_ABOUT
    )
    score.add_argument(
        "path",
        metavar="PATH",
        help="a genome's name, a genome file, a run folder, a networks.safetensors, or a "
        "folder with arch.pkl and params.pkl (read without executing any of it)",
    )
    score.add_argument(
        "--seed", type=int, help="which of a run's seeds; by default the first that is ok"
    )
    score.add_argument(
        "--on-cycle",
        choices=("error", "cut"),
        default="error",
        help="of a genome file with recurrent links: error (the default), or cut: they read 0",
    )
    score.add_argument(
        "--size", type=int, default=48, help="pixels along one side (default: %(default)s)"
    )
    score.add_argument(
        "--metrics",
        action="append",
        metavar="A,B",
        help="only these, such as fracture,entanglement; may be repeated (default: all)",
    )
    score.add_argument(
        "--json",
        action="store_true",
        help="print JSON: single layers, what each metric needs, and its reference included",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from fer_jax.lab.runs.models import load_model
    from fer_jax.lab.settings.config import MAX_SIZE

    if not 2 <= arguments.size <= MAX_SIZE:
        raise FerJaxError(f"--size is {arguments.size}; expected 2 ... {MAX_SIZE} pixels")
    metrics = metric_names(arguments.metrics)
    model = load_model(arguments.path, arguments.seed, arguments.on_cycle)
    # Only now, since it imports JAX, which takes longer than to tell of a mistake.
    from fer_jax.lab.console import show, width
    from fer_jax.lab.launch import machine
    from fer_jax.lab.tables.score_table import score_json, score_table
    from fer_jax.metrics.scoring import measure

    machine.prepare()
    readings = measure(model, metrics, size=arguments.size)
    if arguments.json:
        print(score_json(arguments.path, arguments.size, readings))
    else:
        show(score_table(arguments.path, arguments.size, readings, width()))
    return DONE

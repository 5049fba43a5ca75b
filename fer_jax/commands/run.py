"""`fer-jax run`: make networks, or take a genome, and score them; one run or a sweep."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_jax.commands.command import DONE, SOME_FAILED, add_command, warn_left_out
from fer_jax.errors import FerJaxError

if TYPE_CHECKING:
    from fer_jax.lab.runs.runner import Outcome

_RUN_EXAMPLES = """\
A run has a folder in output_dir. The same command again skips what is done, and goes on from the
last checkpoint with what is not. With -m, values with commas are swept over.

examples:
  fer-jax run target=sunrise arch=relu:16x3 seeds=4 steps=200 size=64
  fer-jax run target=my/picture.png arch=12/cache:15/gaussian:4/identity:2/sin:1 seeds=[0,5]
  fer-jax run target=my/genome.zip method=genome
  fer-jax run -m target=sunrise arch=relu:16x3,relu:32x3 learning_rate=1e-3,3e-3
  fer-jax run -m experiment=demo
  fer-jax run --from outputs/sgd-1f3a9c0b7d2e output_dir=again
"""

_PRESETS = [
    ("experiment", "none", "a study of conf/experiment/, such as demo; fer-jax list experiments"),
    ("scale", "none", "how much of everything: smoke, small, or paper (the original study's)"),
    ("scoring", "none", "by which metrics: headline, baselines or all"),
    (
        "hydra/launcher",
        "basic",
        "where a sweep runs: devices, submitit_slurm, ray ...; docs/launchers.md",
    ),
]


def add(commands: Any) -> None:
    """Add it to the parser."""
    run = add_command(
        commands, "run", execute, "make networks, or take a genome, and score them", _RUN_EXAMPLES
    )
    run.description = f"{run.description}\n\n{_key_table()}"
    run.add_argument("-m", "--multirun", action="store_true", help="sweep over values with commas")
    instead = run.add_mutually_exclusive_group()
    instead.add_argument(
        "--from",
        dest="source",
        metavar="RUN_FOLDER",
        help="make the run of a folder again, from what is in it; keys change single values",
    )
    instead.add_argument(
        "--cfg",
        choices=("job", "hydra", "all"),
        help="print the configuration that the keys compose, and do nothing: of the run, of Hydra, "
        "or both",
    )
    run.add_argument("overrides", nargs="*", metavar="key=value", help="the keys are listed above")


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    if arguments.cfg is not None:
        from fer_jax.lab.settings.composed_text import composed_text

        print(composed_text(arguments.overrides, arguments.cfg), end="")
        return DONE
    if arguments.source is not None:
        return _again(arguments)
    from fer_jax.lab.settings import early

    early.check(arguments.overrides, multirun=arguments.multirun)
    # Only now, since it imports JAX, which takes longer than to tell of a mistake.
    from fer_jax.lab.launch import machine, sweep

    machine.prepare(all_cores=True)
    outcomes = sweep.run(arguments.overrides, multirun=arguments.multirun)
    return _tell(outcomes)


def _again(arguments: argparse.Namespace) -> int:
    """Make the run of a folder once more."""
    if arguments.multirun:
        raise FerJaxError("--from makes one run; leave out -m")
    from fer_jax.lab.launch import machine
    from fer_jax.lab.runs.reproduce import run_from

    machine.prepare(all_cores=True)
    return _tell([run_from(Path(arguments.source), arguments.overrides)])


def _tell(outcomes: "list[Outcome]") -> int:
    """Print what came out of the runs, and return the exit status."""
    from fer_jax.lab.console import show
    from fer_jax.lab.folders.run_folder import RunFolder
    from fer_jax.lab.folders.scan import Runs
    from fer_jax.lab.tables.collect import collect_folders
    from fer_jax.lab.tables.failure_table import failure_table
    from fer_jax.lab.tables.summary_table import summary_table

    ended = [RunFolder(Path(o.folder)) for o in outcomes if o.state in ("done", "skipped")]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    if ended:
        collected = collect_folders(Runs(ended))
        warn_left_out(collected.corrupt)
        show(summary_table(collected.table))
    if not failed:
        return DONE
    if len(outcomes) == 1 and failed[0].mistake:
        raise FerJaxError(failed[0].error)
    show(failure_table(failed), stderr=True)
    return SOME_FAILED


def _key_table() -> str:
    from fer_jax.lab.settings.key_help import key_help

    lines = ["keys, their defaults and meaning (fer-jax list tells what values there are):"]
    for topic, keys in [*key_help(), ("presets", _PRESETS)]:
        lines += ["", f" {topic}"]
        lines += [f"  {name:20}{default:13} {meaning}" for name, default, meaning in keys]
    return "\n".join(lines)

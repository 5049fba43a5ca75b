"""The command `fer-jax`. Nothing heavy is imported until a command needs it.

Exit status: 0 done, 1 some runs failed, 2 bad input, 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from fer_jax.errors import FerJaxError, GenomeWarning

if TYPE_CHECKING:
    from fer_jax.lab.runner import Outcome

DONE, SOME_FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130

_Command = Callable[[argparse.Namespace], int]
_RAW: Any = {"formatter_class": argparse.RawDescriptionHelpFormatter}

_ABOUT = """\
How did this network come to draw this image, and what does that do to its insides?
Train networks or take evolved ones, score how fractured and entangled each is, compare.
"""

_EXAMPLES = """\
examples:
  fer-jax run target=sunrise arch=relu:16x3 seeds=4 steps=200 size=64
  fer-jax run -m experiment=demo
  fer-jax collect outputs/demo -o readings.csv
  fer-jax report outputs/demo
  fer-jax score sunrise

`fer-jax COMMAND --help` tells more. Exit status: 0 done, 1 some runs failed, 2 bad input.
"""

_RUN_EXAMPLES = """\
A run has a folder in output_dir. The same command again skips what is done, and goes on from the
last checkpoint with what is not. With -m, values with commas are swept over.

examples:
  fer-jax run target=sunrise arch=relu:16x3 seeds=4 steps=200 size=64
  fer-jax run target=my/picture.png arch=12/cache:15/gaussian:4/identity:2/sin:1 seeds=[0,5]
  fer-jax run target=my/genome.zip method=genome
  fer-jax run -m target=sunrise arch=relu:16x3,relu:32x3 learning_rate=1e-3,3e-3
  fer-jax run -m experiment=demo
"""

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

_VALIDATE_ABOUT = """\
Puts every metric, and every baseline, to seven tests: genomes and trained networks of known
structure, changes that must not matter, controls that must not fool it, the original study's
genomes against many seeds, stability, prediction and the labels of people. Tests 3 to 7 need the
study's genomes (fer-jax data fetch). Some hours on two cores; what is trained and read is kept,
and the same command goes on with what is missing. The folder holds the card (card.md), every
number (verdicts.parquet) and a page, index.html, that shows them.
"""

_BENCH_TESTS = (
    *("dials", "trained", "invariances", "controls", "pairs", "stability", "prediction"),
    "labels",
)

_FETCH_ABOUT = """\
They come from the repository of Kumar et al. 2025, are checked by SHA-256, and go into the user's
cache, or into the folder that the environment variable FER_JAX_DATA names.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: what stands behind `fer-jax`; by default what the process was started with.

    Returns:
        The exit status.
    """
    # Read when NumPy is first imported. Its products here are small, and threads that wait for
    # work beside XLA's own cost several times what they gain.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = _parser()
    # argparse gives back what stands behind an option between overrides: `run a=1 -m b=2`.
    arguments, more = parser.parse_known_args(argv)
    if more and (arguments.command is not _run or any(text.startswith("-") for text in more)):
        parser.error(f"unknown argument {more[0]!r}; see fer-jax --help")
    if more:
        arguments.overrides += more
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            return arguments.command(arguments)
    except FerJaxError as error:
        return _say(" ".join(str(error).split("\n")), BAD_INPUT)
    except KeyboardInterrupt:
        return _say("stopped; the same command goes on from the last checkpoint", STOPPED)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Tell a warning in one line: ours by what it says, others with where they come from."""
    where = "" if category is GenomeWarning else f"{filename}:{lineno}: {category.__name__}: "
    print(f"fer-jax: warning: {where}{message}", file=sys.stderr)


def _say(text: str, status: int) -> int:
    print(f"fer-jax: {text}", file=sys.stderr)
    return status


def _run(arguments: argparse.Namespace) -> int:
    from fer_jax.lab import early

    early.check(arguments.overrides, multirun=arguments.multirun)
    # Only now, since it imports JAX, which takes longer than to tell of a mistake.
    from fer_jax.lab import machine, sweep

    machine.prepare(all_cores=True)
    outcomes = sweep.run(arguments.overrides, multirun=arguments.multirun)
    return _tell(outcomes)


def _tell(outcomes: "list[Outcome]") -> int:
    """Print what came out of the runs, and return the exit status."""
    from fer_jax.lab import tables
    from fer_jax.lab.collect import collect_folders
    from fer_jax.lab.console import show
    from fer_jax.lab.run_folder import RunFolder, Runs

    ended = [RunFolder(Path(o.folder)) for o in outcomes if o.state != "failed"]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    if ended:
        collected = collect_folders(Runs(ended))
        _warn(collected.corrupt)
        show(tables.summary_table(collected.table))
    if not failed:
        return DONE
    if len(outcomes) == 1 and failed[0].mistake:
        raise FerJaxError(failed[0].error)
    show(tables.failure_table(failed), stderr=True)
    return SOME_FAILED


def _collect(arguments: argparse.Namespace) -> int:
    from fer_jax.lab import tables
    from fer_jax.lab.collect import collect, write_table
    from fer_jax.lab.console import show

    collected = collect(arguments.folder)
    _warn([*collected.corrupt, *collected.unfinished])
    for told in collected.damaged:
        print(f"damaged: {told}", file=sys.stderr)
    if collected.repeated:
        _warn([f"{collected.repeated} readings that another run holds too, counted once"])
    if not collected.runs:
        raise FerJaxError(f"{arguments.folder}: holds no finished run; the lines above tell why")
    if arguments.output:
        write_table(collected.table, arguments.output)
    show(tables.summary_table(collected.table))
    if arguments.output:
        print(f"{len(collected.table)} readings of {collected.runs} runs: {arguments.output}")
    return DONE


def _warn(left_out: Sequence[str]) -> None:
    for told in left_out:
        print(f"left out: {told}", file=sys.stderr)


def _report(arguments: argparse.Namespace) -> int:
    from fer_jax.lab import machine
    from fer_jax.show.report import write_report

    machine.prepare()
    print(write_report(Path(arguments.folder)))
    return DONE


def _score(arguments: argparse.Namespace) -> int:
    from fer_jax.lab.config import MAX_SIZE
    from fer_jax.lab.models import load_model

    if not 2 <= arguments.size <= MAX_SIZE:
        raise FerJaxError(f"--size is {arguments.size}; expected 2 ... {MAX_SIZE} pixels")
    metrics = _metric_names(arguments.metrics)
    model = load_model(arguments.path, arguments.seed, arguments.on_cycle)
    # Only now, since it imports JAX, which takes longer than to tell of a mistake.
    from fer_jax.lab import machine
    from fer_jax.lab.console import show, width
    from fer_jax.lab.score_table import score_json, score_table
    from fer_jax.metrics.scoring import measure

    machine.prepare()
    readings = measure(model, metrics, size=arguments.size)
    if arguments.json:
        print(score_json(arguments.path, arguments.size, readings))
    else:
        show(score_table(arguments.path, arguments.size, readings, width()))
    return DONE


def _metric_names(given: Sequence[str] | None) -> list[str] | None:
    """The names in `--metrics a,b --metrics c`, each once, or None for all."""
    if given is None:
        return None
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if not names:
        raise FerJaxError("--metrics names no metric; leave it out for all of them")
    return list(dict.fromkeys(names))


def _validate(arguments: argparse.Namespace) -> int:
    from fer_jax.lab import machine
    from fer_jax.lab.bench import run_bench

    machine.prepare(all_cores=True)
    folder = run_bench(Path(arguments.output), quick=arguments.quick, tests=arguments.tests)
    # Only now, since there is nothing to draw before.
    from fer_jax.show.validation_page import write_validation_page

    print(write_validation_page(folder, quick=arguments.quick))
    return DONE


def _data_list(arguments: argparse.Namespace) -> int:
    from fer_jax.genome.catalogue import catalogue
    from fer_jax.lab.console import show
    from fer_jax.lab.data import catalogue_json, catalogue_table

    rows = catalogue()
    if arguments.json:
        print(catalogue_json(rows))
    else:
        show(catalogue_table(rows))
    return DONE


def _data_fetch(arguments: argparse.Namespace) -> int:
    from fer_jax.lab.data import fetch_originals

    try:
        fetch_originals(arguments.names)
    except KeyboardInterrupt:
        return _say("stopped; nothing is left half-written", STOPPED)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fer-jax", description=_ABOUT, epilog=_EXAMPLES, **_RAW)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = _add(commands, "run", _run, "make networks, or take a genome, and score them")
    run.description, run.epilog = f"{run.description}\n\n{_key_table()}", _RUN_EXAMPLES
    run.add_argument("-m", "--multirun", action="store_true", help="sweep over values with commas")
    run.add_argument("overrides", nargs="*", metavar="key=value", help="the keys are listed above")

    collect = _add(commands, "collect", _collect, "one tidy table of all runs below a folder")
    collect.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    collect.add_argument(
        "-o", "--output", metavar="FILE", help="write the table: .parquet, .csv or .md"
    )

    report = _add(commands, "report", _report, "a static page of all runs below a folder")
    report.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")

    score = _add(commands, "score", _score, "the scores of one genome or network")
    score.epilog = _SCORE_ABOUT
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

    validate = _add(commands, "validate", _validate, "whether the metrics mean what they say")
    validate.epilog = _VALIDATE_ABOUT
    validate.add_argument(
        "--quick", action="store_true", help="all at toy size, in 3 minutes; no card"
    )
    validate.add_argument(
        "--tests",
        nargs="+",
        choices=_BENCH_TESTS,
        default=_BENCH_TESTS,
        metavar="TEST",
        help=f"take these alone: {', '.join(_BENCH_TESTS)}",
    )
    validate.add_argument(
        "-o", "--output", metavar="DIR", default="validation", help="(default: %(default)s)"
    )

    data = commands.add_parser("data", help="the genomes and pictures that can be named")
    data_commands = data.add_subparsers(title="commands", metavar="COMMAND", required=True)
    names = _add(data_commands, "list", _data_list, "everything that can be named, from where")
    names.add_argument("--json", action="store_true", help="print JSON, paths included")
    fetch = _add(data_commands, "fetch", _data_fetch, "get the original study's three genomes")
    fetch.epilog = _FETCH_ABOUT
    fetch.add_argument("names", nargs="*", metavar="NAME", help="skull, butterfly, apple; all")
    return parser


def _add(commands: Any, name: str, function: _Command, about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=about, description=about, **_RAW
    )
    command.set_defaults(command=function)
    return command


def _key_table() -> str:
    from fer_jax.lab.config import key_help

    rows = [f"  {name:20}{default:11} {meaning}" for name, default, meaning in key_help()]
    experiments = "  experiment          none        a preset of conf/experiment/, such as demo"
    return "\n".join(["keys, their defaults and meaning:", *rows, experiments])

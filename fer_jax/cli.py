"""The command `fer-jax`. Nothing heavy is imported until a command needs it.

Exit status: 0 done, 1 some runs failed, 2 bad input, 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

from fer_jax.commands import (
    clean,
    collect,
    data,
    list,
    plot,
    report,
    rescore,
    run,
    score,
    status,
    validate,
)
from fer_jax.commands.command import BAD_INPUT, DONE, RAW, STOPPED, say
from fer_jax.errors import FerJaxError, FerJaxWarning

_COMMANDS = (run, status, collect, report, plot, score, rescore, validate, list, data, clean)

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
    if more and (
        arguments.execute is not run.execute or any(text.startswith("-") for text in more)
    ):
        parser.error(f"unknown argument {more[0]!r}; see fer-jax --help")
    if more:
        arguments.overrides += more
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            return arguments.execute(arguments)
    except FerJaxError as error:
        return say(" ".join(str(error).split("\n")), BAD_INPUT)
    except KeyboardInterrupt:
        return say("stopped; the same command goes on from the last checkpoint", STOPPED)
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
    where = (
        "" if issubclass(category, FerJaxWarning) else f"{filename}:{lineno}: {category.__name__}: "
    )
    print(f"fer-jax: warning: {where}{message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fer-jax", description=_ABOUT, epilog=_EXAMPLES, **RAW)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return parser

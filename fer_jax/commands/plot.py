"""`fer-jax plot`: a metric against a size, over seeds, of all runs below a folder."""

import argparse
import sys
from pathlib import Path
from typing import Any

from fer_jax.commands.command import DONE, add_command, warn_left_out
from fer_jax.errors import FerJaxError

_AXES = ("x", "y")

_MORE = """\
examples:
  fer-jax plot outputs/scaling_width --y fracture --x width
  fer-jax plot outputs/scaling_width --y loss --x parameters --fit -o loss.svg
  fer-jax plot outputs --y seed_steps_per_second --x width --by depth

--x and --by take any setting of runs (size, steps, learning_rate, optimizer ...), and the sizes
width, depth, parameters and seeds. Beside the picture lie NAME.csv (a row per dot) and
NAME-means.csv. docs/scaling.md tells how everything is reckoned.
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    plot = add_command(commands, "plot", execute, "a metric against a size, over seeds", _MORE)
    plot.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    plot.add_argument("--y", default="fracture", metavar="METRIC", help="fracture by default")
    plot.add_argument("--x", default="width", metavar="COLUMN", help="width by default")
    plot.add_argument(
        "--by", default="method", metavar="COLUMNS", help="what has a line each: method by default"
    )
    plot.add_argument("--target", metavar="NAMES", help="only these; each has a panel")
    plot.add_argument("--log", metavar="AXES", help="x, y, x,y or none; by default what suits")
    plot.add_argument("--fit", action="store_true", help="a power law with its exponent's interval")
    plot.add_argument(
        "-o", "--output", metavar="FILE", help=".png, .svg or .pdf; by default DIR/Y-X.png"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    log = _log(arguments.log)
    # What the processor's devices are set to matters to no picture; none is asked for.
    from fer_jax.lab.console import show
    from fer_jax.lab.tables.collect import collect
    from fer_jax.show.scaling import draw_scaling
    from fer_jax.show.scaling_data import Asked, shown_of
    from fer_jax.show.scaling_files import check_path, write_scaling
    from fer_jax.show.scaling_table import means_table

    asked = Asked(
        y=arguments.y,
        x=arguments.x,
        by=_names(arguments.by),
        targets=_names(arguments.target or ""),
        log=log,
        fit=arguments.fit,
    )
    name = f"{asked.y.replace('@', '-')}-{asked.x}.png"
    path = Path(arguments.output) if arguments.output else Path(arguments.folder) / name
    if arguments.output:
        check_path(path)
    collected = collect(arguments.folder)
    warn_left_out([*collected.corrupt, *collected.unfinished])
    if not collected.runs:
        raise FerJaxError(f"{arguments.folder}: holds no finished run; the lines above tell why")
    shown = shown_of(collected.table, asked)
    if shown.mixed:
        differ = ", ".join(shown.mixed)
        print(f"means are over runs that differ in {differ}; --by tells apart", file=sys.stderr)
    figure = draw_scaling(shown, asked)
    written = write_scaling(figure, shown, asked, path)
    show(means_table(shown, asked))
    print(", ".join(map(str, written)))
    return DONE


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _log(text: str | None) -> tuple[str, ...] | None:
    if text is None or text == "none":
        return None if text is None else ()
    names = _names(text)
    for name in names:
        if name not in _AXES:
            raise FerJaxError(f"--log {text}: {name!r} is no axis; expected x, y, x,y or none")
    return names

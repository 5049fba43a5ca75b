"""`fer-jax collect`: one tidy table of all runs below a folder, and its summary."""

import argparse
import sys
from pathlib import Path
from typing import Any

from fer_jax.commands.command import DONE, add_command, warn_left_out
from fer_jax.commands.metric_names import metric_names
from fer_jax.errors import FerJaxError, nearest

_ABOUT = """\
one tidy table of all runs below a folder, and its summary

Without --by and --against, -o writes the tidy table: a reading a row. With either of them it writes
the summary: a row for each cell and metric, with n, mean, median, IQM, the 95% bootstrap interval,
and how many have diverged, are undefined or have failed. docs/tables.md has all columns.
"""

_EXAMPLES = """\
examples:
  fer-jax collect outputs -o readings.parquet
  fer-jax collect outputs --by arch,method --metrics fracture,entanglement -o summary.tex
  fer-jax collect outputs --by target,arch,method --against method=genome
  fer-jax collect outputs --by arch --against arch=relu:16x3,method=sgd -o summary.csv
"""


def add(commands: Any) -> None:
    """Add it to the parser."""
    collect = add_command(
        commands, "collect", execute, "one tidy table of all runs below a folder", _EXAMPLES
    )
    collect.description = _ABOUT
    collect.add_argument("folder", metavar="DIR", help="an output_dir, or any folder above")
    collect.add_argument(
        "-o", "--output", metavar="FILE", help="write the table: .parquet, .csv, .md or .tex"
    )
    collect.add_argument(
        "--by",
        metavar="COLUMNS",
        help="settings that tell cells apart, such as arch,method; without it target, arch, method "
        "and all that varies",
    )
    collect.add_argument(
        "--against",
        metavar="COLUMN=VALUE,...",
        help="compare each cell with the one that has these values and is like it otherwise, "
        "target by target; columns that --by leaves out are added to it",
    )
    collect.add_argument(
        "--metrics", metavar="NAMES", action="append", help="these alone, such as fracture,loss"
    )
    collect.add_argument(
        "--no-cache",
        action="store_true",
        help="read and check every file, and keep no copy of the readings in DIR",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and return the exit status."""
    from concurrent.futures import ThreadPoolExecutor

    from fer_jax.lab.console import show
    from fer_jax.lab.tables.against import columns_of, reference_of
    from fer_jax.lab.tables.cells import only_metrics
    from fer_jax.lab.tables.collect import collect
    from fer_jax.lab.tables.files import READINGS, SUMMARY, check_suffix, write_table
    from fer_jax.lab.tables.summary import GROUPS, summarize, varying
    from fer_jax.lab.tables.summary_table import shown, summary_table

    by, wanted = _columns(arguments.by), metric_names(arguments.metrics)
    if arguments.output:
        check_suffix(Path(arguments.output))
    if arguments.against:
        columns_of(arguments.against)
    collected = collect(arguments.folder, cache=not arguments.no_cache)
    warn_left_out([*collected.corrupt, *collected.unfinished])
    for told in collected.damaged:
        print(f"damaged: {told}", file=sys.stderr)
    if collected.repeated:
        warn_left_out([f"{collected.repeated} readings that another run holds too, counted once"])
    if not collected.runs:
        raise FerJaxError(f"{arguments.folder}: holds no finished run; the lines above tell why")
    table = only_metrics(collected.table, wanted)
    if not (by or arguments.against):
        with ThreadPoolExecutor(1) as other:
            # It is written by code that leaves Python to others.
            path = arguments.output
            written = other.submit(write_table, table, path, READINGS) if path else None
            means = summary_table(table, collected.failed)
            if written:
                written.result()
        show(means)
        count, what = len(table), "readings"
    else:
        reference = reference_of(arguments.against, table) if arguments.against else None
        by = by or [*GROUPS, *varying(table)]
        by += [name for name in reference or {} if name not in by]
        summary = summarize(table, by, failed=collected.failed, against=reference)
        if arguments.output:
            write_table(summary, arguments.output, SUMMARY)
        show(shown(summary, by, reference))
        count, what = len(summary), "rows of a summary"
    if arguments.output:
        print(f"{count} {what} of {collected.runs} runs: {arguments.output}")
    return DONE


def _columns(given: str | None) -> list[str]:
    """The columns that --by names, each once."""
    from fer_jax.lab.tables.columns import CONFIG_COLUMNS

    if given is None:
        return []
    names = [name.strip() for name in given.split(",") if name.strip()]
    for name in names:
        if name not in CONFIG_COLUMNS:
            raise FerJaxError(
                f"--by names the column {name[:80]!r}; {nearest(name, CONFIG_COLUMNS)}"
            )
    if not names:
        raise FerJaxError("--by names no column; name some, such as --by arch,method")
    return list(dict.fromkeys(names))

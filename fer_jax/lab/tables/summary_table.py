"""A summary as a table for people, that can be read at 100 columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.table import Table

from fer_jax.lab.console import number, plain_table
from fer_jax.lab.tables.against import REFERENCE
from fer_jax.lab.tables.summary import TWO_LEVELS, summarize, varying

MOST = 400
"""Rows that are printed; a file takes them all."""

DEFAULT_BY = ("target", "method", "arch")


def summary_table(table: pd.DataFrame, failed: pd.DataFrame | None = None) -> Table:
    """The summary of a tidy table: for each target and metric, genome and seeds side by side.

    Args:
        table: as `fer_jax.lab.tables.collect.read_table` gives it.
        failed: the failed runs, as `fer_jax.lab.tables.collect.Collected.failed` has them.

    Returns:
        A table to be printed. Settings that differ between runs of one method get a column.
    """
    by = (*DEFAULT_BY, *varying(table))
    # One more than is shown, so that it can be told that there are more.
    return shown(summarize(table, by, failed=failed, most=MOST + 1), by)


def shown(
    summary: pd.DataFrame, by: Sequence[str], reference: Mapping[str, Any] | None = None
) -> Table:
    """A summary as a table to be printed.

    Args:
        summary: as `fer_jax.lab.tables.summary.summarize` gives it.
        by: the columns that tell its cells apart.
        reference: what its cells are compared with, if they are.

    Returns:
        The table: within a target and metric what the others are compared with comes first. What
        does not occur, such as diverged seeds, has no column.
    """
    ordered = _ordered(summary, by, reference).head(MOST)
    names = [*(name for name in by if name == "target"), "metric"]
    leads = len(names)
    names += [name for name in by if name != "target"]
    numbers = _numbers(ordered, bool(reference))
    shown = plain_table(_title(ordered))
    shown.padding = (0, 1, 0, 0)
    for name in names:
        shown.add_column(name, overflow="fold")
    for name in numbers.columns:
        shown.add_column(name, justify="right", no_wrap=True)
    compared = bool(ordered.duplicated(names[:leads]).any())
    block = leads if compared else leads - 1
    before: list[str] = []
    for row, told in zip(ordered[names].to_numpy(), numbers.to_numpy(), strict=True):
        texts = ["" if pd.isna(value) else f"{value}" for value in row]
        here = texts[:leads]
        if before and before[:block] != here[:block]:
            shown.add_section()
        shown.add_row(*("" if before == here else text for text in here), *texts[leads:], *told)
        before = here
    shown.caption = _caption(summary, len(ordered), reference)
    shown.caption_justify = "left"
    return shown


def _ordered(
    summary: pd.DataFrame, by: Sequence[str], reference: Mapping[str, Any] | None
) -> pd.DataFrame:
    """By target and metric, then the reference, or the genome, and the others by their settings."""
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(summary["metric"]))}
    versions = summary.groupby("metric")["metric_version"].nunique()
    several = summary["metric"].map(versions) > 1
    if reference:
        later = summary["test"] != REFERENCE
    else:
        later = pd.Series(
            summary["method"] != "genome" if "method" in summary else True, index=summary.index
        )
    metric = summary["metric"].mask(
        several, summary["metric"] + " (" + summary["metric_version"] + ")"
    )
    ordered = summary.assign(rank=summary["metric"].map(ranks), later=later, metric=metric)
    names = [name for name in by if name == "target"]
    names += ["rank", "metric_version", "later", *(name for name in by if name != "target")]
    return ordered.sort_values(names, kind="stable")


def _numbers(summary: pd.DataFrame, compared: bool) -> pd.DataFrame:
    """The columns of numbers, as they are read."""
    told = pd.DataFrame(index=summary.index)
    if (summary["targets"] > 1).any():
        told["targets"] = summary["targets"].astype(str)
    told["n"] = summary["n"].astype(str)
    told["mean"] = summary["mean"].map(number)
    told["95% interval"] = [
        f"{number(low)} ... {number(high)}" if low == low else "-"
        for low, high in zip(summary["low"], summary["high"], strict=True)
    ]
    if not compared:
        told["median"] = summary["median"].map(number)
        told["IQM"] = summary["iqm"].map(number)
    else:
        told["diff."] = summary["difference"].map(number)
        told["delta"] = summary["delta"].map(number)
        told["p (Holm)"] = summary["p_holm"].map(number)
    for name in ("diverged", "undefined"):
        if summary[name].any():
            told[name] = summary[name].astype(str)
    if summary["failed_runs"].any():
        told["failed"] = [
            f"{runs} ({seeds} seeds)" if runs else "0"
            for runs, seeds in zip(summary["failed_runs"], summary["failed_seeds"], strict=True)
        ]
    return told


def _title(summary: pd.DataFrame) -> str:
    if not (summary["bootstrap"] == TWO_LEVELS).any():
        return "Over seeds: mean with its 95% bootstrap interval"
    return (
        "Over seeds: mean with its 95% bootstrap interval, over targets first where there are more"
    )


def _caption(summary: pd.DataFrame, count: int, reference: Mapping[str, Any] | None) -> str | None:
    """What a reader has to know of the table, a line each."""
    told = []
    pooled = dict.fromkeys(name for names in summary["pooled"] for name in names.split(",") if name)
    if pooled:
        told.append(f"Cells hold runs that differ in {', '.join(pooled)}; --by tells them apart.")
    if reference:
        name = ", ".join(f"{column}={value}" for column, value in reference.items())
        tests = sorted(set(summary.loc[summary["p"].notna(), "test"]))
        corrected = int(summary["p"].notna().sum())
        told.append(
            f"Against {name}: difference of means; Cliff's delta, 1 if all values are above; "
            f"p by {' or '.join(tests) or 'no test'}, corrected for {corrected} tests."
        )
        alone = int(((summary["reference"] == "") & (summary["test"] == "")).sum())
        if alone:
            told.append(f"{alone} rows have no reference that is like them otherwise.")
    if len(summary) > count:
        told.append(f"The first {count} rows; --metrics and --by make fewer, -o writes all.")
    return "\n".join(told) or None

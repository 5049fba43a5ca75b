"""Tables for people, printed by the command."""

import math
from collections.abc import Sequence

import pandas as pd
from rich.table import Table

from fer_jax.lab.collect import GROUPS, summarize, varying
from fer_jax.lab.console import plain_table
from fer_jax.lab.runner import Outcome


def summary_table(table: pd.DataFrame) -> Table:
    """The summary of a tidy table: for each target and metric, genome and seeds side by side.

    Args:
        table: as `fer_jax.lab.collect.read_table` gives it.

    Returns:
        A table to be printed. Settings that differ between runs of one method get a column.
    """
    extra = varying(table)
    summary = summarize(table, (*GROUPS, *extra))
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(summary["metric"]))}
    # The genome is what seeds are compared with, so it stands first.
    order = summary.assign(
        rank=summary["metric"].map(ranks), trained=summary["method"] != "genome"
    ).sort_values(["target", "rank", "trained", "method", "arch", *extra], kind="stable")
    shown = plain_table("Over seeds: mean with its 95% bootstrap interval")
    for name in ("target", "metric", "method", "arch", *extra):
        shown.add_column(name, no_wrap=True)
    for name in ("n", "mean", "95% interval", "median", "IQM", "diverged", "undefined"):
        shown.add_column(name, justify="right", no_wrap=True)
    compared = bool(order.duplicated(["target", "metric"]).any())
    before: tuple[str, ...] = ()
    for row in order.to_dict("records"):
        here = str(row["target"]), str(row["metric"])
        if before and (before != here if compared else before[0] != here[0]):
            shown.add_section()
        shown.add_row(
            *("" if before == here else name for name in here),
            str(row["method"]),
            str(row["arch"]),
            *("" if pd.isna(row[name]) else f"{row[name]}" for name in extra),
            str(row["n"]),
            number(row["mean"]),
            _interval(row["low"], row["high"]),
            number(row["median"]),
            number(row["iqm"]),
            str(row["diverged"]),
            str(row["undefined"]),
        )
        before = here
    return shown


def failure_table(failed: Sequence[Outcome]) -> Table:
    """Which runs failed, why, and where the log is."""
    shown = plain_table(f"{len(failed)} failed")
    for name in ("run", "error", "log"):
        shown.add_column(name, overflow="fold")
    for outcome in failed:
        shown.add_row(outcome.label, outcome.error, outcome.log or "-")
    return shown


def number(value: float) -> str:
    """Three digits that matter.

    Example:
        >>> number(0.12345), number(1.5e-5), number(float("nan"))
        ('0.123', '1.50e-05', '-')
    """
    if not math.isfinite(value):
        return "-"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
    return f"{value:.2e}"


def _interval(low: float, high: float) -> str:
    return f"{number(low)} ... {number(high)}" if math.isfinite(low) else "-"

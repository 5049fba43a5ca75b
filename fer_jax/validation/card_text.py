"""The report card as a page of Markdown."""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from fer_jax.validation.card import TESTS

QUICK = "A quick look at toy sizes, which is no card."


def as_markdown(
    whole: pd.DataFrame,
    verdicts: pd.DataFrame,
    families: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    quick: bool,
) -> str:
    """The card as a page.

    Args:
        whole: of `fer_jax.validation.card.card`.
        verdicts: of `fer_jax.validation.verdict.verdict_table`.
        families: of `fer_jax.validation.dials.by_family`.
        pairs: of `fer_jax.validation.pair_table.pair_table`.
        quick: whether it is no card.

    Returns:
        Markdown.
    """
    tests = [test for test in TESTS if test in whole.columns]
    lines = ["# Report card", ""]
    if quick:
        lines += [f"**{QUICK}**", ""]
    headings = ["metric", "version", "kind", *(TESTS[test] for test in tests), "passes"]
    cells = [
        [
            *(row["metric"], row["version"], row["kind"]),
            *(of_test(row[test], row[f"{test}_met"]) for test in tests),
            verdict(row["passes"]),
        ]
        for row in whole.to_dict("records")
    ]
    lines += [*_table(headings, cells), ""]
    if missing := [TESTS[test] for test in TESTS if test not in tests]:
        lines += [f"Not taken, since what they need is not here: {', '.join(missing)}.", ""]
    for test in tests:
        lines += [f"## {TESTS[test]}", "", *_verdicts(verdicts[verdicts["test"] == test]), ""]
    for heading, table, told_as in (
        ("1 dials, by family: fracture dial / entanglement dial", families, _families),
        ("4 pairs: each genome beside networks of matched loss", pairs, _pairs),
    ):
        if len(table):
            lines += [f"## {heading}", "", *told_as(table), ""]
    return "\n".join(lines)


def _verdicts(of_test: pd.DataFrame) -> Iterator[str]:
    headings = ["metric", "what", "value", "95% interval", "asked", "passes", "n", "undefined", ""]
    cells = [
        [
            *(row["metric"], row["what"], told(row["value"]), interval(row["low"], row["high"])),
            *(row["asked"], verdict(row["passes"]), row["n"], row["undefined"], row["note"]),
        ]
        for row in of_test.to_dict("records")
    ]
    yield from _table(headings, cells)


def _families(families: pd.DataFrame) -> Iterator[str]:
    names = list(families["family"].unique())
    rows = []
    for metric, group in families.groupby("metric", sort=False):
        by_name = group.set_index("family").reindex(names)
        pairs = by_name[["rho_fracture", "rho_entanglement"]].to_numpy()
        rows.append([metric, *(" / ".join(map(told, pair)) for pair in pairs)])
    yield from _table(["metric", *names], rows)


def _pairs(pairs: pd.DataFrame) -> Iterator[str]:
    """The pairs for people: a row for each metric, three columns for each target."""
    targets = list(pairs["target"].unique())
    headings = ["metric", "version"]
    for target in targets:
        headings += [f"{target}: genome", "networks: mean (95% interval), n", "Cliff's delta"]
    rows = []
    for metric, group in pairs.groupby("metric", sort=False):
        by_target = group.set_index("target").reindex(targets)
        cells = [text for row in by_target.to_dict("records") for text in pair_cells(row)]
        rows.append([metric, group["version"].iloc[0], *cells])
    yield from _table(headings, rows)


def pair_cells(row: Mapping[Hashable, Any]) -> tuple[str, str, str]:
    """Of a row of pairs: the genome, the networks, and how far they lie apart."""
    between = interval(row["low"], row["high"])
    mean = told(row["mean"]) + f" ({between})" * bool(between)
    undefined = f", {row['undefined']:.0f} undefined" * (row["undefined"] > 0)
    return told(row["genome"]), f"{mean}, {row['n']:.0f}{undefined}", told(row["delta"])


def _table(headings: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    heads = list(headings)
    yield f"| {' | '.join(map(str, heads))} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def of_test(passes: Any, met: str) -> str:
    """What a metric made of a test.

    Example:
        >>> of_test(False, "1 of 2"), of_test(True, "2 of 2"), of_test(pd.NA, "")
        ('no, 1 of 2', 'yes', '')
    """
    return f"no, {met}" if verdict(passes) == "no" else verdict(passes)


def verdict(passes: Any) -> str:
    """A verdict in a word, or nothing where nothing is asked.

    Example:
        >>> verdict(True), verdict(pd.NA)
        ('yes', '')
    """
    return "" if pd.isna(passes) else "yes" if passes else "no"


def told(value: float) -> str:
    """A number for people.

    Example:
        >>> told(0.98), told(-1e-6), told(float("nan"))
        ('0.980', '-1.0e-06', '–')
    """
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" if value == 0 or abs(value) >= 5e-4 else f"{value:.1e}"


def interval(low: float, high: float) -> str:
    """An interval for people.

    Example:
        >>> interval(0.63, 1.0), interval(float("nan"), 1.0)
        ('0.630 … 1.000', '')
    """
    return "" if math.isnan(low) or math.isnan(high) else f"{told(low)} … {told(high)}"

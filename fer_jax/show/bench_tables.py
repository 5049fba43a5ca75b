"""The tables of the page of a bench: the card, the verdicts of each test, the families."""

from dataclasses import dataclass

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.show.bench_metrics import HEADLINES
from fer_jax.validation.card import TESTS
from fer_jax.validation.card_text import interval, of_test, pair_cells, told, verdict


@dataclass(frozen=True)
class Cell:
    """A cell that says yes or no.

    Attributes:
        word: "yes", "no", or "" where nothing is asked.
        text: what it says.
    """

    word: str
    text: str


@dataclass(frozen=True)
class MetricRow:
    """A row about one metric.

    Attributes:
        metric: its name.
        version: of its definition.
        kind: fracture, entanglement, baseline or report.
        headline: whether it is one.
        cells: of each column.
    """

    metric: str
    version: str
    kind: str
    headline: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class VerdictTable:
    """The verdicts of one test.

    Attributes:
        title: of the test.
        rows: (metric, whether it is a headline, verdict as `Cell`, other cells by name).
    """

    title: str
    rows: tuple[tuple[str, bool, Cell, dict[str, str]], ...]


def card_rows(card: pd.DataFrame) -> list[MetricRow]:
    """The card: a cell for each test that was taken, and one for all together."""
    tests = [test for test in TESTS if test in card.columns]
    return [
        _row(
            row["metric"],
            *(Cell(verdict(row[t]), of_test(row[t], row[f"{t}_met"])) for t in tests),
            Cell(verdict(row["passes"]), verdict(row["passes"])),
        )
        for row in card.to_dict("records")
    ]


def family_rows(families: pd.DataFrame) -> tuple[list[str], list[MetricRow]]:
    """Names of the families, and the rank correlations of each metric with both dials."""
    names = list(families["family"].unique())
    rows = []
    for metric, group in families.groupby("metric", sort=False):
        cells = []
        for row in group.set_index("family").reindex(names).to_dict("records"):
            pair = f"{told(row['rho_fracture'])} / {told(row['rho_entanglement'])}"
            cells.append(Cell(verdict(row["passes"]), pair))
        rows.append(_row(str(metric), *cells))
    return names, rows


def pair_rows(pairs: pd.DataFrame) -> tuple[list[str], list[MetricRow]]:
    """The targets, and for each metric three cells a target: genome, networks, Cliff's delta."""
    targets = list(pairs["target"].unique())
    rows = []
    for metric, group in pairs.groupby("metric", sort=False):
        texts = [
            text
            for row in group.set_index("target").reindex(targets).to_dict("records")
            for text in pair_cells(row)
        ]
        rows.append(_row(str(metric), *(Cell("", text) for text in texts)))
    return targets, rows


def verdict_tables(verdicts: pd.DataFrame) -> list[VerdictTable]:
    """All numbers of each test that was taken."""
    tables = []
    for test, title in TESTS.items():
        rows = []
        for row in verdicts[verdicts["test"] == test].to_dict("records"):
            word = verdict(row["passes"])
            texts = {
                "what": row["what"],
                "value": told(row["value"]),
                "interval": interval(row["low"], row["high"]),
                "asked": row["asked"],
                "n": str(row["n"]),
                "undefined": str(row["undefined"]),
                "note": row["note"],
            }
            rows.append((row["metric"], row["metric"] in HEADLINES, Cell(word, word), texts))
        if rows:
            tables.append(VerdictTable(title, tuple(rows)))
    return tables


def _row(metric: str, *cells: Cell) -> MetricRow:
    about = METRICS[metric]
    return MetricRow(metric, about.version, about.kind, metric in HEADLINES, cells)

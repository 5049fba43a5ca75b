"""The summary table: the genome and the trained networks of a target side by side."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fer_jax.show.groups import Group, distinct, method_rank
from fer_jax.show.wording import joined, number


class MetricInfo(Protocol):
    """What the table needs to know of a metric."""

    @property
    def worse(self) -> str:
        """Which end is worse: "higher", "lower" or "neither"."""


@dataclass(frozen=True)
class Cell:
    """One group's reading, in words.

    Attributes:
        mean: the mean, or "undefined".
        interval: its 95% interval, or "".
        counts: n, undefined and diverged.
        verdict: "worse", "better" or "undecided" against the genome, or "" without a comparison.
    """

    mean: str
    interval: str
    counts: str
    verdict: str = ""


@dataclass(frozen=True)
class Row:
    """One metric of one target.

    Attributes:
        metric: what to call its reading.
        worse: which end is worse.
        cells: one per column; None where there is no such group.
    """

    metric: str
    worse: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Block:
    """One target of the table.

    Attributes:
        target: its name.
        columns: (method, arch) of each column, the genome first.
        rows: one per metric.
    """

    target: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tally:
    """How often trained networks read worse than their target's genome on one metric.

    Attributes:
        metric: its name.
        worse: comparisons in which the genome lies beyond the better end of the interval.
        better: beyond the worse end.
        undecided: within it.
    """

    metric: str
    worse: int
    better: int
    undecided: int

    @property
    def total(self) -> int:
        """Comparisons made."""
        return self.worse + self.better + self.undecided


def compare(groups: Sequence[Group], metrics: Mapping[str, MetricInfo]) -> list[Block]:
    """Lay out the summary table.

    Args:
        groups: of all targets and metrics.
        metrics: the registry; a metric that is not in it has no worse end.

    Returns:
        A block per target; rows in the order of the registry, unknown metrics last.
    """
    rank = {name: index for index, name in enumerate(metrics)}
    ranked = sorted(groups, key=lambda group: rank.get(group.metric, len(rank)))
    metric_of = {group.reading: group.metric for group in ranked}
    blocks = []
    for target in distinct([group.target for group in groups]):
        members = {
            (group.reading, group.method, group.arch): group
            for group in groups
            if group.target == target
        }
        columns = sorted({key[1:] for key in members}, key=lambda c: (method_rank(c[0]), c[1]))
        genomes = [column for column in columns if column[0] == "genome"]
        rows = []
        for name, metric in metric_of.items():
            worse = metrics[metric].worse if metric in metrics else "neither"
            genome = members.get((name, *genomes[0])) if genomes else None
            found = [members.get((name, *column)) for column in columns]
            cells = [None if group is None else _cell(group, genome, worse) for group in found]
            if any(cells):
                rows.append(Row(name, worse, tuple(cells)))
        blocks.append(Block(target, tuple(columns), tuple(rows)))
    return blocks


def tally(blocks: Sequence[Block]) -> list[Tally]:
    """Count the verdicts of each metric over all targets and columns."""
    tallies = []
    for metric in distinct([row.metric for block in blocks for row in block.rows]):
        verdicts = [
            cell.verdict
            for block in blocks
            for row in block.rows
            if row.metric == metric
            for cell in row.cells
            if cell and cell.verdict
        ]
        if verdicts:
            counts = (verdicts.count(word) for word in ("worse", "better", "undecided"))
            tallies.append(Tally(metric, *counts))
    return tallies


def verdict(group: Group, genome: Group | None, worse: str) -> str:
    """Where a group of trained networks stands against the genome of the same target.

    Args:
        group: the trained networks.
        genome: the genome's reading of the same metric, or None.
        worse: which end of the metric is worse.

    Returns:
        "worse" if the genome's mean lies beyond the better end of the group's 95% interval,
        "better" if beyond the worse end, "undecided" if within; "" if the metric has no worse
        end, there is no interval, or `group` is a genome.
    """
    if genome is None or group.method == "genome" or worse not in ("higher", "lower"):
        return ""
    if not group.has_interval or not math.isfinite(genome.mean):
        return ""
    if group.low <= genome.mean <= group.high:
        return "undecided"
    return "worse" if (group.low > genome.mean) == (worse == "higher") else "better"


def _cell(group: Group, genome: Group | None, worse: str) -> Cell:
    interval = f"{number(group.low)} to {number(group.high)}" if group.has_interval else ""
    counts = joined(
        [
            f"n = {group.n}",
            f"{group.undefined} undefined" if group.undefined else "",
            f"{group.diverged} diverged" if group.diverged else "",
        ]
    )
    return Cell(number(group.mean), interval, counts, verdict(group, genome, worse))

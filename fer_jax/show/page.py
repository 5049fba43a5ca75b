"""From the parts of a report to its HTML; the template escapes everything that a user gave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fer_jax.lab.folders.run_folder import NO_TARGET
from fer_jax.show.along_pictures import along_sections
from fer_jax.show.comparison import compare, tally
from fer_jax.show.evolution import evolution_sections
from fer_jax.show.gallery import Gallery
from fer_jax.show.groups import Group, distinct
from fer_jax.show.open_ended import open_ended_sections
from fer_jax.show.path_pictures import path_sections
from fer_jax.show.report_pictures import (
    MAX_RUNS,
    MAX_TARGETS,
    Shown,
    curve_sections,
    dot_sections,
    map_sections,
    reproduction_sections,
)
from fer_jax.show.study import Study
from fer_jax.show.template import template

PAGE = "index.html"
"""File name of the report."""

MAX_THUMBNAILS = 4
"""Targets shown at the head of the page."""


@dataclass(frozen=True)
class Listed:
    """A run in the list of all runs.

    Attributes:
        state: "done", "failed", "unreadable", or what an unfinished run is at.
        target: name of the target.
        method: how the networks were made.
        arch: their architecture.
        told: what went wrong, or "".
        folder: where it is, from the root.
        networks: seeds that it trained.
        diverged: how many of them diverged.
    """

    state: str
    folder: str = ""
    target: str = ""
    method: str = ""
    arch: str = ""
    told: str = ""
    networks: int = 0
    diverged: int = 0


@dataclass(frozen=True)
class MetricEntry:
    """The definition of a metric, as the page gives it.

    Attributes:
        name: of the metric.
        kind: "fracture", "entanglement", "baseline" or "report".
        version: of the definition in this package.
        worse: "higher", "lower" or "neither".
        range: in words.
        summary: one sentence.
        others: versions other than this one that the runs hold readings of, or "".
    """

    name: str
    kind: str
    version: str
    worse: str
    range: str
    summary: str
    others: str = ""


@dataclass(frozen=True)
class Fact:
    """A number at the head of the page."""

    number: int
    label: str
    bad: bool = False


def render_page(
    gallery: Gallery,
    *,
    title: str,
    runs: Sequence[Shown],
    listed: Sequence[Listed],
    groups: Sequence[Group],
    study: Study,
    metrics: Mapping[str, Any],
    entries: Sequence[MetricEntry],
    environment: Sequence[tuple[str, str]] = (),
) -> str:
    """Draw the pictures and fill the page.

    Args:
        gallery: takes the pictures.
        title: of the page.
        runs: those of which pictures are drawn.
        listed: every run folder, readable or not.
        groups: of all targets and metrics.
        study: what was asked.
        metrics: the registry; tells which end of a metric is worse.
        entries: definitions of the metrics that were read.
        environment: (name, value) pairs on machine and versions.

    Returns:
        The page, in HTML.
    """
    blocks = compare(groups, metrics)
    context = {
        "title": title,
        "lead": _lead(listed),
        "facts": _facts(listed),
        "targets": _targets(gallery, runs),
        "study": study,
        "blocks": blocks,
        "tallies": tally(blocks),
        "sections": reproduction_sections(gallery, runs),
        "bred": evolution_sections(gallery, runs),
        "open_ended": open_ended_sections(gallery, runs, PAGE),
        "paths": path_sections(gallery, runs),
        "dots": dot_sections(gallery, groups, metrics),
        "curves": curve_sections(gallery, runs),
        "along": along_sections(gallery, runs, groups, metrics),
        "maps": map_sections(gallery, runs),
        "metrics": entries,
        "troubles": [run for run in listed if run.state != "done"],
        "listed": listed,
        "environment": environment,
    }
    return template("report.html").render(context)


def _lead(listed: Sequence[Listed]) -> str:
    done = [run for run in listed if run.state == "done"]
    targets = Counter(run.target for run in done)
    trained = Counter(run.target for run in done if run.method != "genome")
    left_out = []
    if len(targets) > MAX_TARGETS:
        left_out.append(f"the first {MAX_TARGETS} of {len(targets)} targets")
    if max(trained.values(), default=0) > MAX_RUNS:
        left_out.append(f"the first {MAX_RUNS} trained runs of a target")
    return f"Pictures are drawn of {' and '.join(left_out)}." if left_out else ""


def _targets(gallery: Gallery, runs: Sequence[Shown]) -> list[tuple[str, str]]:
    """(name, file) of the targets at the head of the page."""
    images = {run.target: run.image for run in reversed(runs) if run.image.size}
    names = distinct(run.target for run in runs if run.image.size)[:MAX_THUMBNAILS]
    return [(name, gallery.add_image(name, images[name])) for name in names]


def _facts(listed: Sequence[Listed]) -> list[Fact]:
    done = [run for run in listed if run.state == "done"]
    genomes = sum(run.method == "genome" for run in done)
    searches = sum(run.target == NO_TARGET for run in done)
    failed = sum(run.state in ("failed", "unreadable") for run in listed)
    waiting = len(listed) - len(done) - failed
    diverged = sum(run.diverged for run in done)
    facts = [
        (len({run.target for run in done if run.target != NO_TARGET}), "target", False),
        (genomes, "genome", False),
        (len(done) - genomes - searches, "training run", False),
        *([(searches, "open-ended run", False)] if searches else []),
        (sum(run.networks for run in done if run.target != NO_TARGET), "trained network", False),
        (diverged, "diverged seed", True),
        (failed, "failed run", True),
        *([(waiting, "unfinished run", True)] if waiting else []),
    ]
    return [
        Fact(number, name if number == 1 else f"{name}s", bad and number > 0)
        for number, name, bad in facts
    ]

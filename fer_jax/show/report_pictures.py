"""Which pictures a report shows, and what it says about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.genome.graph import Genome
from fer_jax.lab.folders.archives import Archive
from fer_jax.lab.folders.evolution import Evolution
from fer_jax.lab.methods.step_names import step_name
from fer_jax.show.along import Course
from fer_jax.show.curves import CurveSet, draw_curves
from fer_jax.show.dot_plot import MAX_GROUPS, draw_dots
from fer_jax.show.feature_maps import MAX_NEURONS, draw_feature_maps, map_grid
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.groups import Group, distinct
from fer_jax.show.paths import Path
from fer_jax.show.reproduction import MAX_REPRODUCTIONS, Reproduction, draw_reproductions
from fer_jax.show.wording import joined, number

MAX_TARGETS = 12
MAX_RUNS = 6
"""Targets, and runs of one target, of which pictures are drawn; the tables hold all of them."""


@dataclass(frozen=True)
class Section:
    """Pictures under one heading.

    Attributes:
        heading: of the pictures.
        pictures: at least one.
        browse: file of a page that shows all there is, or "".
    """

    heading: str
    pictures: tuple[Picture, ...]
    browse: str = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """What the pictures need of a run, read from its folder.

    Attributes:
        target: name of the target.
        method: how the networks were made.
        label: architecture and whatever else tells this run from the others.
        image: the target, `(size, size, 3)` float RGB; without pixels where there was none.
        networks: (seed, network) pairs.
        seeds: `(seeds,)` int.
        losses: `(seeds, steps)`; no seeds where nothing was trained.
        courses: what its snapshots or ancestors read; none where none were scored.
        evolution: how its genomes came to be, where they were bred.
        archives: of open-ended search, one a seed.
        genomes: all that are in its archives.
        curves: what was logged of the archives, `(seeds, steps)` each.
        folder: of the run.
        paths: what its first seeds were on their way, where that was kept.
    """

    target: str
    method: str
    label: str
    image: np.ndarray
    networks: tuple[tuple[int, Cppn], ...]
    seeds: np.ndarray
    losses: np.ndarray
    courses: tuple[Course, ...] = ()
    evolution: tuple[Evolution, ...] = ()
    archives: tuple[Archive, ...] = ()
    genomes: tuple[Genome, ...] = ()
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    folder: str = ""
    paths: tuple[Path, ...] = ()

    @property
    def unit(self) -> str:
        """What its stages are counted by."""
        return "generation" if self.evolution else step_name(self.method)

    @property
    def called(self) -> str:
        """The run by its method and all that tells it from others of it."""
        return joined([self.method, self.label])

    @property
    def diverged_at(self) -> np.ndarray:
        """`(seeds,)` int: the first step without a finite loss, or -1."""
        broken = ~np.isfinite(self.losses)
        return np.where(broken.any(axis=1), broken.argmax(axis=1), -1)

    @property
    def last_losses(self) -> dict[int, float]:
        """The last loss of each seed; NaN of one that diverged."""
        return {
            int(seed): float(losses[-1])
            for seed, losses in zip(self.seeds, self.losses, strict=True)
        }


def reproduction_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """Target beside reproductions, one picture per trained run, by target."""
    sections = []
    for target, members in by_target(runs):
        drawn = [run for run in members if len(run.losses) and run.networks]
        pictures = [_reproductions(gallery, run) for run in drawn]
        if pictures:
            sections.append(Section(target, tuple(pictures)))
    return sections


def curve_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """The training curves of each target, one panel per run."""
    sections = []
    for target, members in by_target(runs):
        trained = [run for run in members if run.losses.size]
        if not trained:
            continue
        sets = [
            CurveSet(run.called, run.losses, run.diverged_at, run.method, step_name(run.method))
            for run in trained
        ]
        told = "; ".join(f"{run.called}: {_losses_told(run)}" for run in trained)
        steps = distinct(step_name(run.method) for run in trained)
        least = " Of generations it is the least so far." if "generation" in steps else ""
        picture = gallery.add(
            f"curves {target}",
            partial(draw_curves, sets),
            alt=f"Training curves for {target}. {told}.",
            caption=f"Loss at each {' or '.join(steps)}: every seed thin, the median thick, the "
            f"quartiles shaded; a cross marks where a seed diverged.{least}",
        )
        sections.append(Section(target, (picture,)))
    return sections


def dot_sections(
    gallery: Gallery, groups: Sequence[Group], metrics: Mapping[str, Any]
) -> list[Section]:
    """A dot plot per metric, in the order of the registry."""
    rank = {name: index for index, name in enumerate(metrics)}
    ranked = sorted(groups, key=lambda group: rank.get(group.metric, len(rank)))
    sections = []
    for name in distinct(group.reading for group in ranked):
        members = [group for group in groups if group.reading == name]
        info = metrics.get(members[0].metric)
        means = "; ".join(
            f"{group.target}, {group.made_by}: {number(group.mean)}" for group in members[:12]
        )
        left_out = len(members) - MAX_GROUPS
        picture = gallery.add(
            f"dots {name}",
            partial(draw_dots, members, direction=info.worse if info else "neither"),
            alt=f"Dot plot of {name}. Means: {means}.",
            caption=joined(
                [
                    info.summary if info else "",
                    f"The first {MAX_GROUPS} groups; {left_out} more are in the table."
                    if left_out > 0
                    else "",
                ]
            ),
        )
        sections.append(Section(name, (picture,)))
    return sections


def map_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """The feature maps of each target's genome and of one trained network beside it.

    The trained network is the one of median loss, of the run with the genome's own architecture
    where there is one: a typical network, not a chosen one.
    """
    sections = []
    for target, members in by_target(runs):
        pictures = []
        genome = next((run for run in members if run.method == "genome" and run.networks), None)
        if genome:
            network = genome.networks[0][1]
            pictures += _maps(gallery, target, "genome, layerized", network)
        trained = [run for run in members if run.method != "genome" and run.networks]
        alike = [run for run in trained if genome and _arch(run) == _arch(genome)]
        if trained:
            run = (alike or trained)[0]
            seed, network = _typical(run)
            who = f"{run.called}, seed {seed} (of median loss)"
            pictures += _maps(gallery, target, who, network)
        if pictures:
            sections.append(Section(target, tuple(pictures)))
    return sections


def by_target(runs: Sequence[Shown]) -> list[tuple[str, list[Shown]]]:
    """The runs of each target, both in their order."""
    targets = distinct(run.target for run in runs)
    return [(target, [run for run in runs if run.target == target]) for target in targets]


def _reproductions(gallery: Gallery, run: Shown) -> Picture:
    diverged = dict(zip(run.seeds.tolist(), run.diverged_at.tolist(), strict=True))
    size = run.image.shape[0]
    shown = []
    for seed, network in run.networks[:MAX_REPRODUCTIONS]:
        image = render(network, size)
        loss = float(np.mean(np.square(image - run.image)))
        shown.append(Reproduction(f"seed {seed}", image, loss, diverged.get(seed, -1)))
    broken = int((run.diverged_at >= 0).sum())
    return gallery.add(
        f"reproductions {run.target} {run.called}",
        partial(draw_reproductions, run.image, shown, target_label=run.target),
        alt=f"The target {run.target} and what {len(shown)} networks made by {run.method} drew.",
        title=run.called,
        caption=f"{len(run.seeds)} seeds after {_steps_told(run)}, the mean squared "
        f"error of RGB under each{f'; {broken} diverged, shown as last seen' if broken else ''}.",
    )


def _maps(gallery: Gallery, target: str, who: str, network: Cppn) -> list[Picture]:
    units = sum(network.arch.layer_sizes)
    if units > MAX_NEURONS:
        return []
    grid = map_grid(network)
    told = f"{grid.novel_count} of {grid.map_count} maps are novel"
    return [
        gallery.add(
            f"maps {target} {who}",
            partial(draw_feature_maps, grid),
            alt=f"Feature maps of {who}, for the target {target}: {told}, in "
            f"{network.arch.depth} hidden layers of {network.arch.width} neurons.",
            title=f"{who}: {told}",
            caption="Blue is negative, white zero, red positive, full colour at 1 and beyond; an "
            "empty frame is zero everywhere.",
        )
    ]


def _typical(run: Shown) -> tuple[int, Cppn]:
    """The network of the median loss among those that did not diverge, or the first."""
    losses = run.last_losses
    finite = sorted(
        (losses[seed], seed) for seed, _ in run.networks if np.isfinite(losses.get(seed, np.nan))
    )
    chosen = finite[(len(finite) - 1) // 2][1] if finite else run.networks[0][0]
    return next(pair for pair in run.networks if pair[0] == chosen)


def _arch(run: Shown) -> str:
    return str(run.networks[0][1].arch)


def _steps_told(run: Shown) -> str:
    return f"{run.losses.shape[1]:,} {step_name(run.method)}s"


def _losses_told(run: Shown) -> str:
    last = np.array(list(run.last_losses.values()))
    finite = last[np.isfinite(last)]
    diverged = int((run.diverged_at >= 0).sum())
    return joined(
        [
            f"{len(last)} seeds, {_steps_told(run)}, "
            f"last loss {number(float(finite.min()))} to {number(float(finite.max()))}, "
            f"median {number(float(np.median(finite)))}"
            if len(finite)
            else f"{len(last)} seeds",
            f"{diverged} diverged" if diverged else "",
        ]
    )

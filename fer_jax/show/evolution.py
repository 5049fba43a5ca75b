"""Pictures of what was bred: each seed's best, the line it comes from, and the last generation."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from fer_jax.genome.graph import Genome
from fer_jax.genome.population_render import render_population
from fer_jax.lab.evolution import Evolution
from fer_jax.show.figure import new_figure, place_axes, place_text
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.report_pictures import Section, Shown
from fer_jax.show.reproduction import MAX_REPRODUCTIONS, Reproduction, draw_reproductions
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import joined

MAX_LINE = 24
"""Ancestors shown, evenly chosen, the first one and the best one among them."""

MAX_GENERATION = 60
"""Genomes of a generation shown, the fittest first."""

_COLUMNS = 12
_TILE, _GAP, _LABEL = 84, 8, 22


def evolution_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """For each run that was bred, three pictures; line and generation are of the best seed."""
    sections = []
    for run in runs:
        if not run.evolution:
            continue
        losses = run.last_losses
        best = min(run.evolution, key=lambda one: losses.get(one.seed, np.inf))
        pictures = (
            _bests(gallery, run),
            _line(gallery, run, best),
            _generation(gallery, run, best),
        )
        sections.append(Section(joined([run.target, run.method, run.label]), pictures))
    return sections


def draw_tiles(
    images: Sequence[np.ndarray], labels: Sequence[str], *, theme: Theme = LIGHT
) -> Figure:
    """Pictures in rows, read like text, with a label under each.

    Args:
        images: `(size, size, 3)` float RGB in [0, 1] each; at least one.
        labels: as many; "" for none.
        theme: the colours.

    Returns:
        The figure.
    """
    below = _LABEL if any(labels) else 0
    rows = -(-len(images) // _COLUMNS)
    width = _GAP + _COLUMNS * (_TILE + _GAP)
    figure = new_figure(width, _GAP + rows * (_TILE + below + _GAP), theme)
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        row, column = divmod(place, _COLUMNS)
        x = _GAP + column * (_TILE + _GAP)
        y = _GAP + row * (_TILE + below + _GAP)
        axes = place_axes(figure, x, y, _TILE, _TILE)
        axes.imshow(np.clip(image, 0.0, 1.0), interpolation="auto", aspect="auto")
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=theme.line, linewidth=1.0)
        if label:
            place_text(
                figure, x + _TILE / 2, y + _TILE + 12, label,
                ha="center", color=theme.faint, fontsize=8,
            )  # fmt: skip
    return figure


def _bests(gallery: Gallery, run: Shown) -> Picture:
    chosen = run.evolution[:MAX_REPRODUCTIONS]
    images = render_population([one.line[-1] for one in chosen], len(run.image))
    shown = [
        Reproduction(f"seed {one.seed}", image, float(np.mean(np.square(image - run.image))))
        for one, image in zip(chosen, images, strict=True)
    ]
    sizes = "; ".join(f"seed {one.seed}: {_size(one.line[-1])}" for one in chosen[:8])
    return gallery.add(
        f"bred {run.target} {run.method} {run.label}",
        partial(draw_reproductions, run.image, shown, target_label=run.target),
        alt=f"The target {run.target} and the best genomes of {len(shown)} seeds. {sizes}.",
        title="the best genome of each seed",
        caption=f"After {run.losses.shape[1]:,} generations, the mean squared error of RGB under "
        f"each. {sizes}.",
    )


def _line(gallery: Gallery, run: Shown, one: Evolution) -> Picture:
    places = np.unique(np.linspace(0, len(one.line) - 1, MAX_LINE).round().astype(int))
    images = render_population([one.line[place] for place in places], len(run.image))
    labels = [f"gen. {one.born[place]:,}" for place in places]
    told = f"{len(one.line)} ancestors" if len(one.line) != 1 else "one ancestor"
    return gallery.add(
        f"line {run.target} {run.method} {run.label}",
        partial(draw_tiles, list(images), labels),
        alt=f"The ancestors of the best genome of seed {one.seed}, from {_size(one.line[0])} to "
        f"{_size(one.line[-1])}.",
        title=f"the line of the best genome (seed {one.seed})",
        caption=f"From parent to child, by the parent that gave the structure: {told}, itself "
        f"included, {len(places)} of them shown with the generation of their birth. "
        f"From {_size(one.line[0])} to {_size(one.line[-1])}.",
    )


def _generation(gallery: Gallery, run: Shown, one: Evolution) -> Picture:
    shown = one.population[:MAX_GENERATION]
    images = render_population(list(shown), len(run.image))
    return gallery.add(
        f"generation {run.target} {run.method} {run.label}",
        partial(draw_tiles, list(images), [""] * len(shown)),
        alt=f"{len(shown)} genomes of the last generation of seed {one.seed}.",
        title=f"the last generation (seed {one.seed})",
        caption=f"The fittest {len(shown)} of {len(one.population)} genomes, the fittest first.",
    )


def _size(genome: Genome) -> str:
    return f"{len(genome.nodes)} nodes and {len(genome.links)} links"

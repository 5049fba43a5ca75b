"""Pictures of open-ended search: the archive, its most different elites, how it grew."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from fer_jax.genome.graph import Genome
from fer_jax.genome.population_render import render_population
from fer_jax.lab.folders.archives import Archive
from fer_jax.show.archive_map import TILE, axes_told, draw_archive, values_told
from fer_jax.show.archive_page import add_archive_page
from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.report_pictures import Section, Shown
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.tiles import draw_tiles
from fer_jax.show.wording import joined, number

LARGE = 128
"""Pixels along one side of a picture that is shown large."""

MAX_COLLECTED = 60
"""Pictures shown of those that were collected."""

_WIDTH, _HEIGHT = 1136, 300


def open_ended_sections(gallery: Gallery, runs: Sequence[Shown], page: str) -> list[Section]:
    """For each run without a target: how it grew, and the archive of its fullest seed.

    Args:
        gallery: takes the pictures, and a page on every archive that is shown.
        runs: all runs.
        page: the page that shows the sections.
    """
    sections = []
    for run in runs:
        if not run.archives:
            continue
        at = max(range(len(run.archives)), key=lambda place: len(run.archives[place].cells))
        archive = run.archives[at]
        first = sum(len(one.cells) for one in run.archives[:at])
        genomes = run.genomes[first : first + len(archive.cells)]
        called = joined([run.method, run.label])
        pictures = [
            _map(gallery, called, archive, genomes),
            _showpieces(gallery, called, archive, genomes),
            *_collected(gallery, called, run, archive),
            _growth(gallery, called, run),
        ]
        browse = add_archive_page(gallery, archive, genomes, folder=run.folder, back=page)
        sections.append(Section(called, tuple(pictures), browse))
    return sections


def draw_growth(curves: dict[str, np.ndarray], *, method: str, theme: Theme = LIGHT) -> Figure:
    """What was logged of each step, a panel each: every seed thin, the mean thick.

    Args:
        curves: `(seeds, steps)` each, by name; at least one.
        method: whose colour to use.
        theme: the colours.

    Returns:
        The figure.
    """
    columns = min(len(curves), 3)
    rows = -(-len(curves) // columns)
    panel = (_WIDTH - 62) / columns
    figure = new_figure(_WIDTH, rows * _HEIGHT, theme)
    color = theme.method_color(method)
    for place, (name, values) in enumerate(curves.items()):
        row, column = divmod(place, columns)
        left, top = 62 + column * panel, row * _HEIGHT + 34
        axes = place_axes(figure, left, top, panel - 62, _HEIGHT - 84)
        style_axes(axes, theme)
        steps = np.arange(1, values.shape[1] + 1)
        axes.plot(steps, values.T, color=color, alpha=0.3, linewidth=0.8)
        axes.plot(steps, values.mean(axis=0), color=color, linewidth=2.0)
        axes.set_xlim(1, max(len(steps), 2))
        axes.set_xlabel("step", fontsize=8.5, color=theme.faint)
        called = name.replace("_", " ")
        place_text(figure, left, top - 16, called, ha="left", color=theme.ink, weight="bold")
    return figure


def _map(gallery: Gallery, called: str, archive: Archive, genomes: Sequence[Genome]) -> Picture:
    images = render_population(list(genomes), TILE)
    told = f"{len(genomes):,} of {int(np.prod(archive.bins)):,} cells"
    return gallery.add(
        f"archive {called}",
        partial(draw_archive, archive, images),
        alt=f"The archive of seed {archive.seed}: {told} hold a genome. {axes_told(archive)}.",
        title=f"the archive (seed {archive.seed}): {told}",
        caption=f"{axes_told(archive)}. Any elite can be a target of other methods.",
    )


def _showpieces(
    gallery: Gallery, called: str, archive: Archive, genomes: Sequence[Genome]
) -> Picture:
    chosen = archive.showpieces
    images = render_population([genomes[place] for place in chosen], LARGE)
    told = "; ".join(
        f"{archive.names[place]}: {values_told(archive, place)}" for place in chosen[:6]
    )
    return gallery.add(
        f"elites {called}",
        partial(draw_tiles, list(images), [archive.names[place] for place in chosen]),
        alt=f"{len(chosen)} elites of seed {archive.seed}. {told}.",
        title=f"elites that differ most (seed {archive.seed})",
        caption="The one with the most ancestors first, then each as far as can be from those "
        "before it, by its descriptors. Under each its name: target=RUN_FOLDER@NAME has other "
        "methods draw it.",
    )


def _collected(gallery: Gallery, called: str, run: Shown, archive: Archive) -> list[Picture]:
    """What a breeder has published, or novelty search kept, in its order."""
    steps = archive.collected[:MAX_COLLECTED]
    genomes = next(one.population for one in run.evolution if one.seed == archive.seed)
    if not steps:
        return []
    images = render_population(list(genomes[: len(steps)]), LARGE)
    told = f"{len(archive.collected):,} pictures"
    return [
        gallery.add(
            f"collected {called}",
            partial(draw_tiles, list(images), [f"step {step:,}" for step in steps]),
            alt=f"The first {len(steps)} of {told} that seed {archive.seed} has collected.",
            title=f"what was collected on the way (seed {archive.seed}): {told}",
            caption=f"In the order in which they were published, or found to be new; the first "
            f"{len(steps)} of {told}.",
        )
    ]


def _growth(gallery: Gallery, called: str, run: Shown) -> Picture:
    curves = {name: values for name, values in run.curves.items() if name != "seeds"}
    told = "; ".join(
        f"mean {name.replace('_', ' ')} {number(float(values[:, -1].mean()))}"
        for name, values in curves.items()
    )
    return gallery.add(
        f"growth {called}",
        partial(draw_growth, curves, method=run.method),
        alt=f"How {len(run.archives)} archives grew. At the end {told}.",
        title="how it went",
        caption=f"Every seed thin, the mean of {len(run.archives)} thick. At the end {told}.",
    )

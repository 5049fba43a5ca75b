"""Pictures of what was bred: each seed's best, and the last generation."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from fer_jax.genome.graph import Genome
from fer_jax.genome.population_render import render_population
from fer_jax.lab.folders.evolution import Evolution
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.report_pictures import Section, Shown
from fer_jax.show.reproduction import MAX_REPRODUCTIONS, Reproduction, draw_reproductions
from fer_jax.show.tiles import draw_tiles
from fer_jax.show.wording import joined

MAX_GENERATION = 60
"""Genomes of a generation shown, the fittest first."""


def evolution_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """For each run that was bred, two pictures; the generation is of the best seed."""
    sections = []
    for run in runs:
        if not run.evolution or run.archives:
            continue
        losses = run.last_losses
        best = min(run.evolution, key=lambda one: losses.get(one.seed, np.inf))
        pictures = (_bests(gallery, run), _generation(gallery, run, best))
        sections.append(Section(joined([run.target, run.method, run.label]), pictures))
    return sections


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

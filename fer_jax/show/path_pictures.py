"""The paths of pictures of a page: which runs have some, and what is said of them."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from fer_jax.cppn.render import render
from fer_jax.genome.graph import Genome
from fer_jax.genome.population_render import render_population
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.paths import Path, draw_paths
from fer_jax.show.report_pictures import Section, Shown
from fer_jax.show.wording import joined, number

SIZE = 128
"""Pixels along one side at which the pictures of a path are drawn."""


def path_sections(gallery: Gallery, runs: Sequence[Shown]) -> list[Section]:
    """For each run with lines of descent or snapshots, the paths of its first seeds."""
    return [
        Section(joined([run.target, run.method, run.label]), (_paths(gallery, run),))
        for run in runs
        if run.paths
    ]


def _paths(gallery: Gallery, run: Shown) -> Picture:
    who = f"seeds {', '.join(str(path.seed) for path in run.paths)}"
    told = "; ".join(map(_told, run.paths))
    what = (
        "the genome on the right and its ancestors, from parent to child by the parent that gave "
        "the structure, with the generation of their birth"
        if run.evolution
        else "networks that were kept in training"
    )
    return gallery.add(
        f"path {run.target} {run.method} {run.label}",
        partial(
            draw_paths,
            run.paths,
            [_drawn(path) for path in run.paths],
            run.image,
            unit=run.unit,
        ),
        alt=f"The pictures of {who} on their way, {run.unit} by {run.unit}. {told}.",
        caption=f"Of each seed {what}; below, what those read that were scored; a dash: undefined. "
        f"{told}.",
    )


def _drawn(path: Path) -> np.ndarray:
    genomes = [model for model in path.models if isinstance(model, Genome)]
    if genomes:
        return np.asarray(render_population(genomes, SIZE))
    return np.stack([render(model, SIZE) for model in path.models])


def _told(path: Path) -> str:
    """How many stages there are, and how the first and the last one compare."""
    told = f"Seed {path.seed}: {len(path.steps)} of {path.stages} shown"
    first, last = path.models[0], path.models[-1]
    if isinstance(first, Genome) and isinstance(last, Genome):
        told += f", from {_size(first)} to {_size(last)}"
    for metric, values in path.scores.items():
        if values[0] is not None and values[-1] is not None:
            told += f", {metric} {number(values[0])} to {number(values[-1])}"
    return told


def _size(genome: Genome) -> str:
    return f"{len(genome.nodes)} nodes and {len(genome.links)} links"

"""What open-ended search leaves in a run folder: which elite holds which cell of the archive."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from fer_jax.errors import RunFolderError
from fer_jax.genome.population_render import render_population
from fer_jax.lab.folders.evolution import Evolution
from fer_jax.lab.folders.formats import Format, HandsOffError, read_sealed
from fer_jax.search.descriptors import describe
from fer_jax.search.open_ended_result import Illuminated
from fer_jax.search.order_of_traits import orders_of
from fer_jax.search.phylogeny import newick, phylogeny_json

ARCHIVE = "archive.json"
ARCHIVE_FORMAT = Format("fer_jax archive", 1)

SHOWPIECES = 24
"""Elites of a run that are shown large: as different as the descriptors can tell."""


@dataclass(frozen=True, eq=False)
class Archive:
    """The archive of one seed's run. Its elites' genomes are in `genomes.json`, in this order.

    Attributes:
        seed: of the run.
        descriptors: names of the axes.
        bins: along each of them.
        cells: of each elite, its place in the grid, the last axis running fastest; ascending.
        qualities: of each; higher is better.
        values: of each, the descriptors of its picture.
        born: of each, the step in which it came to be.
        showpieces: places among the elites of those that are shown large, most different first.
        collected: steps in which genomes were collected for good: of a breeder, published. They are
            the population of the seed's `Evolution`.
        reports: numbers on the run as a whole, by name of `REPORTS`.
    """

    seed: int
    descriptors: tuple[str, ...]
    bins: tuple[int, ...]
    cells: Int[np.ndarray, "elites"]
    qualities: Float[np.ndarray, "elites"]
    values: Float[np.ndarray, "elites descriptors"]
    born: Int[np.ndarray, "elites"]
    showpieces: tuple[int, ...]
    collected: tuple[int, ...]
    reports: dict[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """What each elite is called in its run: seed and cell, such as "0-1234"."""
        return tuple(f"{self.seed}-{cell}" for cell in self.cells.tolist())


def archive_of(found: Illuminated, size: int) -> Archive:
    """What is kept of an archive; `size` is that at which its genomes were described."""
    held = found.archive.elites()
    numbers = held.uids.tolist()
    born = np.array([found.ancestry.born[number] for number in numbers], np.int64)
    ancestors = [len(found.ancestry.line(number)) for number in numbers]
    scales = [edges[-1] - edges[0] for edges in found.archive.edges]
    first = int(np.argmax(ancestors)) if ancestors else 0
    showpieces = most_different(held.descriptors / np.array(scales), SHOWPIECES, first)
    return Archive(
        seed=found.seed,
        descriptors=found.archive.names,
        bins=found.archive.bins,
        cells=held.cells,
        qualities=held.fitness,
        values=held.descriptors,
        born=born,
        showpieces=showpieces,
        collected=tuple(one.step for one in found.collection),
        reports=_reports(found, size, [numbers[place] for place in showpieces]),
    )


def line_of(found: Illuminated) -> Evolution:
    """Where the elite with the longest line comes from, what was collected, and the whole tree."""
    numbers = found.archive.elites().uids.tolist()
    lines = [found.ancestry.line(number) for number in numbers]
    living = sorted({*numbers, *(one.uid for one in found.collection)})
    longest: list[int] = max(lines, key=len, default=[])
    return Evolution(
        seed=found.seed,
        line=tuple(found.ancestry.genomes_of(longest)),
        born=tuple(found.ancestry.born[number] for number in longest),
        population=tuple(one.genome for one in found.collection),
        newick=newick(found.ancestry, living),
        phylogeny=phylogeny_json(found.ancestry, living),
        line_numbers=tuple(longest),
        numbers=tuple(one.uid for one in found.collection),
        genomes=found.ancestry,
    )


def _reports(found: Illuminated, size: int, showpieces: Sequence[int]) -> dict[str, float]:
    """Numbers on the run as a whole."""
    numbers = [one.uid for one in found.collection] or list(showpieces)
    images = render_population(found.ancestry.genomes_of(numbers), size)
    symmetry, complexity = np.asarray(describe(images, ("symmetry", "complexity"))).T
    orders = orders_of(found.ancestry, numbers, size)
    told = orders[np.isfinite(orders)]
    return {
        "coverage": found.archive.coverage,
        "qd_score": found.archive.qd_score,
        "symmetry_first": float(told.mean()) if len(told) else float("nan"),
        "collected_symmetry": float(symmetry.mean()),
        "collected_complexity": float(complexity.mean()),
    }


def most_different(
    values: Float[np.ndarray, "n values"], count: int, first: int = 0
) -> tuple[int, ...]:
    """Some of many points, each as far as can be from those chosen before it.

    Source: Gonzalez, "Clustering to minimize the maximum intercluster distance", Theoretical
    Computer Science 38, 1985.

    Args:
        values: of the points.
        count: how many are chosen, or all if there are fewer.
        first: the one chosen first.

    Returns:
        Their places.

    Example:
        >>> most_different(np.array([[0.0], [1.0], [3.0], [9.0]]), 3)
        (0, 3, 2)
    """
    if not len(values):
        return ()
    chosen, nearest = [first], np.full(len(values), np.inf)
    while len(chosen) < min(count, len(values)):
        nearest = np.minimum(nearest, np.linalg.norm(values - values[chosen[-1]], axis=1))
        nearest[chosen] = -1.0
        chosen.append(int(nearest.argmax()))
    return tuple(chosen)


def archive_file(archives: Sequence[Archive]) -> bytes:
    """All of it as one file."""
    content = {
        "runs": [
            {
                "seed": one.seed,
                "descriptors": list(one.descriptors),
                "bins": list(one.bins),
                "cells": one.cells.tolist(),
                "qualities": one.qualities.tolist(),
                "values": one.values.tolist(),
                "born": one.born.tolist(),
                "showpieces": list(one.showpieces),
                "collected": list(one.collected),
                "reports": one.reports,
            }
            for one in archives
        ]
    }
    return (json.dumps(ARCHIVE_FORMAT.seal(content)) + "\n").encode()


def read_archives(path: Path) -> list[Archive]:
    """Read it back.

    Args:
        path: of `archive.json`.

    Raises:
        RunFolderError: in one line, if the file is not whole or not ours.
    """
    content = read_sealed(path, ARCHIVE_FORMAT)
    try:
        return [
            Archive(
                seed=int(run["seed"]),
                descriptors=tuple(str(name) for name in run["descriptors"]),
                bins=tuple(int(count) for count in run["bins"]),
                cells=np.array(run["cells"], np.int64),
                qualities=np.array(run["qualities"], np.float64),
                values=np.array(run["values"], np.float64).reshape(-1, len(run["bins"])),
                born=np.array(run["born"], np.int64),
                showpieces=tuple(int(place) for place in run["showpieces"]),
                collected=tuple(int(step) for step in run["collected"]),
                reports={str(name): float(value) for name, value in run["reports"].items()},
            )
            for run in content["runs"]
        ]
    except HandsOffError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        told = " ".join(str(error).split())[:120]
        raise RunFolderError(f"{path}: is damaged: {told}") from None

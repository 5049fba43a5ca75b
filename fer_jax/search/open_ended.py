"""Open-ended search by MAP-Elites: no target, but one genome kept for every way to look.

A step is a batch of offspring. Each has a parent drawn from all elites, is changed by NEAT's
mutations, drawn, described, and takes the cell of its description if it is better than who holds
it. Genomes start from next to nothing.

Source: Mouret and Clune, "Illuminating search spaces by mapping elites", arXiv:1504.04909, 2015.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from fer_jax.errors import ConfigError, nearest
from fer_jax.genome.graph import Genome
from fer_jax.genome.population import Population, unpad
from fer_jax.genome.population_render import images_of, maps_of
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.descriptors import Descriptor, chosen, describe
from fer_jax.search.fitness import Fitness
from fer_jax.search.innovations import Innovations
from fer_jax.search.map_elites_archive import MapElitesArchive
from fer_jax.search.neat_breeding import bred
from fer_jax.search.neat_settings import PICBREEDER, NeatSettings
from fer_jax.search.neat_start import start_population
from fer_jax.search.run_arrays import joined, parted
from fer_jax.search.selection import Parents

RECORDS = ("coverage", "qd_score", "best_quality", "accepted", "mean_nodes")
"""What is logged of each step: of the archive after it, and of its elites."""

QUALITIES = ("small", "new")
"""By name: 1 / (1 + links that count), and the number of the step."""

FORGET_EVERY = 20
"""Steps between two times at which genomes without an elite among their offspring are dropped."""


@dataclass
class OpenEndedRun:
    """One seed's run after a step.

    Attributes:
        seed: of all its choices.
        step: how many batches have been judged.
        archive: which genome holds each cell.
        elites: the genomes, as NumPy arrays, in the order in which they first took a cell.
        cells: of each of those, which cell it holds.
        book: of inventions.
        ancestry: the family tree.
    """

    seed: int
    step: int
    archive: MapElitesArchive
    elites: Population
    cells: Int[np.ndarray, "elites"]
    book: Innovations
    ancestry: Ancestry


@dataclass(frozen=True, eq=False)
class Illuminated:
    """What one run has come to.

    Attributes:
        seed: of the run.
        archive: of its elites.
        genomes: of the elites, in the order of `archive.elites()`.
        ancestry: the family tree, by the numbers that the archive holds.
    """

    seed: int
    archive: MapElitesArchive
    genomes: tuple[Genome, ...]
    ancestry: Ancestry


@dataclass(frozen=True, eq=False)
class OpenEndedSearch:
    """MAP-Elites for several seeds, each a run of its own. A step is a batch.

    Attributes:
        seeds: of the runs; each gives the same whatever others there are.
        descriptors: the axes of the archive, by name or your own.
        bins: along each of them.
        batch_size: offspring in a step.
        size: pixels along one side, at which genomes are drawn and described.
        settings: by which rates genomes change, and what they start with; who breeds is decided
            by the archive.
        quality: who of two that look alike holds the cell: "small", the one with fewer links;
            "new", the younger one, so that genomes go on changing and grow; or any function of
            pictures and features, higher is better.

    Raises:
        ConfigError: if a setting is impossible.
    """

    seeds: tuple[int, ...] = (0,)
    descriptors: tuple[str | Descriptor, ...] = ("symmetry", "complexity", "color", "edge_density")
    bins: tuple[int, ...] = (8, 8, 8, 8)
    batch_size: int = 256
    size: int = 32
    settings: NeatSettings = PICBREEDER
    quality: Fitness | str = "small"
    _axes: tuple[Descriptor, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("there is no seed; expected at least one, such as 0")
        if self.batch_size < 1:
            raise ConfigError(f"batch_size is {self.batch_size}; expected at least 1")
        if isinstance(self.quality, str) and self.quality not in QUALITIES:
            raise ConfigError(
                f"there is no quality {self.quality!r}; {nearest(self.quality, QUALITIES)}"
            )
        object.__setattr__(self, "_axes", chosen(self.descriptors))
        self._archive()  # refuses impossible bins

    @property
    def plan(self) -> str:
        """How many cells and genomes there are, in words."""
        return (
            f"{int(np.prod(self.bins)):,} cells, {self.batch_size} genomes a step, "
            f"{len(self.seeds)} run(s) one after the other"
        )

    def start(self) -> list[OpenEndedRun]:
        """Empty archives."""
        empty = start_population(replace(self.settings, population_size=1), _random(0, 0))
        nobody = jax.tree.map(lambda part: part[:0], jax.device_get(empty))
        return [
            OpenEndedRun(
                seed, 0, self._archive(), nobody, np.zeros(0, np.int64), Innovations(), Ancestry()
            )
            for seed in self.seeds
        ]

    def advance(
        self, state: list[OpenEndedRun], steps: int
    ) -> tuple[list[OpenEndedRun], dict[str, np.ndarray]]:
        """Go on by `steps` batches; records are `(seeds, steps)`."""
        logged = np.zeros((len(RECORDS), len(state), steps))
        for place, run in enumerate(state):
            for step in range(steps):
                logged[:, place, step] = self._step(run)
        return state, dict(zip(RECORDS, logged, strict=True))

    def ended(self, state: list[OpenEndedRun]) -> dict[str, np.ndarray]:
        """No run ends before the last step."""
        none = np.zeros(len(state), bool)
        return {"diverged": none, "stopped": none}

    def result(
        self, state: list[OpenEndedRun], records: Mapping[str, np.ndarray]
    ) -> list[Illuminated]:
        """The archive of each run."""
        found = []
        for run in state:
            order = np.argsort(run.cells)
            genomes = unpad(jax.tree.map(lambda part, order=order: part[order], run.elites))
            found.append(Illuminated(run.seed, run.archive, tuple(genomes), run.ancestry))
        return found

    def arrays(self, state: list[OpenEndedRun]) -> dict[str, np.ndarray]:
        """Everything that is needed to go on later."""
        return joined(
            {
                "archive": run.archive.arrays(),
                "elites": run.elites._asdict(),
                "book": run.book.arrays(),
                "ancestry": run.ancestry.arrays(),
                "run": {"seed": run.seed, "step": run.step, "cells": run.cells},
            }
            for run in state
        )

    def restore(self, arrays: Mapping[str, Any]) -> list[OpenEndedRun]:
        """The state that `arrays` came from."""
        return [
            OpenEndedRun(
                seed=int(parts["run"]["seed"]),
                step=int(parts["run"]["step"]),
                archive=MapElitesArchive.restore(parts["archive"]),
                elites=Population(**parts["elites"]),
                cells=parts["run"]["cells"],
                book=Innovations.restore(parts["book"]),
                ancestry=Ancestry.restore(parts["ancestry"]),
            )
            for parts in parted(arrays, self.seeds)
        ]

    def _archive(self) -> MapElitesArchive:
        ranges = [axis.range for axis in self._axes]
        return MapElitesArchive([axis.name for axis in self._axes], self.bins, ranges)

    def _step(self, run: OpenEndedRun) -> tuple[float, ...]:
        random = _random(run.seed, run.step)
        if len(run.cells):
            population, parents = self._offspring(run, random)
        else:
            first = replace(self.settings, population_size=self.batch_size)
            population, parents = start_population(first, random), [NOBODY] * self.batch_size
            run.book.knows(population)
        images = images_of(population, self.size)
        children = jax.device_get(population)
        numbers = run.ancestry.add(children, [(one, NOBODY) for one in parents], run.step)
        accepted = run.archive.add(
            numbers,
            self._qualities(run.step, population, images),
            np.asarray(describe(images, self._axes), np.float64),
        )
        self._seat(run, children, int(numbers[0]))
        run.step += 1
        if run.step % FORGET_EVERY == 0:
            run.ancestry.forget(run.archive.elites().uids.tolist())
        best = run.archive.best
        return (
            run.archive.coverage,
            run.archive.qd_score,
            float("nan") if best is None else float(best.fitness[0]),
            int(accepted.sum()),
            float(run.elites.node_count.mean()) if len(run.cells) else 0.0,
        )

    def _offspring(
        self, run: OpenEndedRun, random: np.random.Generator
    ) -> tuple[Population, list[int]]:
        """Children of elites, and the numbers of their parents."""
        drawn = random.integers(len(run.cells), size=self.batch_size)
        parents = jax.tree.map(lambda part: jnp.asarray(part[drawn]), run.elites)
        own = np.arange(self.batch_size)
        key = jax.random.fold_in(jax.random.key(run.seed), run.step)
        alone = Parents(own, own, np.zeros(self.batch_size, bool))
        children = bred(parents, alone, run.book, key, self.settings.rates)
        held = run.archive.elites()
        of_cell = np.zeros(int(np.prod(self.bins)), np.int64)
        of_cell[held.cells] = held.uids
        return children, of_cell[run.cells[drawn]].tolist()

    def _qualities(
        self, step: int, population: Population, images: jax.Array
    ) -> Float[np.ndarray, "genomes"]:
        if self.quality == "new":
            return np.full(population.genomes, float(step))
        if self.quality == "small":
            return 1.0 / (1.0 + np.asarray(population.enabled.sum(axis=1), np.float64))
        assert callable(self.quality)
        found = self.quality(images, lambda: maps_of(population, self.size))
        return np.asarray(found, np.float64)

    def _seat(self, run: OpenEndedRun, children: Population, first: int) -> None:
        """Put the children that hold cells now in the places of those that held them."""
        held = run.archive.elites()
        new = held.uids >= first
        cells, children_taken = held.cells[new], held.uids[new] - first
        row_of = np.full(int(np.prod(self.bins)), -1)
        row_of[run.cells] = np.arange(len(run.cells))
        fresh = row_of[cells] < 0
        row_of[cells[fresh]] = len(run.cells) + np.arange(np.count_nonzero(fresh))
        run.cells = np.concatenate([run.cells, cells[fresh]])

        def seated(old: np.ndarray, young: np.ndarray) -> np.ndarray:
            room = np.zeros((len(run.cells) - len(old), *old.shape[1:]), old.dtype)
            grown = np.concatenate([old, room])
            grown[row_of[cells]] = young[children_taken]
            return grown

        roomy = run.elites.padded(children.slots, children.links)
        run.elites = jax.tree.map(seated, roomy, children)


def _random(seed: int, step: int) -> np.random.Generator:
    """Of one step's choices alone, so that nothing of it has to be kept."""
    return np.random.default_rng([seed, zlib.crc32(b"open-ended"), step])

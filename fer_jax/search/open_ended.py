"""Open-ended search: no target, but one genome kept for every way to look.

A step is a batch of children, which are drawn, described, and take the cells of their descriptions
if they are better than who holds them. Who breeds is said by one of three ways: any elite
("map_elites"), the most novel ones ("novelty"), or a breeder by a script ("breeder"). Genomes start
from next to nothing.

Source: Mouret and Clune, "Illuminating search spaces by mapping elites", arXiv:1504.04909, 2015;
those of the other ways stand where they are.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from fer_jax.errors import ConfigError, nearest
from fer_jax.genome.population import Population
from fer_jax.genome.population_render import images_of, maps_of
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.choosers import AnyElite, refuse_size
from fer_jax.search.descriptors import Descriptor, chosen, describe
from fer_jax.search.fitness import Fitness
from fer_jax.search.innovations import Innovations
from fer_jax.search.map_elites_archive import MapElitesArchive
from fer_jax.search.neat_breeding import bred, numbered
from fer_jax.search.neat_settings import PICBREEDER, NeatSettings
from fer_jax.search.neat_start import start_population
from fer_jax.search.novelty_search import MostNovel
from fer_jax.search.open_ended_result import Illuminated, illuminated
from fer_jax.search.open_ended_run import Batch, Chooser, OpenEndedRun
from fer_jax.search.run_arrays import joined, parted
from fer_jax.search.scripted_breeder import ScriptedBreeder

__all__ = ["QUALITIES", "RECORDS", "WAYS", "Illuminated", "OpenEndedRun", "OpenEndedSearch"]

WAYS = MappingProxyType({"map_elites": 256, "novelty": 256, "breeder": 15})
"""By name, how many children a step has by default."""

RECORDS = ("coverage", "qd_score", "best_quality", "accepted", "mean_nodes")
"""What is logged of each step, whatever the way: of the archive after it, and of its elites. What a
way logs beside it are the `RECORDS` of its module."""

QUALITIES = ("small", "new")
"""By name: 1 / (1 + links that count), and the number of the step."""

FORGET_EVERY = 20
"""Steps between two times at which genomes are dropped from whom nobody comes that counts."""


@dataclass(frozen=True, eq=False)
class OpenEndedSearch:
    """Open-ended search for several seeds, each a run of its own. A step is a batch.

    Attributes:
        seeds: of the runs; each gives the same whatever others there are.
        descriptors: the axes of the archive, by name or your own.
        bins: along each of them.
        batch_size: children in a step; None for what the way is used to, as `WAYS` has it.
        size: pixels along one side, at which genomes are drawn and described; a multiple of 8 for
            all ways but MAP-Elites.
        settings: by which rates genomes change, and what they start with; of novelty search also
            what share survives, and of it and the breeder what share of children has one parent.
        quality: who of two that look alike holds the cell: "small", the one with fewer links;
            "new", the younger one, so that genomes go on changing and grow; or any function of
            pictures and features, higher is better.
        way: "map_elites", any elite breeds; "novelty", the most novel children do; "breeder", those
            whom a script likes best, as people do in Picbreeder. The grid is offered every child.
        regularity_weight: of the breeder: 1 for regularity alone, 0 for novelty alone.
        session_steps: of the breeder: generations after which it publishes.
        branching: of the breeder: chance that it starts a session with a published picture.

    Raises:
        ConfigError: if a setting is impossible.

    Example:
        >>> OpenEndedSearch(way="breeder").offspring
        15
    """

    seeds: tuple[int, ...] = (0,)
    descriptors: tuple[str | Descriptor, ...] = ("symmetry", "complexity", "color", "edge_density")
    bins: tuple[int, ...] = (8, 8, 8, 8)
    batch_size: int | None = None
    size: int = 32
    settings: NeatSettings = PICBREEDER
    quality: Fitness | str = "small"
    way: str = "map_elites"
    regularity_weight: float = 0.5
    session_steps: int = 20
    branching: float = 0.75
    _axes: tuple[Descriptor, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("there is no seed; expected at least one, such as 0")
        if self.way not in WAYS:
            raise ConfigError(f"there is no way {self.way!r}; {nearest(self.way, WAYS)}")
        if self.offspring < 1:
            raise ConfigError(f"batch_size is {self.batch_size}; expected at least 1")
        if isinstance(self.quality, str) and self.quality not in QUALITIES:
            raise ConfigError(
                f"there is no quality {self.quality!r}; {nearest(self.quality, QUALITIES)}"
            )
        object.__setattr__(self, "_axes", chosen(self.descriptors))
        self._archive()  # refuses impossible bins
        self._chooser()  # and settings of the way

    @property
    def offspring(self) -> int:
        """Children in a step."""
        return WAYS[self.way] if self.batch_size is None else self.batch_size

    @property
    def plan(self) -> str:
        """How many cells and genomes there are, in words."""
        return (
            f"{int(np.prod(self.bins)):,} cells, {self.offspring} genomes a step, "
            f"{len(self.seeds)} run(s) one after the other"
        )

    def start(self) -> list[OpenEndedRun]:
        """Empty archives."""
        empty = start_population(replace(self.settings, population_size=1), _random(0, 0))
        nobody = jax.tree.map(lambda part: part[:0], jax.device_get(empty))
        return [
            OpenEndedRun(
                seed=seed,
                step=0,
                archive=self._archive(),
                elites=nobody,
                cells=np.zeros(0, np.int64),
                book=Innovations(),
                ancestry=Ancestry(),
                chooser=self._chooser(),
            )
            for seed in self.seeds
        ]

    def advance(
        self, state: list[OpenEndedRun], steps: int
    ) -> tuple[list[OpenEndedRun], dict[str, np.ndarray]]:
        """Go on by `steps` batches; records are `(seeds, steps)`."""
        names = (*RECORDS, *self._chooser().records)
        logged = np.zeros((len(names), len(state), steps))
        for place, run in enumerate(state):
            for step in range(steps):
                logged[:, place, step] = self._step(run)
        return state, dict(zip(names, logged, strict=True))

    def ended(self, state: list[OpenEndedRun]) -> dict[str, np.ndarray]:
        """No run ends before the last step."""
        none = np.zeros(len(state), bool)
        return {"diverged": none, "stopped": none}

    def result(
        self, state: list[OpenEndedRun], records: Mapping[str, np.ndarray]
    ) -> list[Illuminated]:
        """The archive of each run, and what its way has collected."""
        return [
            illuminated(run, {name: values[place] for name, values in records.items()})
            for place, run in enumerate(state)
        ]

    def arrays(self, state: list[OpenEndedRun]) -> dict[str, np.ndarray]:
        """Everything that is needed to go on later."""
        return joined(
            {
                "archive": run.archive.arrays(),
                "elites": run.elites._asdict(),
                "book": run.book.arrays(),
                "ancestry": run.ancestry.arrays(),
                "chooser": run.chooser.arrays(),
                "run": {"seed": run.seed, "step": run.step, "cells": run.cells},
            }
            for run in state
        )

    def restore(self, arrays: Mapping[str, Any]) -> list[OpenEndedRun]:
        """The state that `arrays` came from."""
        state = []
        for parts in parted(arrays, self.seeds):
            chooser = self._chooser()
            chooser.resume(parts.get("chooser", {}))
            state.append(
                OpenEndedRun(
                    seed=int(parts["run"]["seed"]),
                    step=int(parts["run"]["step"]),
                    archive=MapElitesArchive.restore(parts["archive"]),
                    elites=Population(**parts["elites"]),
                    cells=parts["run"]["cells"],
                    book=Innovations.restore(parts["book"]),
                    ancestry=Ancestry.restore(parts["ancestry"]),
                    chooser=chooser,
                )
            )
        return state

    def _archive(self) -> MapElitesArchive:
        ranges = [axis.range for axis in self._axes]
        return MapElitesArchive([axis.name for axis in self._axes], self.bins, ranges)

    def _chooser(self) -> Chooser:
        if self.way == "map_elites":
            return AnyElite(self.offspring)
        refuse_size(self.size)
        if self.way == "novelty":
            return MostNovel(self.offspring, self.settings)
        return ScriptedBreeder(
            self.offspring,
            self.settings,
            regularity_weight=self.regularity_weight,
            session_steps=self.session_steps,
            branching=self.branching,
        )

    def _step(self, run: OpenEndedRun) -> tuple[float, ...]:
        population, children, parents = self._children(run)
        images = images_of(population, self.size)
        numbers = run.ancestry.add(children, parents, run.step)
        accepted = run.archive.add(
            numbers,
            self._qualities(run.step, population, images),
            np.asarray(describe(images, self._axes), np.float64),
        )
        run.seat(children, int(numbers[0]))
        told = run.chooser.judge(run, Batch(numbers, images))
        run.step += 1
        if run.step % FORGET_EVERY == 0:
            chooser, held = run.chooser, run.archive.elites()
            run.ancestry.forget([*held.uids.tolist(), *chooser.living, *chooser.collection])
        best = run.archive.best
        return (
            run.archive.coverage,
            run.archive.qd_score,
            float("nan") if best is None else float(best.fitness[0]),
            int(accepted.sum()),
            float(run.elites.node_count.mean()) if len(run.cells) else 0.0,
            *told,
        )

    def _children(self, run: OpenEndedRun) -> tuple[Population, Population, list[tuple[int, int]]]:
        """The next batch on the devices and as NumPy arrays, and the numbers of the parents."""
        random = _random(run.seed, run.step)
        brood = run.chooser.choose(run, random)
        if brood is None:
            first = replace(self.settings, population_size=self.offspring)
            population = start_population(first, random)
            run.book.knows(population)
            nobody = [(NOBODY, NOBODY)] * self.offspring
            return population, jax.device_get(population), nobody
        rates = self.settings.rates
        newborn = bred(brood.population, brood.parents, run.seed, run.step, rates)
        children = numbered(newborn, brood.population, brood.parents, run.book)
        return newborn.population, children, brood.pairs

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


def _random(seed: int, step: int) -> np.random.Generator:
    """Of one step's choices alone, so that nothing of it has to be kept."""
    return np.random.default_rng([seed, zlib.crc32(b"open-ended"), step])

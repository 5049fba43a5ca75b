"""Who came from whom: the parents of every genome, and the genomes of those that still matter.

A genome has its structure from its first parent, so its line goes from first parent to first
parent. Lines of the living meet after some generations, so that few genomes of the past have to be
kept, however long a run is.
"""

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from fer_jax.genome.graph import Genome
from fer_jax.genome.population import Population, unpad

NOBODY = -1
"""In place of a parent."""

_OF_SLOTS = ("kinds", "nodes")
_OF_LINKS = ("sources", "targets", "weights", "innovations", "enabled")


@dataclass
class Ancestry:
    """The family tree of a run.

    Attributes:
        parents: of each genome, by its number: first and second, `NOBODY` where there is none.
        born: the generation, or evaluation, in which each genome came to be.
        genomes: of those that may be asked for, without padding, by number; but for the latest.
        latest: populations that were added since genomes were last forgotten, and the number of the
            first one of each: most of them will never be asked for.
    """

    parents: list[tuple[int, int]] = field(default_factory=list)
    born: list[int] = field(default_factory=list)
    genomes: dict[int, Population] = field(default_factory=dict)
    latest: list[tuple[int, Population]] = field(default_factory=list)

    def add(
        self, population: Population, parents: Iterable[tuple[int, int]], born: int
    ) -> np.ndarray:
        """Enter new genomes.

        Args:
            population: as NumPy arrays.
            parents: numbers of each one's parents.
            born: their generation.

        Returns:
            `(genomes,)` int64: their numbers.
        """
        first = len(self.parents)
        self.parents += parents
        count = len(self.parents) - first
        self.born += [born] * count
        self.latest.append((first, population))
        return np.arange(first, first + count)

    def forget(self, living: Iterable[int]) -> None:
        """Drop the genomes from whom none of the living has its structure."""
        kept: set[int] = set()
        for number in living:
            while number != NOBODY and number not in kept:
                kept.add(number)
                number = self.parents[number][0]
        self.genomes = {number: self._genome(number) for number in sorted(kept)}
        self.latest = []

    def _genome(self, number: int) -> Population:
        if number in self.genomes:
            return self.genomes[number]
        at = bisect.bisect_right(self.latest, number, key=lambda entry: entry[0]) - 1
        if at < 0:
            raise KeyError(f"genome {number} was forgotten, since nobody living comes from it")
        first, population = self.latest[at]
        return _alone(population, number - first)

    def line(self, number: int) -> list[int]:
        """From the first ancestor to a genome, by first parents.

        Example:
            >>> Ancestry([(-1, -1), (0, -1), (1, 0)], [0, 1, 2]).line(2)
            [0, 1, 2]
        """
        line = [number]
        while (parent := self.parents[line[-1]][0]) != NOBODY:
            line.append(parent)
        return line[::-1]

    def genomes_of(self, numbers: Iterable[int]) -> list[Genome]:
        """Genomes by number.

        Raises:
            KeyError: if one was forgotten.
        """
        return [unpad(_one(self._genome(number)))[0] for number in numbers]

    def population_of(self, numbers: Iterable[int], slots: int, links: int) -> Population:
        """Genomes by number, side by side.

        Args:
            numbers: at least one.
            slots: to which they are padded, no fewer than any of them has.
            links: likewise.

        Returns:
            The population, as NumPy arrays.

        Raises:
            KeyError: if one was forgotten.
        """
        kept = [self._genome(number) for number in numbers]
        bare = {name: getattr(kept[0], name)[:0] for name in (*_OF_SLOTS, *_OF_LINKS)}
        # Padded once and written over, which takes a seventh of the time of padding each.
        room = kept[0]._replace(**bare).padded(slots, links)
        many = jax.tree.map(lambda part: np.repeat(part[None], len(kept), axis=0), room)
        for row, genome in enumerate(kept):
            for whole, part in zip(many, genome, strict=True):
                whole[(row, *map(slice, np.shape(part)))] = part
        return many

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, to go on later."""
        latest = [
            first + place
            for first, population in self.latest
            for place in range(len(population.node_count))
        ]
        return {
            "parents": np.array(self.parents, np.int64).reshape(-1, 2),
            "born": np.array(self.born, np.int64),
            **self.genome_arrays([*self.genomes, *latest]),
        }

    def genome_arrays(self, numbers: Iterable[int]) -> dict[str, np.ndarray]:
        """Genomes by number, of which `restore` makes as much without the rest of the tree.

        Raises:
            KeyError: if one was forgotten.
        """
        numbers = list(numbers)
        kept = [self._genome(number) for number in numbers]
        found: dict[str, np.ndarray] = {
            "numbers": np.array(numbers, np.int64),
            "outputs": np.array([genome.outputs for genome in kept], np.int32).reshape(-1, 3),
            "node_counts": np.array([len(genome.kinds) for genome in kept], np.int64),
            "link_counts": np.array([len(genome.sources) for genome in kept], np.int64),
        }
        for name in (*_OF_SLOTS, *_OF_LINKS):
            found[name] = np.concatenate([getattr(genome, name) for genome in kept] or [[]])
        return found

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> "Ancestry":
        """What `arrays` came from, or `genome_arrays`, without a tree then."""
        cuts = {
            **dict.fromkeys(_OF_SLOTS, np.cumsum(arrays["node_counts"])),
            **dict.fromkeys(_OF_LINKS, np.cumsum(arrays["link_counts"])),
        }
        parts = {name: np.split(arrays[name], ends[:-1]) for name, ends in cuts.items()}
        genomes = {}
        for at, number in enumerate(arrays["numbers"].tolist()):
            own: dict[str, Any] = {name: pieces[at] for name, pieces in parts.items()}
            own["node_count"] = np.int32(arrays["node_counts"][at])
            own["link_count"] = np.int32(arrays["link_counts"][at])
            genomes[number] = Population(**own, outputs=arrays["outputs"][at])
        parents = [(int(one), int(other)) for one, other in arrays.get("parents", ())]
        return cls(parents, list(map(int, arrays.get("born", ()))), genomes)


def _alone(population: Population, place: int) -> Population:
    """One genome of a population of NumPy arrays, without padding."""
    nodes, links = int(population.node_count[place]), int(population.link_count[place])
    # Copies, since a view would keep the whole population; of attributes, not of names, since it is
    # asked of thousands.
    own: tuple[Any, ...] = (
        population.kinds[place, :nodes].copy(),
        population.nodes[place, :nodes].copy(),
        population.sources[place, :links].copy(),
        population.targets[place, :links].copy(),
        population.weights[place, :links].copy(),
        population.innovations[place, :links].copy(),
        population.enabled[place, :links].copy(),
        population.node_count[place],
        population.link_count[place],
        population.outputs[place].copy(),
    )
    return Population(*own)


def _one(genome: Population) -> Population:
    return jax.tree.map(lambda part: np.asarray(part)[None], genome)

"""Sorting genomes into species, by how far their genes are apart.

All of it is bookkeeping on small arrays, which the host does faster than a device could be asked.

Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies",
Evolutionary Computation 10(2), 2002.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int

from fer_jax.genome.population import Population
from fer_jax.search.neat_rates import Rates
from fer_jax.search.neat_settings import NeatSettings


class Genes(NamedTuple):
    """A genome's links, as distances see them.

    Attributes:
        numbers: by which the links are known, each once.
        weights: of the links.
    """

    numbers: Int[np.ndarray, "links"]
    weights: Float[np.ndarray, "links"]


@dataclass
class Species:
    """A kind of genomes.

    Attributes:
        number: by which it is told from others, from 0.
        genes: of the genome that stands for it.
        founded: the generation in which it was founded.
        best: the highest fitness that one of its genomes has had.
        improved: the generation in which it had it.
    """

    number: int
    genes: Genes
    founded: int
    best: float = -np.inf
    improved: int = 0


@dataclass
class Speciation:
    """The species of a run.

    Attributes:
        threshold: distance up to which a genome belongs to a species.
        species: those that have genomes, the oldest first.
        founded: how many there have been.
    """

    threshold: float
    species: list[Species] = field(default_factory=list)
    founded: int = 0

    def sort(
        self, population: Population, generation: int, settings: NeatSettings
    ) -> Int[np.ndarray, "genomes"]:
        """Sort a new generation, and let species without a genome die out.

        A genome belongs to the first species to whose representative it is near enough; where it is
        near to none, it founds one.

        Args:
            population: as NumPy arrays.
            generation: its number.
            settings: of the distance, and of how many species there should be.

        Returns:
            The place in `species` of each genome's.
        """
        count = len(population.link_count)
        if settings.target_species == 1:
            self.species = self.species or [self._found(population, 0, generation)]
            return np.zeros(count, np.int64)
        species = list(self.species)
        own = np.full(count, len(species))
        if species:
            apart = distances([kind.genes for kind in species], population, settings.rates)
            near = apart <= self.threshold
            own = np.where(near.any(axis=0), near.argmax(axis=0), len(species))
        left = np.flatnonzero(own == len(species))
        while len(left):
            founder = self._found(population, int(left[0]), generation)
            rows = jax.tree.map(lambda part, left=left: part[left], population)
            near = distances([founder.genes], rows, settings.rates)[0] <= self.threshold
            near[0] = True
            own[left[near]] = len(species)
            species.append(founder)
            left = left[~near]
        alive, own = np.unique(own, return_inverse=True)
        self.species = [species[place] for place in alive]
        if settings.target_species:
            off = np.sign(len(alive) - settings.target_species)
            moved = self.threshold + off * settings.threshold_step
            self.threshold = float(max(moved, settings.threshold_step))
        return own

    def stand_for(
        self, population: Population, own: Int[np.ndarray, "genomes"], random: np.random.Generator
    ) -> None:
        """Let a genome drawn from each species stand for it in the next generation."""
        for place, kind in enumerate(self.species):
            members = np.flatnonzero(own == place)
            kind.genes = genes_of(population, int(members[random.integers(len(members))]))

    def note(self, fitness: Float[np.ndarray, "genomes"], own: np.ndarray, generation: int) -> None:
        """Keep what the best genome of each species is worth, and since when."""
        for place, kind in enumerate(self.species):
            best = float(fitness[own == place].max())
            if best > kind.best:
                kind.best, kind.improved = best, generation

    def _found(self, population: Population, place: int, generation: int) -> Species:
        self.founded += 1
        return Species(
            self.founded - 1, genes_of(population, place), generation, improved=generation
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, to go on later."""
        kinds = self.species
        return {
            "threshold": np.array(self.threshold),
            "founded": np.array(self.founded),
            "numbers": np.array([[k.number, k.founded, k.improved] for k in kinds], np.int64),
            "best": np.array([kind.best for kind in kinds]),
            "genes": np.array([len(kind.genes.numbers) for kind in kinds], np.int64),
            "gene_numbers": np.array([n for kind in kinds for n in kind.genes.numbers], np.int32),
            "gene_weights": np.array([w for kind in kinds for w in kind.genes.weights], np.float32),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> "Speciation":
        """What `arrays` came from."""
        ends = np.cumsum(arrays["genes"])[:-1]
        genes: Sequence[Genes] = [
            Genes(numbers, weights)
            for numbers, weights in zip(
                np.split(arrays["gene_numbers"], ends),
                np.split(arrays["gene_weights"], ends),
                strict=True,
            )
        ]
        species = [
            Species(int(number), own, int(founded), float(best), int(improved))
            for own, (number, founded, improved), best in zip(
                genes, arrays["numbers"], arrays["best"], strict=False
            )
        ]
        return cls(float(arrays["threshold"]), species, int(arrays["founded"]))


def genes_of(population: Population, place: int) -> Genes:
    """One genome's links."""
    count = int(population.link_count[place])
    return Genes(
        np.array(population.innovations[place, :count]), np.array(population.weights[place, :count])
    )


def distances(
    kinds: Sequence[Genes], population: Population, rates: Rates
) -> Float[np.ndarray, "kinds genomes"]:
    """How far each genome is from each of some.

    Genes that only one of both has, over the number of genes of the larger (1 where that is below
    `rates.small_genome`, as in the original program), and the mean difference of the weights of
    those that both have, each by its factor.

    Args:
        kinds: the genes of some, at least one.
        population: the genomes, as NumPy arrays.
        rates: the factors.

    Returns:
        At least 0.

    Example:
        >>> import fer_jax
        >>> from fer_jax.genome.population import pad
        >>> moon = jax.device_get(pad([fer_jax.load_genome("moon")]))
        >>> distances([genes_of(moon, 0)], moon, Rates()).tolist()
        [[0.0]]
    """
    counts: Any = population.link_count
    # No genome has more.
    widest = int(counts.max(initial=0))
    numbers, weights = population.innovations[:, :widest], population.weights[:, :widest]
    size = 1 + max(int(numbers.max(initial=0)), *(int(k.numbers.max(initial=0)) for k in kinds))
    # In the first place is what fills up, which has the number -1.
    known = np.full((len(kinds), size + 1), np.nan, np.float32)
    for row, kind in zip(known, kinds, strict=True):
        row[kind.numbers + 1] = kind.weights
    differences = np.abs(np.take(known, numbers + 1, axis=1) - weights)
    both = ~np.isnan(differences)
    shared = both.sum(axis=2)
    own = np.array([[len(kind.numbers)] for kind in kinds])
    larger = np.maximum(counts, own)
    apart = counts + own - 2 * shared
    over = np.where(larger < rates.small_genome, 1, larger)
    mean = differences.sum(axis=2, where=both) / np.maximum(shared, 1)
    return rates.disjoint_factor * apart / over + rates.weight_factor * mean

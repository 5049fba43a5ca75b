"""Who has how many offspring, and with whom: fitness shared within species.

Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies",
Evolutionary Computation 10(2), 2002.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.speciation import Species


class Parents(NamedTuple):
    """Of each genome of the next generation.

    Attributes:
        first: place of the one from which it has its structure: the fitter one.
        second: place of the other; the same where there is none.
        copied: whether it is the first unchanged.
    """

    first: Int[np.ndarray, "offspring"]
    second: Int[np.ndarray, "offspring"]
    copied: Bool[np.ndarray, "offspring"]


def choose_parents(
    fitness: Float[np.ndarray, "genomes"],
    sizes: Int[np.ndarray, "genomes"],
    own: Int[np.ndarray, "genomes"],
    species: list[Species],
    generation: int,
    settings: NeatSettings,
    random: np.random.Generator,
) -> Parents:
    """Choose the parents of the next generation.

    Args:
        fitness: of each genome; higher is better, of any sign and scale.
        sizes: links of each genome: of two that are as fit, the smaller one counts as fitter.
        own: place of each genome's species.
        species: all there are.
        generation: the number of this one.
        settings: of who may breed.
        random: of the choices.

    Returns:
        The parents, those of the copies first.
    """
    order = np.lexsort((np.arange(len(fitness)), sizes, -fitness))
    rank = np.argsort(order)
    members = np.bincount(own, minlength=len(species))
    breeding = np.maximum(1, np.ceil(settings.survivors * members).astype(np.int64))
    # Species by species, the fittest of each first.
    ranked = order[np.argsort(own[order], kind="stable")]
    fittest = np.cumsum(members) - members

    def drawn(places: Int[np.ndarray, "some"]) -> Int[np.ndarray, "some"]:
        return ranked[fittest[places] + random.integers(breeding[places])]

    offspring = allotted(fitness, own, species, generation, settings)
    alive = np.flatnonzero(offspring)
    keeps = (offspring > 0) & (members >= settings.champion_of)
    champions = ranked[fittest[keeps]]
    places = np.repeat(np.arange(len(species)), offspring - keeps)
    one, other = drawn(places), drawn(places)
    across = random.random(len(places)) < settings.interspecies
    other[across] = drawn(random.choice(alive, np.count_nonzero(across)))
    other = np.where(random.random(len(places)) < settings.only_mutated, one, other)
    swap = rank[other] < rank[one]
    first, second = np.where(swap, other, one), np.where(swap, one, other)
    return Parents(
        np.concatenate([champions, first]),
        np.concatenate([champions, second]),
        np.arange(len(champions) + len(first)) < len(champions),
    )


def allotted(
    fitness: Float[np.ndarray, "genomes"],
    own: Int[np.ndarray, "genomes"],
    species: list[Species],
    generation: int,
    settings: NeatSettings,
) -> Int[np.ndarray, "species"]:
    """How many offspring each species has: as much of the population as of the mean fitness.

    Fitness is counted from that of the worst genome on, so that neither its sign nor its scale
    matters. Species that have not become better for long have none.

    Args:
        fitness: of each genome.
        own: place of each genome's species.
        species: all there are.
        generation: the number of this one.
        settings: of the population, and of how long is long.

    Returns:
        Counts, the population's size together.
    """
    members = np.bincount(own, minlength=len(species))
    means = np.bincount(own, fitness - fitness.min(), len(species)) / members
    stale = np.array([generation - kind.improved > settings.stagnation for kind in species])
    stale[own[np.argmax(fitness)]] = False
    means = np.where(stale, 0.0, means)
    if not means.sum() > 0:
        # All are worth the same.
        means = np.where(stale, 0.0, 1.0)
    exact = settings.population_size * means / means.sum()
    counts = np.floor(exact).astype(np.int64)
    left = settings.population_size - counts.sum()
    counts[np.argsort(counts - exact, kind="stable")[:left]] += 1
    return counts

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
        The parents, the copies of each species first.
    """
    order = np.lexsort((np.arange(len(fitness)), sizes, -fitness))
    rank = np.argsort(order)
    offspring = allotted(fitness, own, species, generation, settings)
    breeders = [_breeders(order, own, place, settings) for place in range(len(species))]
    alive = np.flatnonzero(offspring)
    firsts, seconds, copies = [], [], []
    for place in alive:
        keeps = int(np.sum(own == place) >= settings.champion_of)
        count = int(offspring[place]) - keeps
        one, other = breeders[place][random.integers(len(breeders[place]), size=(2, count))]
        for at in np.flatnonzero(random.random(count) < settings.interspecies):
            among = breeders[alive[random.integers(len(alive))]]
            other[at] = among[random.integers(len(among))]
        other = np.where(random.random(count) < settings.only_mutated, one, other)
        swap = rank[other] < rank[one]
        champion = breeders[place][:keeps]
        firsts += [champion, np.where(swap, other, one)]
        seconds += [champion, np.where(swap, one, other)]
        copies += [np.ones(keeps, bool), np.zeros(count, bool)]
    return Parents(*(np.concatenate(parts) for parts in (firsts, seconds, copies)))


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
    above = fitness - fitness.min()
    means = np.array([above[own == place].mean() for place in range(len(species))])
    stale = np.array([generation - kind.improved > settings.stagnation for kind in species])
    stale[np.argmax([fitness[own == place].max() for place in range(len(species))])] = False
    means = np.where(stale, 0.0, means)
    if not means.sum() > 0:
        # All are worth the same.
        means = np.where(stale, 0.0, 1.0)
    exact = settings.population_size * means / means.sum()
    counts = np.floor(exact).astype(np.int64)
    left = settings.population_size - counts.sum()
    counts[np.argsort(counts - exact, kind="stable")[:left]] += 1
    return counts


def _breeders(
    order: Int[np.ndarray, "genomes"], own: np.ndarray, place: int, settings: NeatSettings
) -> Int[np.ndarray, "some"]:
    members = order[own[order] == place]
    return members[: max(1, int(np.ceil(settings.survivors * len(members))))]

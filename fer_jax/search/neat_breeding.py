"""The next generation of a population: crossed, mutated and numbered, on the device."""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from fer_jax.genome.population import Population
from fer_jax.search.innovations import Innovations
from fer_jax.search.neat_crossover import crossed
from fer_jax.search.neat_mutation import Numbers, Proposal, propose, restructured, reweighted
from fer_jax.search.neat_rates import Rates
from fer_jax.search.selection import Parents

_folded = jax.jit(jax.random.fold_in)


def key_of(seed: int, generation: int) -> Array:
    """Of all that one generation of a run leaves to chance on the device.

    Example:
        >>> same = jax.random.fold_in(jax.random.key(3), 5)
        >>> bool((key_of(3, 5) == same).all())
        True
    """
    return _folded(_key(seed), generation)


@functools.cache
def _key(seed: int) -> Array:
    return jax.random.key(seed)


def bred(
    population: Population, parents: Parents, book: Innovations, key: Array, rates: Rates
) -> Population:
    """The offspring of a population.

    Args:
        population: the parents' generation.
        parents: of each offspring.
        book: in which inventions are numbered; it is written to.
        key: of all choices.
        rates: of mutations and crossing.

    Returns:
        As many genomes as there are parents, padded to twice as much where one could not grow.
    """
    children, proposals = _children(_with_room(population), *parents, key, rates)
    numbers = book.number(children, proposals)
    return _changed(children, proposals, numbers, key, rates)


@functools.partial(jax.jit, static_argnames="rates")
def _children(
    population: Population,
    first: Int[Array, "offspring"],
    second: Int[Array, "offspring"],
    copied: Bool[Array, "offspring"],
    key: Array,
    rates: Rates,
) -> tuple[Population, Proposal]:
    crossing, proposing, _ = _keys(key, len(first))

    def of_two(one: Array, other: Array, key: Array) -> Population:
        fitter = jax.tree.map(lambda part: part[one], population)
        less_fit = jax.tree.map(lambda part: part[other], population)
        child = crossed(fitter, less_fit, key, rates)
        return jax.tree.map(lambda new, old: jnp.where(one == other, old, new), child, fitter)

    children = jax.vmap(of_two)(first, second, crossing)
    proposals = jax.vmap(lambda child, key: propose(child, key, rates))(children, proposing)
    return children, proposals._replace(
        link=jnp.where(copied, -1, proposals.link),
        source=jnp.where(copied, -1, proposals.source),
        removed=proposals.removed & ~copied,
        turns=proposals.turns & ~copied,
        moves=proposals.moves & ~copied,
    )


@functools.partial(jax.jit, static_argnames="rates")
def _changed(
    children: Population, proposals: Proposal, numbers: Numbers, key: Array, rates: Rates
) -> Population:
    def of_one(child: Population, proposal: Proposal, new: Numbers, key: Array) -> Population:
        return reweighted(restructured(child, proposal, new, rates), proposal, key, rates)

    *_, changing = _keys(key, children.genomes)
    return jax.vmap(of_one)(children, proposals, numbers, changing)


def _keys(key: Array, count: int) -> Array:
    """For each of so many genomes, of its crossing, its proposal and its change."""
    return jnp.moveaxis(jax.random.split(key, (count, 3)), 1, 0)


def _with_room(population: Population) -> Population:
    """Slots and links are doubled together, so that there are few sizes to be compiled for."""
    nodes, links = jax.device_get((population.node_count, population.link_count))
    while nodes.max() + 1 > population.slots or links.max() + 2 > population.links:
        population = population.padded(2 * population.slots, 2 * population.links)
    return population

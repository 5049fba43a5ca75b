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
    roomy = _with_room(population)
    keys = jax.random.split(key, (len(parents.first), 3))
    children, proposals = _children(
        roomy, *map(jnp.asarray, parents), keys[:, 0], keys[:, 1], rates
    )
    numbers = book.number(children, proposals)
    return _changed(children, proposals, numbers, keys[:, 2], rates)


@functools.partial(jax.jit, static_argnames="rates")
def _children(
    population: Population,
    first: Int[Array, "offspring"],
    second: Int[Array, "offspring"],
    copied: Bool[Array, "offspring"],
    crossing: Array,
    proposing: Array,
    rates: Rates,
) -> tuple[Population, Proposal]:
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
    children: Population, proposals: Proposal, numbers: Numbers, keys: Array, rates: Rates
) -> Population:
    def of_one(child: Population, proposal: Proposal, new: Numbers, key: Array) -> Population:
        return reweighted(restructured(child, proposal, new, rates), proposal, key, rates)

    return jax.vmap(of_one)(children, proposals, numbers, keys)


def _with_room(population: Population) -> Population:
    """Slots and links are doubled together, so that there are few sizes to be compiled for."""
    while (
        int(population.node_count.max()) + 1 > population.slots
        or int(population.link_count.max()) + 2 > population.links
    ):
        population = population.padded(2 * population.slots, 2 * population.links)
    return population

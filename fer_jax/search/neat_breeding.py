"""The next generation of a population: crossed, mutated and numbered, on the devices.

The host keeps the population, picks the parents and numbers what is new. The devices share the
children as they share them for drawing, so that what is bred is drawn where it is, at once:
inventions are numbered meanwhile.
"""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jaxtyping import Array, Int

from fer_jax.genome.population import Population
from fer_jax.genome.population_rows import from_rows, to_rows
from fer_jax.genome.spread import SPREAD, genome_mesh, on_host
from fer_jax.search.innovations import Innovations
from fer_jax.search.neat_crossover import crossed
from fer_jax.search.neat_mutation import (
    NEW_LINKS,
    NEW_NODE,
    restructured,
    reweighted,
)
from fer_jax.search.neat_proposal import propose
from fer_jax.search.neat_rates import Rates
from fer_jax.search.selection import Parents


class Newborn(NamedTuple):
    """Offspring whose genes are not all numbered, which does not matter to how they are drawn.

    Attributes:
        population: of them, spread over the devices.
        rows: of each, `Proposal.wanted` and then all of it, as `to_rows` has it.
    """

    population: Population
    rows: Int[Array, "offspring width"]


class _Program(NamedTuple):
    """What the compiled program is known by."""

    slots: int
    links: int
    rates: Rates
    mesh: Mesh


def bred(population: Population, parents: Parents, seed: int, step: int, rates: Rates) -> Newborn:
    """The offspring of a population.

    Args:
        population: the parents' generation, as NumPy arrays.
        parents: of each offspring.
        seed: of the run.
        step: which of the run's generations it is; with the seed, the key of all choices.
        rates: of mutations and crossing.

    Returns:
        As many genomes as there are parents, padded to twice as much where one could not grow.
    """
    population = _with_room(population)
    first, second, copied = parents
    rows, place = to_rows(population), np.arange(len(first))
    chance = [np.full(len(first), word) for word in (*_bits_of(seed), step)]
    made = np.stack([first != second, copied, place, *chance], axis=1, dtype=np.int32)
    origins = np.concatenate([rows[first], rows[second], made], axis=1)
    mesh = genome_mesh(len(first))
    spread = jax.device_put(origins, NamedSharding(mesh, SPREAD))
    return _offspring(spread, _Program(population.slots, population.links, rates, mesh))


def numbered(
    newborn: Newborn, population: Population, parents: Parents, book: Innovations
) -> Population:
    """The offspring with a number for whatever is new in them, as NumPy arrays.

    Args:
        newborn: from `bred`.
        population: the parents' generation, as NumPy arrays.
        parents: of each offspring.
        book: in which inventions are numbered; it is written to.
    """
    wanted, rows = np.split(on_host(newborn.rows), [3], axis=1)
    children: Any = from_rows(rows, newborn.population.slots, newborn.population.links)
    some = np.flatnonzero((wanted[:, :2] >= 0).any(axis=1))
    # A child has its nodes and links from its first parent.
    inventors = jax.tree.map(lambda part: part[parents.first[some]], population)
    node, *links = book.number(inventors, wanted[some]).T
    own: Any = jax.tree.map(lambda part: part[some], children)
    innovations = own.innovations
    for mark, link in zip(NEW_LINKS, links, strict=True):
        innovations = np.where(innovations == mark, link[:, None], innovations)
    children.nodes[some] = np.where(own.nodes == NEW_NODE, node[:, None], own.nodes)
    children.innovations[some] = innovations
    return jax.tree.map(np.ascontiguousarray, children)


@functools.partial(jax.jit, static_argnames="program")
def _offspring(origins: Int[Array, "offspring width"], program: _Program) -> Newborn:
    slots, links, rates, mesh = program

    def of_two(origin: Int[Array, "width"]) -> Newborn:
        width = (len(origin) - 6) // 2
        one, two, (mates, copied, place, *chance) = jnp.split(origin, [width, 2 * width])
        *seed, step = jnp.stack(chance).astype(jnp.uint32)
        key = jax.random.fold_in(jax.random.wrap_key_data(jnp.stack(seed)), step)
        crossing, proposing, changing = jax.vmap(jax.random.fold_in, (None, 0))(
            key, 3 * place + jnp.arange(3)
        )
        parent, other = from_rows(one, slots, links), from_rows(two, slots, links)
        child = crossed(parent, other, crossing, rates)
        child = jax.tree.map(lambda new, old: jnp.where(mates != 0, new, old), child, parent)
        proposal = propose(child, proposing, rates)
        copied = copied != 0
        proposal = proposal._replace(
            link=jnp.where(copied, -1, proposal.link),
            source=jnp.where(copied, -1, proposal.source),
            removed=proposal.removed & ~copied,
            turns=proposal.turns & ~copied,
            moves=proposal.moves & ~copied,
        )
        grown = restructured(child, proposal, rates)
        grown = reweighted(grown, proposal, changing, rates)
        return Newborn(grown, jnp.concatenate([proposal.wanted, to_rows(grown)]))

    return jax.shard_map(
        jax.vmap(of_two), mesh=mesh, in_specs=SPREAD, out_specs=SPREAD, check_vma=False
    )(origins)


@functools.cache
def _bits_of(seed: int) -> tuple[int, ...]:
    """The key of a seed, as two numbers of 32 bits with a sign."""
    bits = np.asarray(jax.random.key_data(jax.random.key(seed)))
    return tuple(bits.view(np.int32).tolist())


def _with_room(population: Population) -> Population:
    """Slots and links are doubled together, so that there are few sizes to be compiled for."""
    nodes, links = population.node_count.max(), population.link_count.max()
    while nodes + 1 > population.slots or links + 2 > population.links:
        population = population.padded(2 * population.slots, 2 * population.links)
    return population

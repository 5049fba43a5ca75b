"""Choosing how each genome of a population is to mutate, for all genomes at once.

No genome is given a loop: a new link leads from a slot to a later one, and a new node comes
anywhere between the ends of the link that it splits, so that the order of the slots is one of those
in which the graph may be walked, drawn by chance.

Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies",
Evolutionary Computation 10(2), 2002.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.genome.population import Population
from fer_jax.search.chance import among, bits, either_side, splits, unit
from fer_jax.search.neat_rates import Rates

TRIES = 20
"""Pairs of slots that are tried for a new link, until one has none yet."""


class Proposal(NamedTuple):
    """A mutation of each genome, or none.

    Attributes:
        link: the place of a link that is to be split or removed, or -1.
        removed: whether it is removed.
        slot: where the node comes that splits it.
        kind: that node's activation.
        source: the slot from which a new link is to lead, or -1.
        target: the slot into which it is to lead.
        weights: of the new link; or of the one into the new node, and the one out of it.
        turns: whether activations are to change.
        moves: whether weights are.
    """

    link: Int[Array, "*genomes"]
    removed: Bool[Array, "*genomes"]
    slot: Int[Array, "*genomes"]
    kind: Int[Array, "*genomes"]
    source: Int[Array, "*genomes"]
    target: Int[Array, "*genomes"]
    weights: Float[Array, "*genomes 2"]
    turns: Bool[Array, "*genomes"]
    moves: Bool[Array, "*genomes"]

    @property
    def splits(self) -> Bool[Array, "*genomes"]:
        """Whose link is to be split."""
        return (self.link >= 0) & ~self.removed

    @property
    def joins(self) -> Bool[Array, "*genomes"]:
        """Who is to have a new link."""
        return self.source >= 0

    @property
    def wanted(self) -> Int[Array, "*genomes 3"]:
        """A link that is split, or -1; the source of a new link, or -1, and its target."""
        split = jnp.where(self.splits, self.link, -1)
        return jnp.stack([split, self.source, self.target], axis=-1)


def propose(genome: Population, key: Array, rates: Rates) -> Proposal:
    """Choose a mutation for one genome, or none.

    Args:
        genome: one.
        key: of the choice.
        rates: the chance of each.

    Returns:
        The proposal. No structure is proposed for which there is no room, or no place; weights may
        move instead.
    """
    which, place, slot, kind, pairs, weight, move = jax.random.split(key, 7)
    slots, kinds, (one, other) = splits(jnp.stack([slot, kind, pairs]), 2)
    drawn = bits(jnp.stack([which, move, weight, *slots, *kinds]), 2)
    (which_one, moving), both = unit(drawn[:2, 0]), either_side(drawn[2])
    slot_bits, kind_bits = drawn[3:5, 0], drawn[5:, 0]
    there = genome.enabled & genome.is_link
    ways = [rates.add_node, rates.add_link, rates.remove_link, rates.mutate_activations]
    way = jnp.sum(jnp.cumsum(jnp.array(ways)) <= which_one)

    link = _any_of(place, there)
    has_room = (genome.node_count < genome.slots) & (genome.link_count + 2 <= genome.links)
    divides = (way == 0) & has_room & there.any()
    removes = way == 2
    if rates.remove_link:
        removes &= _draws(genome._replace(enabled=put(genome.enabled, link, False)))
    first = jnp.maximum(genome.sources[link] + 1, len(INPUT_NAMES))
    at = among(slot_bits, first, jnp.maximum(genome.targets[link], first) + 1)

    source, target, found = _pair_without_link(one, other, genome)
    joins = (way == 1) & found & (genome.link_count < genome.links)
    turns = way == 3
    return Proposal(
        link=jnp.where(divides | removes, link, -1),
        removed=removes,
        slot=at,
        kind=jnp.array(rates.kinds)[among(kind_bits, 0, len(rates.kinds))],
        source=jnp.where(joins, source, -1),
        target=target,
        weights=most_of_a_new_weight(rates) * both,
        turns=turns,
        moves=~(divides | removes | joins | turns) & (moving < rates.mutate_weights),
    )


def most_of_a_new_weight(rates: Rates) -> float:
    """Either side of 0."""
    return min(rates.weight_range, rates.weight_limit)


def put(values: Array, place: Int[Array, ""], value: bool) -> Array:
    """A value in a place, by comparing: a scatter would go through the genomes one by one."""
    return jnp.where(jnp.arange(len(values)) == place, value, values)


def _draws(genome: Population) -> Bool[Array, ""]:
    """Whether any input still leads to an output."""

    def along(reached: Array, at: Array) -> tuple[Array, None]:
        # Links are sorted, so that all that lead to a slot come before those that leave it.
        leads = reached[genome.sources[at]] & genome.enabled[at]
        return reached.at[genome.targets[at]].max(leads), None

    inputs = jnp.arange(genome.slots) < len(INPUT_NAMES)
    reached, _ = jax.lax.scan(along, inputs, jnp.arange(genome.links))
    return reached[genome.outputs].any()


def _any_of(key: Array, there: Bool[Array, "places"]) -> Int[Array, ""]:
    return jnp.argmax(jnp.where(there, jax.random.uniform(key, there.shape), -1.0))


def _pair_without_link(
    one: Array, other: Array, genome: Population
) -> tuple[Int[Array, ""], Int[Array, ""], Bool[Array, ""]]:
    """A slot and a later one that no link joins, and whether such a pair was found."""
    drawn = bits(splits(jnp.stack([one, other]), 2).reshape(-1), TRIES)
    targets = among(drawn[:2], len(INPUT_NAMES), genome.node_count)
    sources = among(drawn[2:], 0, targets)
    joined = (genome.sources == sources[:, None]) & (genome.targets == targets[:, None])
    fits = ~joined.any(axis=-1) & (sources[:, None] != genome.outputs).all(axis=-1)
    first = jnp.argmax(fits)
    return sources[first], targets[first], fits.any()

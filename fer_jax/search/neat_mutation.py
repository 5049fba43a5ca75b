"""Mutations of a population: of weights and activations, and of structure.

All is done for all genomes at once. A mutation is first proposed, then made; what it invents is
numbered afterwards (`fer_jax.search.innovations`). No genome is given a loop: a new link leads from
a slot to a later one, and a new node comes anywhere between the ends of the link that it splits, so
that the order of the slots is one of those in which the graph may be walked, drawn by chance.

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

NEW_NODE = -2
"""In place of the number of a node that splits a link, until that is known."""

NEW_LINKS = INTO, OUT_OF, JOIN = -2, -3, -4
"""Likewise of the link into such a node, of the one out of it, and of a new link."""


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
        removes &= _draws(genome._replace(enabled=_put(genome.enabled, link, False)))
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
        weights=_most(rates) * both,
        turns=turns,
        moves=~(divides | removes | joins | turns) & (moving < rates.mutate_weights),
    )


def restructured(genome: Population, proposal: Proposal, rates: Rates) -> Population:
    """One genome with the structure that was proposed.

    A link that is split counts no more, and is kept. The first of the two that replace it has a
    weight of 1, and the second its own, so that the genome changes as little as can be; by
    `rates.keeps_split_link` it goes on counting, and both weights are new.

    Args:
        genome: one.
        proposal: for it.
        rates: how links are split.

    Returns:
        The genome, with `NEW_NODE` and `NEW_LINKS` in place of the numbers of what is new.
    """
    link, slot, splits = proposal.link, proposal.slot, proposal.splits
    source, target = genome.sources[link], genome.targets[link]
    into, out_of = jnp.float32(1.0), genome.weights[link]
    if rates.keeps_split_link:
        into, out_of = proposal.weights
    grown = _with_node(genome, proposal, rates)
    first = _with_link(
        grown,
        jnp.where(splits, source, proposal.source),
        jnp.where(splits, slot, proposal.target),
        jnp.where(splits, into, proposal.weights[0]),
        jnp.where(splits, INTO, JOIN),
        splits | proposal.joins,
    )
    # What the link led into is one slot further now.
    both = _with_link(first, slot, target + 1, out_of, jnp.int32(OUT_OF), splits)
    if not rates.remove_link:
        return both
    less = _without_link(genome, link)
    return jax.tree.map(lambda old, new: jnp.where(proposal.removed, new, old), both, less)


def reweighted(genome: Population, proposal: Proposal, key: Array, rates: Rates) -> Population:
    """One genome with other weights or activations, as was proposed.

    Args:
        genome: one.
        proposal: for it.
        key: of the changes.
        rates: how many change, and how far weights move.

    Returns:
        The genome. Its weights stay within `rates.weight_limit`.
    """
    each, how_far, kinds, kind = jax.random.split(key, 4)
    (which_kind,) = splits(kind[None], 2)
    weight_bits = bits(jnp.stack([each, how_far]), genome.links)
    slot_bits = bits(jnp.stack([kinds, *which_kind]), genome.slots)
    drawn, step = unit(weight_bits[0]), either_side(weight_bits[1])
    moves = proposal.moves & (drawn < rates.each_weight) & genome.is_link
    # One draw serves a step or a new weight, of which each weight has one.
    anew = _most(rates) * step
    if rates.normal_step:
        step = jnp.sqrt(2.0) * jax.lax.erf_inv(step)
    moved = genome.weights + rates.weight_step * step
    moved = jnp.clip(moved, -rates.weight_limit, rates.weight_limit)
    is_new = drawn < rates.each_weight * rates.replace_weight
    changed = jnp.where(is_new, anew, moved)

    slots = jnp.arange(genome.slots)
    hidden = genome.is_node & (slots >= len(INPUT_NAMES))
    hidden &= (slots[:, None] != genome.outputs).all(axis=-1)
    turns = hidden & proposal.turns & (unit(slot_bits[0]) < rates.each_activation)
    other = jnp.array(rates.kinds)[among(slot_bits[1:], 0, len(rates.kinds))]
    return genome._replace(
        weights=jnp.where(moves, changed, genome.weights),
        kinds=jnp.where(turns, other, genome.kinds),
    )


def _most(rates: Rates) -> float:
    """Of a weight that is drawn anew."""
    return min(rates.weight_range, rates.weight_limit)


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


def _with_node(genome: Population, proposal: Proposal, rates: Rates) -> Population:
    """With the node that splits a link, which counts no more; the same, if none is split."""
    splits = proposal.splits
    # Beyond the last slot nothing is moved.
    slot = jnp.where(splits, proposal.slot, genome.slots)
    split = jnp.where(splits, proposal.link, -1)

    def moved(slots: Int[Array, "*some"]) -> Int[Array, "*some"]:
        # Links that fill up go nowhere still.
        return jnp.where(slots < genome.slots, slots + (slots >= slot), slots)

    enabled = genome.enabled
    if not rates.keeps_split_link:
        enabled = _put(enabled, split, False)
    return genome._replace(
        kinds=_inserted(genome.kinds, slot, proposal.kind),
        nodes=_inserted(genome.nodes, slot, NEW_NODE),
        sources=moved(genome.sources),
        targets=moved(genome.targets),
        enabled=enabled,
        node_count=genome.node_count + splits,
        outputs=moved(genome.outputs),
    )


def _with_link(
    genome: Population,
    source: Int[Array, ""],
    target: Int[Array, ""],
    weight: Float[Array, ""],
    number: Int[Array, ""],
    happens: Bool[Array, ""],
) -> Population:
    """Behind all others into its target, so that links stay sorted; the same, if none is made."""
    place = jnp.where(happens, jnp.sum(genome.targets <= target), genome.links)
    return genome._replace(
        sources=_inserted(genome.sources, place, source),
        targets=_inserted(genome.targets, place, target),
        weights=_inserted(genome.weights, place, weight),
        innovations=_inserted(genome.innovations, place, number),
        enabled=_inserted(genome.enabled, place, True),
        link_count=genome.link_count + happens,
    )


def _without_link(genome: Population, place: Int[Array, ""]) -> Population:
    def taken(values: Array, filling: int | float | bool) -> Array:
        places = jnp.arange(len(values))
        return jnp.where(
            places < place, values, jnp.append(values[1:], jnp.array(filling, values.dtype))
        )

    return genome._replace(
        sources=taken(genome.sources, 0),
        targets=taken(genome.targets, genome.slots),
        weights=taken(genome.weights, 0.0),
        innovations=taken(genome.innovations, -1),
        enabled=taken(genome.enabled, False),
        link_count=genome.link_count - 1,
    )


def _put(values: Array, place: Int[Array, ""], value: bool) -> Array:
    """A value in a place, by comparing: a scatter would go through the genomes one by one."""
    return jnp.where(jnp.arange(len(values)) == place, value, values)


def _inserted(values: Array, place: Int[Array, ""], value: Array | int) -> Array:
    """A value at a place, and all from there on one further; the last one falls out."""
    places = jnp.arange(len(values))
    return jnp.where(places < place, values, jnp.where(places == place, value, jnp.roll(values, 1)))

"""Making the mutations that were chosen: of structure, and of weights and activations.

What they invent is numbered afterwards (`fer_jax.search.innovations`).

Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies",
Evolutionary Computation 10(2), 2002.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.genome.population import Population
from fer_jax.search.chance import among, bits, either_side, splits, unit
from fer_jax.search.neat_proposal import Proposal, most_of_a_new_weight, put
from fer_jax.search.neat_rates import Rates

NEW_NODE = -2
"""In place of the number of a node that splits a link, until that is known."""

NEW_LINKS = INTO, OUT_OF, JOIN = -2, -3, -4
"""Likewise of the link into such a node, of the one out of it, and of a new link."""


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
    anew = most_of_a_new_weight(rates) * step
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
        enabled = put(enabled, split, False)
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


def _inserted(values: Array, place: Int[Array, ""], value: Array | int) -> Array:
    """A value at a place, and all from there on one further; the last one falls out."""
    places = jnp.arange(len(values))
    return jnp.where(places < place, values, jnp.where(places == place, value, jnp.roll(values, 1)))

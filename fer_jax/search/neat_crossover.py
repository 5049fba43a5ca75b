"""Crossing two genomes by the numbers of their genes.

Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies",
Evolutionary Computation 10(2), 2002.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from fer_jax.genome.population import Population
from fer_jax.search.neat_rates import Rates


def crossed(fitter: Population, other: Population, key: Array, rates: Rates) -> Population:
    """A child of two genomes.

    It has the structure of the fitter one: genes that only one parent has come from that one. Genes
    that both have take their weight from either, or the mean of both. One that counts no more in
    either parent may count no more in the child.

    Args:
        fitter: one genome, from which the child has its nodes and links.
        other: one genome, padded alike.
        key: of the choices.
        rates: the chances.

    Returns:
        The child.
    """
    sides, mean, off = jax.random.split(key, 3)
    place, both = matches(fitter, other)
    weights, enabled = other.weights[place], other.enabled[place]
    shape = fitter.weights.shape
    taken = jnp.where(jax.random.bernoulli(sides, 0.5, shape), weights, fitter.weights)
    averaged = jax.random.uniform(mean) < rates.average
    taken = jnp.where(averaged, 0.5 * (weights + fitter.weights), taken)
    counts = jnp.where(both, fitter.enabled & enabled, fitter.enabled)
    stays_off = jax.random.uniform(off, shape) < rates.stays_disabled
    return fitter._replace(
        weights=jnp.where(both, taken, fitter.weights),
        enabled=fitter.is_link & (counts | ~stays_off),
    )


def matches(one: Population, other: Population) -> tuple[Int[Array, "links"], Bool[Array, "links"]]:
    """For each link of the one genome, where the other has the same gene, and whether it has."""
    same = one.innovations[:, None] == other.innovations
    same &= one.is_link[:, None] & other.is_link
    return jnp.argmax(same, axis=1), same.any(axis=1)

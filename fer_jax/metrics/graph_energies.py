"""Values and derivatives of a graph, slot by slot, in a program that serves any graph.

A graph that is spelled out for XLA node by node takes minutes to compile once it has a few hundred
links. Here the graph itself is data: the weights as a matrix from slots to slots, which lie in
topological order, so that one walk forwards gives the values and one backwards the derivatives.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.network import PRECISION
from fer_jax.genome.program import GraphProgram
from fer_jax.metrics.rounded import ROUNDED_ACTIVATIONS, rounded_color

_NAMES = tuple(ROUNDED_ACTIVATIONS)

SLOTS = 32
"""Slots are filled up to a multiple of it, so that a few programs serve all graphs."""

BLOCK = 512
"""Pixels at a time: their values and derivatives stay in a processor's cache."""


def graph_energies(
    program: GraphProgram,
    params: Float[Array | np.ndarray, "links"],
    masks: Float[Array, "regions pixels"],
    size: int,
) -> Float[np.ndarray, "regions links"]:
    """`fer_jax.metrics.effects.energies` of a graph."""
    slots = -(-len(program.activations) // SLOTS) * SLOTS
    weights = np.zeros((slots, slots), np.float32)
    places = np.full((program.link_count, 2), -1)
    for target, incoming in enumerate(program.incoming):
        for source, link in incoming:
            weights[target, source] = params[link]
            places[link] = target, source
    kinds = np.zeros(slots, np.int32)
    kinds[: len(program.activations)] = [_NAMES.index(name) for name in program.activations]
    sums = np.asarray(
        _energies(
            jnp.asarray(weights),
            jnp.asarray(kinds),
            jnp.array(program.output_slots, jnp.int32),
            masks,
            size,
        ),
        np.float64,
    )
    # Links on which no output depends move nothing.
    drawn = places[:, 0] >= 0
    found = np.zeros((len(masks), program.link_count))
    found[:, drawn] = sums[:, *places[drawn].T]
    return found


@functools.partial(jax.jit, static_argnames="size")
def _energies(
    weights: Float[Array, "slots slots"],
    kinds: Int[Array, "slots"],
    outputs: Int[Array, "3"],
    masks: Float[Array, "regions pixels"],
    size: int,
) -> Float[Array, "regions slots slots"]:
    """The squared derivative by the weight from each slot to each slot, `[region, to, from]`."""
    inputs = pixel_inputs(size).reshape(size * size, -1)
    missing = -len(inputs) % BLOCK
    blocks = jnp.pad(inputs, [(0, missing), (0, 0)]).reshape(-1, BLOCK, inputs.shape[1])
    cut = jnp.pad(masks, [(0, 0), (0, missing)]).reshape(len(masks), -1, BLOCK)

    def add_block(sums: Array, block: tuple[Array, Array]) -> tuple[Array, None]:
        values, squares = _values_and_squares(weights, kinds, outputs, block[0].T)

        def of_region(mask: Float[Array, "block"]) -> Float[Array, "slots slots"]:
            return jnp.matmul(squares * mask, (values**2).T, precision=PRECISION)

        return sums + jax.lax.map(of_region, block[1]), None

    sums = jnp.zeros((len(masks), *weights.shape))
    return jax.lax.scan(add_block, sums, (blocks, jnp.moveaxis(cut, 1, 0)))[0]


def _values_and_squares(
    weights: Float[Array, "slots slots"],
    kinds: Int[Array, "slots"],
    outputs: Int[Array, "3"],
    inputs: Float[Array, "inputs block"],
) -> tuple[Float[Array, "slots block"], Float[Array, "slots block"]]:
    """Each slot's values, and its squared derivatives of the colours, summed over channels."""
    count, pixels = len(kinds), inputs.shape[1]
    branches = [functools.partial(_value_and_slope, name) for name in _NAMES]

    def forward(values: Array, slot: Array) -> tuple[Array, Array]:
        z = jnp.matmul(weights[slot], values, precision=PRECISION)
        value, slope = jax.lax.switch(kinds[slot], branches, z)
        return values.at[slot].set(value), slope

    values = jnp.zeros((count, pixels)).at[: len(inputs)].set(inputs)
    hidden = jnp.arange(len(inputs), count)
    values, slopes = jax.lax.scan(forward, values, hidden)
    _, pull = jax.vjp(rounded_color, values[outputs].T)
    ones = [jnp.zeros((pixels, 3)).at[:, channel].set(1.0) for channel in range(3)]
    by_output = jnp.stack([pull(one)[0] for one in ones])  # (channels, pixels, outputs)
    start = jnp.zeros((count, 3, pixels)).at[outputs].set(jnp.moveaxis(by_output, 2, 0))

    def backward(adjoints: Array, step: tuple[Array, Array]) -> tuple[Array, None]:
        slot, slope = step
        passed = jnp.einsum("t,tcp->cp", weights[:, slot], adjoints, precision=PRECISION)
        return adjoints.at[slot].set((adjoints[slot] + passed) * slope), None

    adjoints, _ = jax.lax.scan(backward, start, (hidden, slopes), reverse=True)
    return values, jnp.sum(adjoints**2, axis=1)


def _value_and_slope(name: str, z: Float[Array, "pixels"]) -> tuple[Array, Array]:
    return jax.jvp(ROUNDED_ACTIVATIONS[name], (z,), (jnp.ones_like(z),))

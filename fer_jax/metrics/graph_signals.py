"""Derivatives of a graph, slot by slot, in a program that serves any graph.

A graph that is spelled out for XLA node by node takes minutes to compile once it has a few hundred
links. Here the graph itself is data: the weights as a matrix from slots to slots, which lie in
topological order, so that one walk forwards gives the values and one backwards the derivatives.
"""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.cppn.network import PRECISION
from fer_jax.genome.program import GraphProgram
from fer_jax.metrics.masked_sums import masked_sums
from fer_jax.metrics.rounded import ROUNDED_ACTIVATIONS, rounded_color

_NAMES = tuple(ROUNDED_ACTIVATIONS)

SLOTS, LINKS = 32, 128
"""Slots and links are filled up to multiples of these, so that a few programs serve all graphs."""


class GraphData(NamedTuple):
    """A graph and its weights, as arrays.

    Attributes:
        weights: `[to, from]`, 0 where there is no link.
        kinds: of each slot, its activation.
        outputs: the slots of hue, saturation and brightness.
        places: of each link `(to, from)`; of those that draw nothing, a slot that is always 0.
    """

    weights: Float[Array, "slots slots"]
    kinds: Int[Array, "slots"]
    outputs: Int[Array, "3"]
    places: Int[Array, "links 2"]


def graph_data(program: GraphProgram, params: Float[np.ndarray, "links"]) -> GraphData:
    """The arrays of a genome's graph; see `GraphData`."""
    used = len(program.activations)
    slots = -(-(used + 1) // SLOTS) * SLOTS
    weights = np.zeros((slots, slots), np.float32)
    places = np.full((-(-program.link_count // LINKS) * LINKS, 2), used, np.int32)
    for target, incoming in enumerate(program.incoming):
        for source, link in incoming:
            weights[target, source] = params[link]
            places[link] = target, source
    # What fills up is an identity, which gives 0.
    kinds = np.full(slots, _NAMES.index("identity"), np.int32)
    kinds[:used] = [_NAMES.index(name) for name in program.activations]
    outputs = np.array(program.output_slots, np.int32)
    return GraphData(*map(jnp.asarray, (weights, kinds, outputs, places)))


@dataclass(frozen=True)
class GraphSignals:
    """Derivatives of any graph; see `fer_jax.metrics.effects.Signals`."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return INPUT_NAMES

    def parameter_count(self, data: GraphData) -> int:
        """How many links the arrays hold, with what fills them up."""
        return len(data.places)

    def jacobian(
        self, data: GraphData, inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels 3 links"]:
        """The derivative of every pixel's colours by every weight."""
        values, adjoints = _walk(data, inputs.T)
        to, source = data.places.T
        return jnp.moveaxis(values[source][:, None] * adjoints[to], 0, -1).swapaxes(0, 1)

    def energies(
        self,
        data: GraphData,
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions links"]:
        """Sums of its squares over the colours, and over pixels as far as regions hold them."""

        def of_block(block: Float[Array, "block inputs"]) -> tuple[Array, Array]:
            values, adjoints = _walk(data, block.T)
            return values**2, jnp.sum(adjoints**2, axis=1)

        def of_mask(known: tuple[Array, Array], mask: Float[Array, "block"]) -> Array:
            values, squares = known
            return jnp.matmul(squares * mask, values.T, precision=PRECISION)

        sums = masked_sums(of_block, of_mask, inputs, masks)
        return sums[:, data.places[:, 0], data.places[:, 1]]

    def factors(
        self, data: GraphData, inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels 3 links"]:
        """The derivatives themselves: a graph has few links."""
        return self.jacobian(data, inputs)

    def products(
        self,
        ones: Float[Array, "ones 3 links"],
        others: Float[Array, "others 3 links"],
        weights: Float[Array, "links"],
    ) -> Float[Array, "ones others"]:
        """Sums over the parameters and colours of products of two pixels' derivatives."""
        return jnp.einsum("pci,qci->pq", ones * weights, others, precision=PRECISION)

    def color_products(
        self,
        ones: Float[Array, "ones 3 links"],
        others: Float[Array, "others 3 links"],
        weights: Float[Array, "links"],
    ) -> Float[Array, "3 3 ones others"]:
        """The same of each colour of the one pixel with each of the other."""
        return jnp.einsum("pci,qdi->cdpq", ones * weights, others, precision=PRECISION)


def _walk(
    data: GraphData, inputs: Float[Array, "inputs pixels"]
) -> tuple[Float[Array, "slots pixels"], Float[Array, "slots 3 pixels"]]:
    """Each slot's values, and the derivatives of the colours by each slot's sum."""
    count, pixels = len(data.kinds), inputs.shape[1]
    branches = [functools.partial(_value_and_slope, name) for name in _NAMES]

    def forward(values: Array, slot: Array) -> tuple[Array, Array]:
        z = jnp.matmul(data.weights[slot], values, precision=PRECISION)
        value, slope = jax.lax.switch(data.kinds[slot], branches, z)
        return values.at[slot].set(value), slope

    values = jnp.zeros((count, pixels)).at[: len(inputs)].set(inputs)
    hidden = jnp.arange(len(inputs), count)
    values, slopes = jax.lax.scan(forward, values, hidden)
    _, pull = jax.vjp(rounded_color, values[data.outputs].T)
    ones = [jnp.zeros((pixels, 3)).at[:, channel].set(1.0) for channel in range(3)]
    by_output = jnp.stack([pull(one)[0] for one in ones])  # (channels, pixels, outputs)
    start = jnp.zeros((count, 3, pixels)).at[data.outputs].set(jnp.moveaxis(by_output, 2, 0))

    def backward(adjoints: Array, step: tuple[Array, Array]) -> tuple[Array, None]:
        slot, slope = step
        passed = jnp.einsum("t,tcp->cp", data.weights[:, slot], adjoints, precision=PRECISION)
        return adjoints.at[slot].set((adjoints[slot] + passed) * slope), None

    adjoints, _ = jax.lax.scan(backward, start, (hidden, slopes), reverse=True)
    return values, adjoints


def _value_and_slope(name: str, z: Float[Array, "pixels"]) -> tuple[Array, Array]:
    return jax.jvp(ROUNDED_ACTIVATIONS[name], (z,), (jnp.ones_like(z),))

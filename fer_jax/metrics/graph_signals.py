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

FAN_IN = 16
"""Links into a slot are filled up to a multiple of it, for the same reason."""


class GraphData(NamedTuple):
    """A graph and its weights, as arrays.

    Attributes:
        weights: `[to, from]`, 0 where there is no link.
        kinds: of each slot, its activation.
        outputs: the slots of hue, saturation and brightness.
        places: of each link `(to, from)`; of those that draw nothing, a slot that is always 0.
        sources: of each slot, the slots that it reads, filled up with one that is always 0.
        fan_in: of each slot, how many it reads.
        units: the slots in the order of the feature maps, filled up likewise.
    """

    weights: Float[Array, "slots slots"]
    kinds: Int[Array, "slots"]
    outputs: Int[Array, "3"]
    places: Int[Array, "links 2"]
    sources: Int[Array, "slots fan"]
    fan_in: Int[Array, "slots"]
    units: Int[Array, "slots"]


def graph_data(program: GraphProgram, params: Float[np.ndarray, "links"]) -> GraphData:
    """The arrays of a genome's graph; see `GraphData`."""
    used = len(program.activations)
    slots = -(-(used + 1) // SLOTS) * SLOTS
    weights = np.zeros((slots, slots), np.float32)
    places = np.full((-(-program.link_count // LINKS) * LINKS, 2), used, np.int32)
    widest = max(map(len, program.incoming))
    sources = np.full((slots, -(-widest // FAN_IN) * FAN_IN), used, np.int32)
    for target, incoming in enumerate(program.incoming):
        for place, (source, link) in enumerate(incoming):
            weights[target, source] = params[link]
            places[link] = target, source
            sources[target, place] = source
    fan_in = np.zeros(slots, np.int32)
    fan_in[:used] = [len(incoming) for incoming in program.incoming]
    # What fills up is an identity, which gives 0.
    kinds = np.full(slots, _NAMES.index("identity"), np.int32)
    kinds[:used] = [_NAMES.index(name) for name in program.activations]
    outputs = np.array(program.output_slots, np.int32)
    in_order = [slot for layer in program.units for slot in layer]
    units = np.full(slots, used, np.int32)
    units[: len(in_order)] = in_order
    arrays = weights, kinds, outputs, places, sources, fan_in, units
    return GraphData(*map(jnp.asarray, arrays))


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
        values, adjoints, _ = _walk(data, inputs.T)
        to, source = data.places.T
        return jnp.moveaxis(values[source][:, None] * adjoints[to], 0, -1).swapaxes(0, 1)

    def energies(
        self,
        data: GraphData,
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions links"]:
        """Sums of its squares over the colours, and over pixels as far as regions hold them."""
        between = self.link_energies(data, inputs, masks)
        return between[:, data.places[:, 1], data.places[:, 0]]

    def link_energies(
        self,
        data: GraphData,
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions slots ends"]:
        """The same of a link between any two slots, and from any slot to the colours' outputs.

        Ends are all slots, then hue, saturation and brightness apart from what else they feed.
        """

        def of_block(block: Float[Array, "block inputs"]) -> tuple[Array, Array]:
            values, adjoints, outputs = _walk(data, block.T)
            return values**2, jnp.sum(jnp.concatenate([adjoints, outputs]) ** 2, axis=1)

        def of_mask(known: tuple[Array, Array], mask: Float[Array, "block"]) -> Array:
            values, squares = known
            return jnp.matmul(values * mask, squares.T, precision=PRECISION)

        return masked_sums(of_block, of_mask, inputs, masks)

    def begun(
        self, data: GraphData, inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "slots pixels"]:
        """The value of each slot."""
        values = jnp.zeros((len(data.kinds), len(inputs))).at[: inputs.shape[1]].set(inputs.T)
        return _redrawn(data, values, inputs.shape[1])

    def drawn(
        self, data: GraphData, begun: Float[Array, "slots pixels"]
    ) -> Float[Array, "pixels 3"]:
        """The rounded picture."""
        return rounded_color(begun[data.outputs].T)

    def drawn_without(
        self, data: GraphData, begun: Float[Array, "slots pixels"], unit: Int[Array, ""]
    ) -> Float[Array, "pixels 3"]:
        """The same, one unit being held at its mean over the pixels."""
        slot = data.units[unit]
        held = begun.at[slot].set(jnp.mean(begun[slot]))
        return self.drawn(data, _redrawn(data, held, jnp.maximum(slot + 1, len(self.inputs))))

    def drawn_with(
        self,
        data: GraphData,
        begun: Float[Array, "slots pixels"],
        which: Int[Array, "k"],
        steps: Float[Array, "k"],
    ) -> Float[Array, "pixels 3"]:
        """The same, some weights being changed by so much."""
        to, source = data.places[which].T
        changed = data._replace(weights=data.weights.at[to, source].add(steps))
        return self.drawn(data, _redrawn(changed, begun, jnp.min(to)))

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


def _redrawn(
    data: GraphData, values: Float[Array, "slots pixels"], first: Int[Array, ""] | int
) -> Float[Array, "slots pixels"]:
    """The values of slots from the first that has changed on: those before it read none after."""
    branches = [ROUNDED_ACTIVATIONS[name] for name in _NAMES]

    def forward(slot: Array, values: Array) -> Array:
        # Only what the slot reads: products with whole rows would be mostly with zeros.
        def add(place: Array, z: Array) -> Array:
            source = data.sources[slot, place]
            return z + data.weights[slot, source] * values[source]

        z = jax.lax.fori_loop(0, data.fan_in[slot], add, jnp.zeros_like(values[0]))
        value = jax.lax.switch(data.kinds[slot], branches, z)
        return jax.lax.dynamic_update_index_in_dim(values, value, slot, 0)

    return jax.lax.fori_loop(first, len(data.kinds), forward, values)


def _walk(
    data: GraphData, inputs: Float[Array, "inputs pixels"]
) -> tuple[
    Float[Array, "slots pixels"], Float[Array, "slots 3 pixels"], Float[Array, "3 3 pixels"]
]:
    """Each slot's values, and the derivatives of the colours by its sum and by each output."""
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
    by_output = jnp.moveaxis(by_output, 2, 0)
    start = jnp.zeros((count, 3, pixels)).at[data.outputs].set(by_output)

    def backward(adjoints: Array, step: tuple[Array, Array]) -> tuple[Array, None]:
        slot, slope = step
        passed = jnp.einsum("t,tcp->cp", data.weights[:, slot], adjoints, precision=PRECISION)
        return adjoints.at[slot].set((adjoints[slot] + passed) * slope), None

    adjoints, _ = jax.lax.scan(backward, start, (hidden, slopes), reverse=True)
    return values, adjoints, by_output


def _value_and_slope(name: str, z: Float[Array, "pixels"]) -> tuple[Array, Array]:
    return jax.jvp(ROUNDED_ACTIVATIONS[name], (z,), (jnp.ones_like(z),))

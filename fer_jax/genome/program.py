"""What a graph computes: the genome node by node, without layerization."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.activations import ACTIVATIONS, LINEAR, Activation
from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.cppn.wiring import Wiring


@dataclass(frozen=True)
class GraphProgram:
    """A graph apart from its weights, nodes in slots of topological order; static in jit.

    Attributes:
        activations: of each slot; the first four slots are the inputs.
        incoming: for each slot, (source slot, index of the weight) of its links.
        depths: of each slot; a source lies at a smaller depth than its target.
        output_slots: where hue, saturation and brightness are.
        link_count: length of the parameter vector; some links may draw nothing.
    """

    activations: tuple[str, ...]
    incoming: tuple[tuple[tuple[int, int], ...], ...]
    depths: tuple[int, ...]
    output_slots: tuple[int, ...]
    link_count: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return INPUT_NAMES

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""
        return OUTPUT_NAMES

    def values(
        self,
        params: Float[Array, "links"],
        inputs: Float[Array, "*pixels inputs"],
        activations: Mapping[str, Activation] = ACTIVATIONS,
    ) -> list[Float[Array, "*pixels"]]:
        """The value of every slot."""
        values = [inputs[..., slot] for slot in range(len(INPUT_NAMES))]
        for slot in range(len(INPUT_NAMES), len(self.activations)):
            z = jnp.zeros_like(values[0])
            for source, link in self.incoming[slot]:
                z = z + params[link] * values[source]
            values.append(activations[self.activations[slot]](z))
        return values

    def layers(
        self,
        params: Float[Array, "links"],
        inputs: Float[Array, "*pixels inputs"],
        activations: Mapping[str, Activation] = ACTIVATIONS,
    ) -> list[Float[Array, "*pixels _width"]]:
        """The inputs, the hidden nodes of each depth that has some, and the outputs."""
        values = self.values(params, inputs, activations)
        stacked = [jnp.stack([values[slot] for slot in slots], axis=-1) for slots in self.units]
        return [inputs, *stacked]

    @property
    def wiring(self) -> Wiring:
        """Which node each link feeds; units lie in the order of `layers`."""
        slots = [slot for layer in self.units for slot in layer]
        target = np.full(self.link_count, len(slots), dtype=np.int32)
        for unit, slot in enumerate(slots):
            for _, link in self.incoming[slot]:
                target[link] = unit
        linear = [self.activations[slot] in LINEAR for slot in slots]
        return Wiring(target, np.array([*linear, False]))

    @property
    def units(self) -> list[tuple[int, ...]]:
        """The slots of every layer behind the inputs; a depth of outputs alone is none."""
        hidden = [
            tuple(
                slot
                for slot, own in enumerate(self.depths)
                if own == depth and slot not in self.output_slots
            )
            for depth in range(1, max(self.depths) + 1)
        ]
        return [*filter(None, hidden), self.output_slots]

"""Derivatives of a dense network, from its units' values and the colours' slopes by their sums."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.activations import LINEAR
from fer_jax.cppn.flat_params import flatten_traced, unflatten
from fer_jax.cppn.network import PRECISION, DenseProgram, activate
from fer_jax.metrics.rounded import ROUNDED_ACTIVATIONS, rounded_color

Layers = list[Float[Array, "pixels _units"]]


@dataclass(frozen=True)
class DenseSignals:
    """Derivatives of the networks of one arch; see `fer_jax.metrics.effects.Signals`.

    Attributes:
        program: what they compute.
    """

    program: DenseProgram

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return self.program.inputs

    def parameter_count(self, params: Float[Array, "params"]) -> int:
        """How many weights there are."""
        return len(params)

    def jacobian(
        self, params: Float[Array, "params"], inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels 3 params"]:
        """The derivative of every pixel's colours by every weight."""
        values, slopes = self._values_and_slopes(params, inputs)

        def of_pixel(values: Layers, slopes: Layers) -> Float[Array, "params"]:
            pairs = zip(values, slopes, strict=True)
            return flatten_traced(self.program.arch, [jnp.outer(*pair) for pair in pairs])

        by_channel = [jax.vmap(of_pixel)(values, channel) for channel in slopes]
        return jnp.stack(by_channel, axis=1)

    def energies(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions params"]:
        """Sums of its squares over the colours, and over pixels as far as regions hold them."""
        values, slopes = self._values_and_slopes(params, inputs)
        squares = [sum(slope**2 for slope in layer) for layer in zip(*slopes, strict=True)]

        def of_region(mask: Float[Array, "pixels"]) -> Float[Array, "params"]:
            kernels = [
                jnp.matmul((value**2 * mask[:, None]).T, square, precision=PRECISION)
                for value, square in zip(values, squares, strict=True)
            ]
            return flatten_traced(self.program.arch, kernels)

        return jax.lax.map(of_region, masks)

    def link_energies(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions sources targets"]:
        """The same of a link between any two units that are not linear.

        From each input and each nonlinear unit, layer by layer, to each nonlinear unit and then to
        the outputs.
        """
        values, slopes = self._values_and_slopes(params, inputs)
        neurons = self.program.arch.neurons
        bent = np.concatenate([np.full(count, name not in LINEAR) for name, count in neurons])
        squares = [sum(slope**2 for slope in layer) for layer in zip(*slopes, strict=True)]
        sources = [values[0], *(layer[:, bent] for layer in values[1:])]
        targets = [*(layer[:, bent] for layer in squares[:-1]), squares[-1]]
        value, square = jnp.concatenate(sources, axis=1) ** 2, jnp.concatenate(targets, axis=1)

        def of_region(mask: Float[Array, "pixels"]) -> Float[Array, "sources targets"]:
            return jnp.matmul((value * mask[:, None]).T, square, precision=PRECISION)

        return jax.lax.map(of_region, masks)

    def moved(
        self, params: Float[Array, "params"], which: Int[Array, "k"], steps: Float[Array, "k"]
    ) -> Float[Array, "params"]:
        """The network with some weights changed by so much."""
        return params.at[which].add(steps)

    def draw(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "pixels inputs"],
        held: Int[Array, ""] | int,
    ) -> Float[Array, "pixels 3"]:
        """The rounded picture, one unit being held at its mean over the pixels."""
        kernels = unflatten(self.program.arch, params)
        values, first = inputs, 0
        for depth, kernel in enumerate(kernels, start=1):
            z = jnp.matmul(values, kernel, precision=PRECISION)
            is_last = depth == len(kernels)
            values = z if is_last else activate(self.program.arch, z, ROUNDED_ACTIVATIONS)
            is_held = jnp.arange(first, first + kernel.shape[1]) == held
            values = jnp.where(is_held, jnp.mean(values, axis=0), values)
            first += kernel.shape[1]
        return rounded_color(values)

    def _values_and_slopes(
        self, params: Float[Array, "params"], inputs: Float[Array, "pixels inputs"]
    ) -> tuple[Layers, list[Layers]]:
        """What each kernel reads, and by channel the slopes of the colours by what it gives."""

        def colors(nudges: Layers) -> tuple[Array, Layers]:
            layers = self.program.layers(params, inputs, ROUNDED_ACTIVATIONS, nudges)
            return rounded_color(layers[-1]), layers[:-1]

        shapes = [kernel.shape for kernel in unflatten(self.program.arch, params)]
        zeros = [jnp.zeros((len(inputs), units)) for _, units in shapes]
        rgb, pull, values = jax.vjp(colors, zeros, has_aux=True)
        ones = [jnp.zeros_like(rgb).at[:, channel].set(1.0) for channel in range(3)]
        return values, [pull(one)[0] for one in ones]

"""Derivatives of a dense network, from its units' values and the colours' slopes by their sums."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.activations import LINEAR
from fer_jax.cppn.flat_params import flatten_traced, unflatten
from fer_jax.cppn.network import PRECISION, DenseProgram, activate
from fer_jax.metrics.masked_sums import masked_sums
from fer_jax.metrics.rounded import ROUNDED_ACTIVATIONS, rounded_color

Layers = list[Float[Array, "pixels _units"]]

Factors = tuple[Float[Array, "pixels layers reads"], Float[Array, "pixels layers 3 gives"]]
"""What each kernel reads, and the slopes of the colours by what it gives."""

UNITS = 8
"""Units are filled up to multiples of it, of which XLA multiplies matrices faster."""


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

        of_channels = jax.vmap(of_pixel, in_axes=(None, 0))
        return jax.vmap(of_channels, in_axes=(0, 1))(values, slopes)

    def energies(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions params"]:
        """Sums of its squares over the colours, and over pixels as far as regions hold them."""

        def of_block(block: Float[Array, "block inputs"]) -> tuple[Layers, Layers]:
            values, slopes = self._values_and_slopes(params, block)
            return [value**2 for value in values], [jnp.sum(slope**2, axis=0) for slope in slopes]

        def of_mask(known: tuple[Layers, Layers], mask: Float[Array, "block"]) -> Array:
            kernels = [
                jnp.matmul((value * mask[:, None]).T, square, precision=PRECISION)
                for value, square in zip(*known, strict=True)
            ]
            return flatten_traced(self.program.arch, kernels)

        return masked_sums(of_block, of_mask, inputs, masks)

    def factors(
        self, params: Float[Array, "params"], inputs: Float[Array, "pixels inputs"]
    ) -> Factors:
        """What each kernel reads, and the slopes of the colours by what it gives."""
        values, slopes = self._values_and_slopes(params, inputs)
        reads, gives = self._widest
        # All kernels are filled up to one shape, so that one loop takes them one after another.
        values = [_filled(value, reads) for value in values]
        slopes = [_filled(jnp.moveaxis(slope, 0, 1), gives) for slope in slopes]
        return jnp.stack(values, axis=1), jnp.stack(slopes, axis=1)

    def products(
        self, ones: Factors, others: Factors, weights: Float[Array, "params"]
    ) -> Float[Array, "ones others"]:
        """Sums over the parameters and colours of products of two pixels' derivatives."""
        return self._summed(_products, (), ones, others, weights)

    def color_products(
        self, ones: Factors, others: Factors, weights: Float[Array, "params"]
    ) -> Float[Array, "3 3 ones others"]:
        """The same of each colour of the one pixel with each of the other."""
        return self._summed(_color_products, (3, 3), ones, others, weights)

    def _summed(
        self,
        of_layer: Callable[..., Array],
        colors: tuple[int, ...],
        ones: Factors,
        others: Factors,
        weights: Float[Array, "params"],
    ) -> Float[Array, "*colors ones others"]:
        kernels = map(jnp.asarray, unflatten(self.program.arch, weights))
        reads, gives = self._widest
        filled = jnp.stack([_filled(_filled(kernel.T, reads).T, gives) for kernel in kernels])
        by_layer = [jnp.moveaxis(part, 1, 0) for part in (*ones, *others)]

        def add_layer(sums: Array, layer: tuple[Array, ...]) -> tuple[Array, None]:
            return sums + of_layer(*layer), None

        sums = jnp.zeros((*colors, len(ones[0]), len(others[0])))
        return jax.lax.scan(add_layer, sums, (filled, *by_layer))[0]

    @property
    def _widest(self) -> tuple[int, int]:
        """The most that any kernel reads, and the most that any gives, filled up."""
        reads, gives = zip(*self.program.arch.kernel_shapes, strict=True)
        return -(-max(reads) // UNITS) * UNITS, -(-max(gives) // UNITS) * UNITS

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
        neurons = self.program.arch.neurons
        bent = np.concatenate([np.full(count, name not in LINEAR) for name, count in neurons])

        def of_block(block: Float[Array, "block inputs"]) -> tuple[Array, Array]:
            values, slopes = self._values_and_slopes(params, block)
            squares = [jnp.sum(slope**2, axis=0) for slope in slopes]
            sources = [values[0], *(layer[:, bent] for layer in values[1:])]
            targets = [*(layer[:, bent] for layer in squares[:-1]), squares[-1]]
            return jnp.concatenate(sources, axis=1) ** 2, jnp.concatenate(targets, axis=1)

        def of_mask(known: tuple[Array, Array], mask: Float[Array, "block"]) -> Array:
            values, squares = known
            return jnp.matmul((values * mask[:, None]).T, squares, precision=PRECISION)

        return masked_sums(of_block, of_mask, inputs, masks)

    def begun(
        self, params: Float[Array, "params"], inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels inputs"]:
        """The inputs: layers are drawn so fast that nothing is gained by keeping some."""
        return inputs

    def drawn(
        self, params: Float[Array, "params"], begun: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels 3"]:
        """The rounded picture."""
        return self.drawn_without(params, begun, jnp.array(-1))

    def drawn_without(
        self,
        params: Float[Array, "params"],
        begun: Float[Array, "pixels inputs"],
        unit: Int[Array, ""],
    ) -> Float[Array, "pixels 3"]:
        """The same, one unit being held at its mean over the pixels."""
        kernels = unflatten(self.program.arch, params)
        values, first = begun, 0
        for depth, kernel in enumerate(kernels, start=1):
            z = jnp.matmul(values, kernel, precision=PRECISION)
            is_last = depth == len(kernels)
            values = z if is_last else activate(self.program.arch, z, ROUNDED_ACTIVATIONS)
            is_held = jnp.arange(first, first + kernel.shape[1]) == unit
            values = jnp.where(is_held, jnp.mean(values, axis=0), values)
            first += kernel.shape[1]
        return rounded_color(values)

    def drawn_with(
        self,
        params: Float[Array, "params"],
        begun: Float[Array, "pixels inputs"],
        which: Int[Array, "k"],
        steps: Float[Array, "k"],
    ) -> Float[Array, "pixels 3"]:
        """The same, some weights being changed by so much."""
        return self.drawn(params.at[which].add(steps), begun)

    def _values_and_slopes(
        self, params: Float[Array, "params"], inputs: Float[Array, "pixels inputs"]
    ) -> tuple[Layers, list[Float[Array, "3 pixels _units"]]]:
        """What each kernel reads, and the slopes of the colours by what it gives."""

        def colors(nudges: Layers) -> tuple[Array, Layers]:
            layers = self.program.layers(params, inputs, ROUNDED_ACTIVATIONS, nudges)
            return rounded_color(layers[-1]), layers[:-1]

        zeros = [jnp.zeros((len(inputs), units)) for _, units in self.program.arch.kernel_shapes]
        rgb, pull, values = jax.vjp(colors, zeros, has_aux=True)
        by_channel = jnp.broadcast_to(jnp.eye(3)[:, None], (3, *rgb.shape))
        return values, jax.vmap(lambda channel: pull(channel)[0])(by_channel)


def _filled(values: Float[Array, "*rest units"], units: int) -> Float[Array, "*rest filled"]:
    """With zeros, up to so many units."""
    missing = units - values.shape[-1]
    return jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)])


def _products(
    weights: Float[Array, "reads gives"],
    one: Float[Array, "ones reads"],
    slope: Float[Array, "ones 3 gives"],
    other: Float[Array, "others reads"],
    other_slope: Float[Array, "others 3 gives"],
) -> Float[Array, "ones others"]:
    """`sum_ijc weights_ij one_pi slope_pcj other_qi other_slope_qcj`, for each p and q."""
    slopes = sum(slope[:, color, :, None] * other_slope[:, color].T[None] for color in range(3))
    return jnp.sum(_given(weights, one, other) * slopes, axis=1)


def _color_products(
    weights: Float[Array, "reads gives"],
    one: Float[Array, "ones reads"],
    slope: Float[Array, "ones 3 gives"],
    other: Float[Array, "others reads"],
    other_slope: Float[Array, "others 3 gives"],
) -> Float[Array, "3 3 ones others"]:
    """`sum_ij weights_ij one_pi slope_pcj other_qi other_slope_qdj`, for each c, d, p and q."""
    given = _given(weights, one, other)
    return jnp.array(
        [
            [
                jnp.sum(given * slope[:, c, :, None] * other_slope[:, d].T[None], axis=1)
                for d in range(3)
            ]
            for c in range(3)
        ]
    )


def _given(
    weights: Float[Array, "reads gives"],
    one: Float[Array, "ones reads"],
    other: Float[Array, "others reads"],
) -> Float[Array, "ones gives others"]:
    """`sum_i weights_ij one_pi other_qi`; pixels last, where a processor adds many at a time."""
    scaled = one[:, None] * weights.T
    return jnp.einsum("pji,qi->pjq", scaled, other, precision=PRECISION)

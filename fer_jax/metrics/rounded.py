"""The picture with its corners rounded, for derivatives.

A ReLU and the colour map have corners, where the slope jumps: where brightness passes 1, saturation
passes 0 or hue passes from one sextant to the next. Whole regions of a picture may lie exactly on
such a corner, and there a rounding error of the last digit would decide whether a parameter counts.
Rounded corners make every score a continuous function of the weights.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.render import Program

SOFTNESS = 0.02
"""Width of a corner, in units of the values: beyond 5 of it, slopes differ by less than 1%."""


@jax.custom_jvp
def _relu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """The exact value, since errors would grow from layer to layer; only its slope is rounded."""
    return jax.nn.relu(z)


@_relu.defjvp
def _relu_slope(primals, tangents):  # type: ignore[no-untyped-def]
    (z,), (tangent,) = primals, tangents
    return _relu(z), jax.nn.sigmoid(z / SOFTNESS) * tangent


ROUNDED_ACTIVATIONS: Mapping[str, Activation] = {**ACTIVATIONS, "relu": _relu}


def draw_rounded(
    program: Program, params: Float[Array, "params"], inputs: Float[Array, "*pixels inputs"]
) -> Float[Array, "*pixels 3"]:
    """`fer_jax.cppn.render.draw` with rounded corners: RGB, up to 0.03 off.

    Example:
        >>> import fer_jax
        >>> from fer_jax.cppn.coordinates import pixel_inputs
        >>> model = fer_jax.load_genome("sunrise")
        >>> rounded = draw_rounded(model.program, jnp.asarray(model.params), pixel_inputs(16))
        >>> bool(abs(rounded - fer_jax.render(model, 16)).max() < 0.03)
        True
    """
    return rounded_color(program.layers(params, inputs, ROUNDED_ACTIVATIONS)[-1])


def rounded_color(outputs: Float[Array, "*pixels 3"]) -> Float[Array, "*pixels 3"]:
    """`fer_jax.cppn.color.outputs_to_rgb` with rounded corners."""
    hue, saturation, brightness = outputs[..., 0], outputs[..., 1], outputs[..., 2]
    saturation = _rounded_clip(saturation)
    value = _rounded_clip(jnp.sqrt(jnp.square(brightness) + SOFTNESS**2))
    # The hexcone: red, green and blue are one wave of the hue, a third of a turn apart.
    waves = [
        _rounded_clip(jnp.abs(6.0 * jnp.mod(hue - third / 3.0, 1.0) - 3.0) - 1.0)
        for third in range(3)
    ]
    return jnp.stack([value * (1.0 - saturation * (1.0 - wave)) for wave in waves], axis=-1)


def _rounded_clip(values: Float[Array, "*pixels"]) -> Float[Array, "*pixels"]:
    """`clip(values, 0, 1)`, the integral of a slope that goes smoothly from 0 to 1 and back."""
    below = jax.nn.softplus(values / SOFTNESS)
    return SOFTNESS * (below - jax.nn.softplus((values - 1.0) / SOFTNESS))

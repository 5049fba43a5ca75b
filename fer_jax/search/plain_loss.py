"""The loss in its plain form, pixel by pixel: what every fast path is tested against."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import draw


def image_loss(
    program: DenseProgram,
    params: Float[Array, "params"],
    inputs: Float[Array, "*pixels inputs"],
    target: Float[Array, "*pixels 3"],
) -> Float[Array, ""]:
    """Mean squared error of RGB over pixels and channels, as in the original study's code.

    Args:
        program: of the network.
        params: its flat weights.
        inputs: of each pixel.
        target: RGB of each pixel, in [0, 1].

    Returns:
        The loss; differentiable.
    """
    return jnp.mean(jnp.square(draw(program, params, inputs) - target))

"""How far each parameter moves each region of the picture.

The derivative of a pixel by the weight of a link is the value at the link's source times the
pixel's derivative by the sum at the link's target. So the whole Jacobian, pixels times channels
times parameters, is never made: the values and the derivatives by the units are enough.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.flat_params import flatten_traced, unflatten
from fer_jax.cppn.network import PRECISION, DenseProgram
from fer_jax.cppn.render import Model
from fer_jax.genome.program import GraphProgram
from fer_jax.metrics.graph_energies import graph_energies
from fer_jax.metrics.rounded import ROUNDED_ACTIVATIONS, rounded_color

REGIONS = 8
"""Regions are filled up to a multiple of it."""


def energies(
    model: Model, masks: Float[np.ndarray | Array, "regions size size"]
) -> Float[np.ndarray, "regions params"]:
    """The squared derivative of every parameter, summed over the pixels and channels of regions.

    Args:
        model: a `Genome` or a `Cppn`.
        masks: of each region, how far each pixel belongs to it.

    Returns:
        float64 `sum over p and c of mask(p) J_pci^2`, where J is the derivative of the picture
        with rounded corners (`fer_jax.metrics.rounded`), not scaled by the parameter.

    Example:
        >>> import fer_jax
        >>> energies(fer_jax.load_genome("sunrise"), np.ones((1, 16, 16))).min() >= 0
        np.True_
    """
    program, params = model.program, jnp.asarray(model.params)
    count, size = len(masks), np.shape(masks)[-1]
    # Filled up, so that one program serves several numbers of regions.
    flat = jnp.asarray(masks, jnp.float32).reshape(count, -1)
    flat = jnp.pad(flat, [(0, -count % REGIONS), (0, 0)])
    if isinstance(program, GraphProgram):
        return graph_energies(program, params, flat, size)[:count]
    if isinstance(program, DenseProgram):
        return np.asarray(_dense(program, params, flat, size), np.float64)[:count]
    raise TypeError(f"{type(program).__name__} is neither a graph nor a dense program")


@functools.partial(jax.jit, static_argnames=("program", "size"))
def _dense(
    program: DenseProgram,
    params: Float[Array, "params"],
    masks: Float[Array, "regions pixels"],
    size: int,
) -> Float[Array, "regions params"]:
    inputs = pixel_inputs(size, program.inputs).reshape(size * size, -1)
    kernels = unflatten(program.arch, params)

    def colors(nudges: list[Array]) -> tuple[Array, list[Array]]:
        layers = program.layers(params, inputs, ROUNDED_ACTIVATIONS, nudges)
        return rounded_color(layers[-1]), layers[:-1]

    zeros = [jnp.zeros((size * size, kernel.shape[1])) for kernel in kernels]
    rgb, pull, values = jax.vjp(colors, zeros, has_aux=True)
    squares = [jnp.zeros_like(zero) for zero in zeros]
    for channel in range(3):
        (slopes,) = pull(jnp.zeros_like(rgb).at[:, channel].set(1.0))
        squares = [square + slope**2 for square, slope in zip(squares, slopes, strict=True)]

    def of_region(mask: Float[Array, "pixels"]) -> Float[Array, "params"]:
        return flatten_traced(
            program.arch,
            [
                jnp.matmul((value**2 * mask[:, None]).T, square, precision=PRECISION)
                for value, square in zip(values, squares, strict=True)
            ],
        )

    return jax.lax.map(of_region, masks)

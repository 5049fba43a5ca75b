"""Pixel coordinates: the one owner of axis order.

A pixel's row runs from top to bottom and its column from left to right; `x` follows the column
and `y` follows the row, so `y = -1` is the top of the image. Images are indexed `[row, column]`.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.names import INPUT_NAMES

DISTANCE_SCALE = 1.4
"""Picbreeder's factor on the distance from the centre: the corners are at `1.4 * sqrt(2)`."""


def pixel_inputs(
    size: int, names: tuple[str, ...] = INPUT_NAMES
) -> Float[Array, "size size inputs"]:
    """The inputs of every pixel of a square image.

    Args:
        size: pixels along one side, at least 2.
        names: which inputs, in which order; each of `INPUT_NAMES`.

    Returns:
        float32, `[row, column, input]`. `x` and `y` are evenly spaced in [-1, 1] with both ends
        included; `d = 1.4 sqrt(x^2 + y^2)`; `bias = 1`.

    Raises:
        ValueError: for a size below 2 or an unknown name.

    Example:
        >>> inputs = pixel_inputs(3)
        >>> inputs[0, 2].tolist()[:2]  # the top right corner
        [1.0, -1.0]
    """
    if size < 2:
        raise ValueError(f"image size is {size}; expected at least 2 pixels along a side")
    axis = jnp.linspace(-1.0, 1.0, size, dtype=jnp.float32)
    y, x = jnp.meshgrid(axis, axis, indexing="ij")
    planes = {
        "x": x,
        "y": y,
        "d": DISTANCE_SCALE * jnp.sqrt(x**2 + y**2),
        "bias": jnp.ones_like(x),
    }
    unknown = [name for name in names if name not in planes]
    if unknown:
        raise ValueError(f"unknown input {unknown[0]!r}; the inputs are {', '.join(planes)}")
    return jnp.stack([planes[name] for name in names], axis=-1)

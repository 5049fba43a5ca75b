"""Pixel coordinates: the one owner of axis order.

A pixel's row runs from top to bottom and its column from left to right; `x` follows the column
and `y` follows the row, so `y = -1` is the top of the image. Images are indexed `[row, column]`.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.names import IMAGE_INPUT, INPUT_NAMES

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
    _check_names(names)
    return jnp.stack([planes[name] for name in names], axis=-1)


def pixel_input_slopes(
    size: int, names: tuple[str, ...] = INPUT_NAMES
) -> Float[Array, "size size 2 inputs"]:
    """How fast the inputs of every pixel change along x and along y.

    Args:
        size: pixels along one side, at least 2.
        names: which inputs, in which order; each of `INPUT_NAMES`.

    Returns:
        float32, `[row, column, axis, input]`: the derivative by x, then that by y. In the centre,
        where the distance has none, it is taken to be 0.

    Raises:
        ValueError: for a size below 2 or an unknown name.

    Example:
        >>> pixel_input_slopes(3, ("x", "bias"))[1, 2].tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    x, y, distance, bias = jnp.moveaxis(pixel_inputs(size), -1, 0)
    # The distance is scaled, so its slope is the scale's square times the coordinate over it.
    steepness = DISTANCE_SCALE**2 / jnp.where(distance > 0, distance, 1.0)
    flat, steep = jnp.zeros_like(bias), jnp.ones_like(bias)
    planes = {
        "x": (steep, flat),
        "y": (flat, steep),
        "d": (steepness * x, steepness * y),
        "bias": (flat, flat),
    }
    _check_names(names)
    along = [jnp.stack([planes[name][axis] for name in names], axis=-1) for axis in (0, 1)]
    return jnp.stack(along, axis=-2)


def _check_names(names: tuple[str, ...]) -> None:
    for name in names:
        if name.startswith(IMAGE_INPUT):
            raise ValueError(
                f"input {name!r} is that of a conditional network, which draws several images; "
                f"select one of them first: fer_jax.select(network, 0)"
            )
        if name not in INPUT_NAMES:
            raise ValueError(f"unknown input {name!r}; the inputs are {', '.join(INPUT_NAMES)}")

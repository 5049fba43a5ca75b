"""The background of a picture: a smooth surface through its most common colour."""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.image.plane_map import pixel_points

SPREAD = 0.06
"""How far a colour may be from the background's and still be the background."""

COST = 1e-4
"""Of bending, a pixel: the surface is not to follow a shape where it sees no background."""

ROUNDS = 12
"""Of fitting it to the pixels that are near to it."""


def background(image: Float[np.ndarray, "size size 3"]) -> Float[np.ndarray, "size size 3"]:
    """Its colours everywhere, also behind what stands before it.

    Args:
        image: RGB in [0, 1].

    Returns:
        A quadratic function of x and y, about RGB in [0, 1]. Flat where the background is.

    Example:
        >>> sky = np.full((32, 32, 3), 0.5)
        >>> sky[8:20, 8:20] = 1.0
        >>> background(sky)[[0, 12], [0, 12], 0].round(2).tolist()
        [0.5, 0.5]
    """
    x, y = pixel_points(len(image)).reshape(-1, 2).T
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    bending = np.diag([0.0, 1.0, 1.0, 1.0, 1.0, 1.0]) * COST * len(terms)
    pixels = image.reshape(-1, 3)
    surface = np.broadcast_to(_common_colour(pixels), pixels.shape)
    for _ in range(ROUNDS):
        distance = np.mean((pixels - surface) ** 2, axis=-1)
        weighted = terms * np.exp(-distance / (2.0 * SPREAD**2))[:, None]
        surface = terms @ np.linalg.solve(weighted.T @ terms + bending, weighted.T @ pixels)
    return surface.reshape(image.shape)


def _common_colour(pixels: Float[np.ndarray, "pixels 3"]) -> Float[np.ndarray, "3"]:
    """Where the pixels' colours are densest."""
    some = pixels[:: max(1, len(pixels) // 800)]
    squares = np.mean((some[:, None] - some) ** 2, axis=-1)
    return some[np.argmax(np.sum(np.exp(-squares / (2.0 * SPREAD**2)), axis=1))]

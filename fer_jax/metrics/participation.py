"""How far a parameter takes part in drawing the picture, from 0 to 1."""

import numpy as np
from jaxtyping import Float

from fer_jax.cppn.wiring import Wiring
from fer_jax.metrics.live import carriers

LEAST_EFFECT = 1.0 / 255.0
"""Root mean square of a change of the picture that counts by half: one step of 8-bit colour."""


def participation(
    params: Float[np.ndarray, "params"],
    wiring: Wiring,
    energy: Float[np.ndarray, "params"],
    pixels: int,
) -> Float[np.ndarray, "params"]:
    """How far each parameter takes part.

    With x the root mean square, over pixels and channels, of how the picture changes as the
    weight w changes by all of itself (`x^2 = w^2 sum J^2 / (3 pixels)`), it is
    `x^2 / (x^2 + t^2) (1 - carrier)`, where t is `LEAST_EFFECT`. So every parameter counts once,
    however large its effect, as long as it can be seen; weights of 0 do not count. Rescaling a
    ReLU or linear unit against the next layer changes nothing.

    Args:
        params: the weights.
        wiring: which unit each feeds.
        energy: of each parameter over the whole picture, as `energies` gives it.
        pixels: of the picture.

    Returns:
        float64 in [0, 1].

    Example:
        >>> wiring = Wiring(np.array([0, 0]), np.array([False, False]))
        >>> participation(np.array([0.0, 2.0]), wiring, np.array([9.0, 9.0]), 100).round(2).tolist()
        [0.0, 1.0]
    """
    return seen(params, energy, pixels) * (1.0 - carriers(params, wiring))


def seen(
    weights: Float[np.ndarray, "links"], energy: Float[np.ndarray, "links"], pixels: int
) -> Float[np.ndarray, "links"]:
    """How far what each weight does can be seen: `x^2 / (x^2 + t^2)`, as above.

    Args:
        weights: of parameters or effective links.
        energy: of each over the whole picture.
        pixels: of the picture.

    Returns:
        float64 in [0, 1].
    """
    squares = np.asarray(weights, np.float64) ** 2 * energy / (3.0 * pixels)
    return squares / (squares + LEAST_EFFECT**2)

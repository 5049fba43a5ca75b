"""Which parameters take part: a continuous rule on the weights, never on where they came from.

A layerized genome is mostly carriers: linear units with one input of weight exactly 1, which pass
a value through a layer. They say nothing of how the picture is made, so they weigh nothing, and a
genome reads the same as a graph and layerized. Nothing here jumps: a weight of 1e-6 in place of
0, which changes no picture, changes no score.
"""

import numpy as np
from jaxtyping import Float

from fer_jax.cppn.wiring import Wiring

THRESHOLD = 0.02
"""Weights well below it count as absent, and so does a distance from 1 in a carrier. Small
against the weights of evolved links, of which all but a few are above 0.1."""


def live_weights(
    params: Float[np.ndarray, "params"], wiring: Wiring
) -> Float[np.ndarray, "params"]:
    """How far each parameter takes part, from 0 (absent, or a carrier) to 1.

    `live = present (1 - carrier)` with `present = w^2 / (w^2 + t^2)` and
    `carrier = linear exp(-((w - 1) / t)^2) exp(-rest / t^2)`, where `rest` is the sum of the other
    squared weights into the same unit and `t` is `THRESHOLD`.

    Args:
        params: the weights.
        wiring: which unit each feeds.

    Returns:
        float64 in [0, 1].

    Example:
        >>> wiring = Wiring(np.array([0, 1, 1]), np.array([True, True, False]))
        >>> live_weights(np.array([1.0, 1.0, 0.5]), wiring).round(3).tolist()
        [0.0, 1.0, 0.998]
    """
    weights = np.asarray(params, dtype=np.float64)
    squares = weights**2
    return squares / (squares + THRESHOLD**2) * (1.0 - carriers(weights, wiring))


def carriers(params: Float[np.ndarray, "params"], wiring: Wiring) -> Float[np.ndarray, "params"]:
    """How far each parameter is the weight 1 by which a linear unit passes one value on.

    Args:
        params: the weights.
        wiring: which unit each feeds.

    Returns:
        float64 in [0, 1].

    Example:
        >>> carriers(np.array([1.0, 1.0]), Wiring(np.array([0, 1]), np.array([True, False])))
        array([1., 0.])
    """
    weights = np.asarray(params, dtype=np.float64)
    squares = weights**2
    into = np.bincount(wiring.target_unit, weights=squares, minlength=len(wiring.linear))
    rest = np.maximum(into[wiring.target_unit] - squares, 0.0)
    near_one = np.exp(-(((weights - 1.0) / THRESHOLD) ** 2) - rest / THRESHOLD**2)
    return wiring.linear[wiring.target_unit] * near_one

"""How far do parameters break a symmetry that the picture has?

Where the picture is its own mirror image, an effect (the derivative of the picture by a parameter)
is a sum of an even part, which keeps the symmetry, and an odd one, which breaks it. Let s be the
odd part's share of the energy, its squares summed over pixels and colours. A picture is never quite
symmetric: with r its correlation with its mirror image, the odd share of its own contrast is
`a = (1 - r) / 2`. Effects that know nothing of the mirror have a share of 1/2. So what counts is
`(s - a) / (1/2 - a)`.
"""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.symmetry import Mirror, find_mirrors
from fer_jax.metrics.view import View


def symmetry_break(view: View) -> float:
    """Mean odd share of the effects beyond the picture's own, each as far as it takes part.

    A picture that is as symmetric about both axes gets the mean over both.

    Args:
        view: of the model.

    Returns:
        0 where effects are as symmetric as the picture, 1 where they know nothing of the mirror;
        negative where they are more symmetric, above 1 where they are odd by themselves.

    Raises:
        Undefined: if the picture has no mirror symmetry, or no parameter takes part.
    """
    mirrors = find_mirrors(view.image)
    energy = np.einsum("rcki,rcki->i", view.effect_maps, view.effect_maps).astype(np.float64)
    parts = view.participation * (energy > 0)
    if not parts.sum() > 0:
        raise Undefined("no parameter takes part")
    readings, weights = [], []
    for mirror, weight in mirrors:
        shares = _odd(view.effect_maps, mirror) / np.where(energy > 0, energy, 1.0)
        own = (1.0 - mirror.correlation) / 2.0
        readings.append((float(parts @ shares / parts.sum()) - own) / (0.5 - own))
        weights.append(weight)
    return float(np.average(readings, weights=weights))


def _odd(
    maps: Float[np.ndarray, "size size 3 params"], mirror: Mirror
) -> Float[np.ndarray, "params"]:
    """Energy of the odd part of each effect."""
    total = np.zeros(maps.shape[-1])
    for row, other in zip(maps, np.flip(maps, mirror.axis), strict=True):
        half = 0.5 * (row - other)
        total += np.einsum("cki,cki->i", half, half)
    return total


METRIC = Metric(
    name="symmetry_break",
    version="1",
    kind="entanglement",
    worse="higher",
    range="below 0 to 2 and above",
    calibration="0: effects are as symmetric as the picture; 1: they know nothing of its mirror",
    needs="a picture that is its own mirror image, left to right or up to down",
    basis_free=False,
    reference="Defined here.",
    summary="How far parameters break the picture's mirror symmetry, beyond its own asymmetry.",
    compute=symmetry_break,
)

"""Do the same parameters draw both halves of a symmetric picture?

With `K(p, q)` the product of how the live parameters move the pixels p and q, two pixels share
their mechanism as far as `K(p, q) / sqrt(K(p, p) K(q, q))` is near 1. In a picture whose halves
mirror each other, a unified network draws both with one mechanism, so that mirrored pixels share
all of it; a fractured one draws them apart. But a network of low gain moves the whole picture
alike and would pass for unified, so what counts is the sharing s of mirrored pixels beyond the
sharing b of pixels at the same distance that do not mirror each other: `(s - b) / (1 - b)`.

Derivatives are not scaled by the size of the parameter. The reading is then unchanged by any
rotation of parameter space, though not by rescaling a linear unit against the next layer. A picture
of more than 64 pixels a side is looked at with 64.
"""

import numpy as np
from jaxtyping import Float, Int

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.symmetry import find_mirrors
from fer_jax.metrics.view import View

LEAST_ROOM = 0.05
"""Least 1 - b: where everything is shared anyway, mirrored pixels cannot share more."""


def mirror_sharing(view: View) -> float:
    """Mirror sharing, calibrated: 1 for one mechanism, 0 for no more than any two pixels share.

    A picture that is as symmetric about both axes gets the mean over both.

    Args:
        view: of the model.

    Returns:
        `(s - b) / (1 - b)`, at most 1; negative where mirrored pixels share less than others.

    Raises:
        Undefined: if the picture has no mirror symmetry; if no parameter moves it; or if b is so
            near 1 that nothing can be told.
    """
    weights, readings = [], []
    for mirror, weight in find_mirrors(view.image):
        if mirror.axis == 1:
            reading = _calibrated(view.mirrored_row_products, view.column_products)
        else:
            reading = _calibrated(view.mirrored_column_products, view.row_products)
        weights.append(weight)
        readings.append(reading)
    return float(np.average(readings, weights=weights))


def _calibrated(
    mirrored: Float[np.ndarray, "size size size"], control: Float[np.ndarray, "size size size"]
) -> float:
    """`(s - b) / (1 - b)` from lines that the mirror reverses, and lines that it leaves alone."""
    size = len(mirrored)
    shared = possible = expected = 0.0
    # The outermost pixels are left out: at their distance, every pair mirrors each other.
    for place in range(1, size // 2):
        distance = size - 1 - 2 * place
        pair, ceiling = _sharing(mirrored, np.array([place]), distance)
        # Pairs around the middle would be mirrored too, if the picture has the other symmetry.
        starts = np.delete(np.arange(size - distance), place)
        usual, usual_ceiling = _sharing(control, starts, distance)
        if usual_ceiling > 0:
            shared += pair
            possible += ceiling
            expected += ceiling * usual / usual_ceiling
    if possible <= 0:
        raise Undefined("no live parameter moves pixels that mirror each other")
    s, b = shared / possible, expected / possible
    if 1.0 - b < LEAST_ROOM:
        raise Undefined(
            f"any two pixels share {b:.2f} of what draws them; mirrored ones cannot share more"
        )
    return (s - b) / (1.0 - b)


def _sharing(
    products: Float[np.ndarray, "lines size size"], starts: Int[np.ndarray, "starts"], distance: int
) -> tuple[float, float]:
    """Sum of K over pairs of pixels in a line, and the most that it could be."""
    first, second = starts, starts + distance
    shared = products[:, first, second]
    possible = np.sqrt(products[:, first, first] * products[:, second, second])
    return float(shared.sum()), float(possible.sum())


METRIC = Metric(
    name="mirror_sharing",
    version="2",
    kind="fracture",
    worse="lower",
    range="below 0 to 1",
    calibration=(
        "0: mirrored pixels share no more than others at their distance; 1: one mechanism "
        "draws both halves"
    ),
    needs=(
        "a picture that is its own mirror image, left to right or up to down, by a "
        "correlation of 0.5; pixels that do not share everything anyway"
    ),
    basis_free=True,
    reference="Defined here.",
    summary=(
        "How far the same parameters draw both halves of a mirror-symmetric picture, beyond "
        "what pixels at the same distance share anyway."
    ),
    compute=mirror_sharing,
)

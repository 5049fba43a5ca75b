"""How much of the picture cannot move, because the colour map clips it."""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.view import View

LEAST_SATURATION = 1e-3
"""Below it hue and saturation show so little that they count as clipped."""


def still_pixels(view: View) -> float:
    """Share of pixels at which no output can change the colour by a small step.

    These are the pixels whose brightness lies beyond 1 and which have no saturation: white ones.

    Args:
        view: of the model.

    Returns:
        From 0 to 1.
    """
    saturation, brightness = view.maps[-1][..., 1], view.maps[-1][..., 2]
    return float(np.mean((np.abs(brightness) > 1.0) & (saturation < LEAST_SATURATION)))


METRIC = Metric(
    name="still_pixels",
    version="1",
    kind="report",
    worse="neither",
    range="0 to 1",
    calibration="0: every pixel can move; 1: none can",
    needs="nothing",
    basis_free=True,
    reference="Defined here.",
    summary="Share of pixels that no parameter can move, because the colour map clips them.",
    compute=still_pixels,
)

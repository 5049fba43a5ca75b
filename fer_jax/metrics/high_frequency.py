"""How much of the feature maps is fine detail: a baseline, which sees nothing but smoothness."""

import numpy as np
import scipy

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

CUTOFF = 0.25
"""Of the highest frequency that the pixels can show along one axis."""


def high_frequency(view: View) -> float:
    """Share of the maps' variance beyond a quarter of the highest frequency.

    Args:
        view: of the model.

    Returns:
        From 0 to 1: the mean over the units whose maps vary, as far as each takes part.

    Raises:
        Undefined: if there is none.
    """
    shares: list[float] = []
    weights: list[float] = []
    # A window, since the picture's borders would count as detail.
    window = np.hanning(view.size + 2)[1:-1]
    frequencies = scipy.fft.fftfreq(view.size) / 0.5
    across = np.abs(scipy.fft.rfftfreq(view.size) / 0.5)
    fine = np.hypot(frequencies[:, None], across) > CUTOFF
    # The half of the spectrum that a real picture's has; all but its ends stand for two.
    twice = np.where((across > 0) & (across < 1), 2.0, 1.0)
    for maps, live in zip(view.maps[1:], view.live_units, strict=True):
        units = np.moveaxis(maps.astype(np.float64), -1, 0)
        centred = units - units.mean(axis=(1, 2), keepdims=True)
        varies = centred.std(axis=(1, 2)) > 1e-5 * (1.0 + np.abs(units).max(axis=(1, 2)))
        power = twice * np.abs(scipy.fft.rfft2(centred[varies] * window * window[:, None])) ** 2
        shares += (power[:, fine].sum(axis=1) / power.sum(axis=(1, 2))).tolist()
        weights += live[varies].tolist()
    if sum(weights) < 1e-3:
        raise Undefined("no unit takes part whose map varies")
    return float(np.average(shares, weights=weights))


METRIC = Metric(
    name="high_frequency",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 to 1",
    calibration="0: no fine detail; 1: nothing else",
    needs="a map that varies",
    basis_free=False,
    reference="Defined here.",
    summary="Share of the maps' variance that is fine detail.",
    compute=high_frequency,
)

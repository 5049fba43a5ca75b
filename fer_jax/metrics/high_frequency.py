"""How much of the feature maps is fine detail: a baseline, which sees nothing but smoothness."""

import numpy as np

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
    shares, weights = [], []
    # A window, since the picture's borders would count as detail.
    window = np.hanning(view.size + 2)[1:-1]
    frequencies = np.fft.fftfreq(view.size) / 0.5
    fine = np.hypot(frequencies[:, None], frequencies[None]) > CUTOFF
    for maps, live in zip(view.maps[1:], view.live_units, strict=True):
        for unit, weight in zip(np.moveaxis(maps.astype(np.float64), -1, 0), live, strict=True):
            centred = unit - unit.mean()
            if centred.std() > 1e-5 * (1.0 + np.abs(unit).max()):
                power = np.abs(np.fft.fft2(centred * window * window[:, None])) ** 2
                shares.append(power[fine].sum() / power.sum())
                weights.append(weight)
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

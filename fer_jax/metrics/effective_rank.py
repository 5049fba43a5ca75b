"""In how many independent ways a layer's maps vary, over its width: a baseline.

The effective rank of O. Roy and M. Vetterli, "The effective rank: a measure of effective
dimensionality", EUSIPCO 2007: the exponential of the entropy of the singular values' shares, here
of the maps' correlation over pixels.
"""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

MOST_PIXELS = 64
"""Along one side; of a larger picture, every second pixel counts, or every third."""


def effective_rank(view: View) -> float:
    """Effective rank of all maps together, over their number.

    Maps count once whatever their scale, as far as their unit takes part; constant ones do not.

    Args:
        view: of the model.

    Returns:
        Above 0, at most 1.

    Raises:
        Undefined: if no unit takes part whose map varies.
    """
    step = -(-view.size // MOST_PIXELS)
    maps = [maps[::step, ::step].reshape(-1, maps.shape[-1]) for maps in view.maps[1:]]
    weights = np.concatenate(view.live_units)
    flat = np.concatenate(maps, axis=1)[:, weights > 0].astype(np.float64)
    weights = weights[weights > 0]
    centred = flat - flat.mean(axis=0)
    products = centred.T @ centred
    size = np.sqrt(np.diag(products) / len(flat))
    weights = weights * (size > 1e-5 * (1.0 + np.abs(flat).max(axis=0)))
    if not weights.sum() > 1e-3:
        raise Undefined("no unit takes part whose map varies")
    scale = np.sqrt(weights) / np.where(size > 0, size, 1.0)
    shares = np.sqrt(np.clip(np.linalg.eigvalsh(products * np.outer(scale, scale)), 0.0, None))
    shares = shares[shares > 0] / shares.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))) / weights.sum())


METRIC = Metric(
    name="effective_rank",
    version="2",
    kind="baseline",
    worse="neither",
    range="0 to 1",
    calibration="near 0: all maps alike; 1: no two correlate",
    needs="a map that varies",
    basis_free=False,
    reference="O. Roy and M. Vetterli, EUSIPCO 2007",
    summary="In how many independent ways the maps vary, over their number.",
    compute=effective_rank,
)

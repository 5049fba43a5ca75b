"""Over how much of the picture does the effect of one parameter reach?

An effect is the derivative of the picture by a parameter. Its pixels are taken from the most moved
one on until they hold 80% of its energy, its squares summed over pixels and colours; what counts
is the share of the pixels that this takes. Effects are looked at on a grid of 24 x 24 pixels. The
share does not depend on the size of the effect, so nothing has to be matched between networks.
"""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

HELD = 0.8
"""Share of an effect's energy."""

BLOCK = 4096
"""Parameters at a time, to keep memory low."""


def locality(view: View) -> float:
    """Mean share of the pixels that an effect needs, over parameters as far as they take part.

    Args:
        view: of the model.

    Returns:
        From near 0 (each parameter moves one spot) to 0.8 (each moves every pixel alike).

    Raises:
        Undefined: if no parameter takes part.
    """
    maps, parts = view.effect_maps, view.participation
    total = count = 0.0
    for start in range(0, len(parts), BLOCK):
        block = maps[..., start : start + BLOCK]
        energy = np.sum(block**2, axis=2).reshape(-1, block.shape[-1]).T
        weights = parts[start : start + BLOCK] * (energy.sum(axis=1) > 0)
        total += float(weights @ _reach(energy))
        count += float(weights.sum())
    if not count > 0:
        raise Undefined("no parameter takes part")
    return total / count


def _reach(energy: Float[np.ndarray, "params pixels"]) -> Float[np.ndarray, "params"]:
    """Share of the pixels that hold `HELD` of the energy; parts of a pixel count, too."""
    falling = np.sort(energy, axis=1)[:, ::-1].astype(np.float64)
    held = np.cumsum(falling, axis=1)
    wanted = HELD * held[:, -1:]
    whole = np.minimum(np.sum(held < wanted, axis=1, keepdims=True), falling.shape[1] - 1)
    last = np.take_along_axis(falling, whole, axis=1)
    before = np.take_along_axis(held, whole, axis=1) - last
    part = (wanted - before) / np.where(last > 0, last, 1.0)
    return (whole + part)[:, 0] / falling.shape[1]


METRIC = Metric(
    name="locality",
    version="1",
    kind="entanglement",
    worse="higher",
    range="0 to 0.8",
    calibration="0: each parameter moves one spot; 0.8: each moves all pixels alike",
    needs="a parameter that takes part",
    basis_free=False,
    reference="Defined here.",
    summary="Share of the picture that holds 80% of the effect of one parameter.",
    compute=locality,
)

"""How steep the feature maps are: a baseline that any score of organisation must beat."""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View


def total_variation(view: View) -> list[tuple[int | None, float]]:
    """Mean absolute slope of the units' maps, over each map's standard deviation.

    The slope is `|d/dx| + |d/dy|`, per unit of the coordinates x and y; a map that is a straight
    ramp reads sqrt(3). Each unit, outputs included, counts as far as the most live of its incoming
    parameters does, so that carriers and absent units do not; a constant map has no slope to scale.

    Args:
        view: of the model.

    Returns:
        (None, value) for the whole network and (layer, value) for each layer that has such units.

    Raises:
        Undefined: if no unit takes part, or all of their maps are constant.
    """
    readings: list[tuple[int | None, float]] = []
    sums, weights = 0.0, 0.0
    layers = zip(view.maps[1:], view.live_units, strict=True)
    for layer, (maps, live) in enumerate(layers, start=1):
        steepness, varies = _steepness(maps)
        weight = live * varies
        if weight.sum() > 1e-3:
            readings.append((layer, float(weight @ steepness / weight.sum())))
        sums += float(weight @ steepness)
        weights += float(weight.sum())
    if weights <= 1e-3:
        raise Undefined("no unit takes part whose map is not constant")
    return [(None, sums / weights), *readings]


def _steepness(
    maps: Float[np.ndarray, "size size width"],
) -> tuple[Float[np.ndarray, "width"], Float[np.ndarray, "width"]]:
    """Steepness of each map, and how far it varies beyond rounding: 0 if constant, otherwise 1."""
    maps = maps.astype(np.float64)
    spread = maps.std(axis=(0, 1))
    # float32 leaves about 1e-7 of a map's size as noise.
    varies = spread**2 / (spread**2 + (1e-5 * (1.0 + np.abs(maps).max(axis=(0, 1)))) ** 2)
    per_unit = (len(maps) - 1) / 2.0
    slope = sum(np.abs(np.diff(maps, axis=axis)).mean(axis=(0, 1)) for axis in (0, 1))
    return slope * per_unit / np.maximum(spread, 1e-300), varies


METRIC = Metric(
    name="total_variation",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 and above, per half picture",
    calibration="sqrt(3): maps that are straight ramps",
    needs="a map that varies",
    basis_free=False,
    reference="Defined here.",
    summary=(
        "How steep the feature maps are: mean absolute slope over standard deviation. It "
        "sees smoothness, not how the network is organised."
    ),
    compute=total_variation,
)

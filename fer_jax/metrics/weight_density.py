"""How densely units are wired: a baseline, since a sparse network may only seem better.

The share of weights that are not 0 is no property of what a network computes: a graph holds no
weight of 0, and its layerized form thousands. What both have alike are the links that take part and
the units that these feed, so density is links per unit: the mean number of links into a unit. In a
dense network of constant width it is the share of weights that take part, times the width.
"""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

LEAST = 1e-3
"""Links that must take part."""


def weight_density(view: View) -> float:
    """Links that take part, per unit that takes part: as far as the most of its links does.

    Args:
        view: of the model.

    Returns:
        1 and above.

    Raises:
        Undefined: if no link takes part.
    """
    wiring, links = view.model.program.wiring, view.participation
    units = np.zeros(len(wiring.linear))
    np.maximum.at(units, wiring.target_unit, links)
    if units.sum() < LEAST:
        raise Undefined("no link takes part")
    return float(links.sum() / units.sum())


METRIC = Metric(
    name="weight_density",
    version="1",
    kind="baseline",
    worse="neither",
    range="1 and above",
    calibration="1: a tree, in which each unit reads one other",
    needs="a link that takes part",
    basis_free=False,
    reference="Defined here.",
    summary="How many links feed a unit, of those that take part.",
    compute=weight_density,
)

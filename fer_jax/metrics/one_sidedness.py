"""Does a parameter that draws one copy of a thing draw the other copy too?

For a pair of regions that show the same thing, let a and b be how far a parameter moves them: its
squared derivative, summed over colours and averaged over the pixels of each. Where the two are
drawn by one mechanism, a and b are alike for every parameter; where each is drawn by its own, one
of them is 0. So a parameter is one-sided as far as `sum |a - b| / sum (a + b)`, over all pairs.
"""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View


def one_sidedness(view: View) -> float:
    """Mean one-sidedness of the parameters, each counting as far as it takes part.

    Args:
        view: of the model.

    Returns:
        From 0 (all draw both copies alike) to 1 (each draws one copy alone).

    Raises:
        Undefined: if the picture shows nothing twice, or no parameter takes part in what it does.
    """
    scene = view.scene
    if not len(scene.weights):
        raise Undefined("the picture shows nothing twice: no symmetry, and no parts alike")
    one, other = view.copy_densities
    apart = scene.weights @ np.abs(one - other)
    both = scene.weights @ (one + other)
    weights = view.participation * (both > 0)
    if not weights.sum() > 0:
        raise Undefined("no parameter moves what the picture shows twice")
    shares = apart / np.where(both > 0, both, 1.0)
    return float(weights @ shares / weights.sum())


METRIC = Metric(
    name="one_sidedness",
    version="1",
    kind="fracture",
    worse="higher",
    range="0 to 1",
    calibration="0: what draws one copy draws the other as much; 1: nothing draws both",
    needs="something that the picture shows twice: a symmetry, or parts that look alike",
    basis_free=False,
    reference="Defined here.",
    summary=(
        "How far parameters that move one copy of what the picture shows twice leave the "
        "other copy as it is."
    ),
    compute=one_sidedness,
)

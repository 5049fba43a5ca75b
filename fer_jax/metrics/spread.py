"""Over how many of the picture's concepts does the effect of one link spread?

Concepts are what the picture is made of: its parts, copies of one part being one concept, and its
background. Let q_k be how far an effective link moves concept k: its squared derivative, summed
over colours and averaged over the concept's pixels, as a share of the sum over all n concepts. Two
effects of the link, drawn by these shares, belong to different concepts with probability
1 - sum q_k^2: 0 where it moves one concept alone, and 1 - 1/n where it moves all alike.

The measure is the Gini-Simpson index: E. H. Simpson, "Measurement of diversity", Nature 163 (1949).
"""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View


def spread(view: View) -> float:
    """Mean spread of the links, over its largest value, each as far as it draws them.

    Args:
        view: of the model.

    Returns:
        From 0 (each moves one concept alone) to 1 (each moves all concepts alike).

    Raises:
        Undefined: if the picture has fewer than two concepts, or no link takes part.
    """
    areas = view.scene.concepts.sum(axis=(1, 2))
    count = len(areas)
    if count < 2:
        raise Undefined("the picture is of one piece; two parts are needed, or one and a ground")
    density = view.concept_density
    total = density.sum(axis=0)
    weights = view.link_participation(areas @ density / areas.sum())
    if not weights.sum() > 0:
        raise Undefined("no link takes part")
    shares = density / np.where(total > 0, total, 1.0)
    spreads = 1.0 - np.sum(shares**2, axis=0)
    return float(weights @ spreads / weights.sum() / (1.0 - 1.0 / count))


METRIC = Metric(
    name="spread",
    version="4",
    kind="entanglement",
    worse="higher",
    range="0 to 1",
    calibration="0: each link moves one concept; 1: each moves all concepts alike",
    needs="a picture of two concepts, one of which may be its background",
    basis_free=True,
    reference="E. H. Simpson, Nature 163 (1949), for the index",
    summary="Over how many of the picture's concepts the effect of one link spreads.",
    compute=spread,
)

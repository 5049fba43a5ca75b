"""Do the same links draw both copies of what the picture shows twice?

It is `mirror_sharing` for copies of any kind. Each region is drawn by effective links with some
shares: let e_a be the squared derivatives of region a by each link, not scaled by it, summed over
colours, averaged over pixels, each as far as the link is there. Two regions share
`sum min(e_a, e_b) / (sum (e_a + e_b) / 2)`. A network of low gain moves all regions alike, so what
counts is the sharing s of copies beyond the sharing b of regions that are no copies of each other,
the first of one pair with the second of another: `(s - b) / (1 - b)`.
"""

import numpy as np

from fer_jax.metrics.live import THRESHOLD
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

LEAST_ROOM = 0.05
"""Least 1 - b: where all regions share everything, copies cannot share more."""


def part_sharing(view: View) -> float:
    """Sharing between copies, calibrated: 1 for one mechanism, 0 for no more than other regions.

    Args:
        view: of the model.

    Returns:
        `(s - b) / (1 - b)`, at most 1; negative where copies share less than others.

    Raises:
        Undefined: if the picture shows nothing twice, or only one thing; if no link moves it;
            or if b is so near 1 that nothing can be told.
    """
    scene = view.scene
    if not len(scene.weights):
        raise Undefined("the picture shows nothing twice: no symmetry, and no parts alike")
    wrong = np.outer(scene.weights, scene.weights) * scene.apart
    if not wrong.any():
        raise Undefined("the picture shows one thing twice; two are needed to compare")
    links = view.links
    present = links.weights**2 / (links.weights**2 + THRESHOLD**2) * (1.0 - links.carriers)
    one, other = (energy * present for energy in view.copy_densities)
    first, second = one.sum(axis=1), other.sum(axis=1)
    both = scene.weights @ (first + second) / 2.0
    if not both > 0:
        raise Undefined("no link moves what the picture shows twice")
    s = scene.weights @ np.minimum(one, other).sum(axis=1) / both
    crossed = np.stack([np.minimum(row, other).sum(axis=1) for row in one])
    possible = (first[:, None] + second) / 2.0
    b = np.sum(wrong * crossed) / np.sum(wrong * possible)
    if 1.0 - b < LEAST_ROOM:
        raise Undefined(
            f"any two regions share {b:.2f} of what draws them; copies cannot share more"
        )
    return float((s - b) / (1.0 - b))


METRIC = Metric(
    name="part_sharing",
    version="2",
    kind="fracture",
    worse="lower",
    range="below 0 to 1",
    calibration="0: copies share no more than other regions; 1: one mechanism draws both",
    needs="two things that the picture shows twice each",
    basis_free=True,
    reference="Defined here.",
    summary=(
        "How far the same links draw both copies of what the picture shows twice, beyond "
        "what regions that are no copies share anyway."
    ),
    compute=part_sharing,
)

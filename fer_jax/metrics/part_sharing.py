"""Do the same parameters draw both copies of what the picture shows twice?

It is `mirror_sharing` for copies of any kind. Each region is drawn by the parameters with some
shares: let e_a be the squared derivatives of region a by each parameter, not scaled by it, summed
over colours, averaged over pixels, each as far as the parameter is live. Two regions share
`sum min(e_a, e_b) / (sum (e_a + e_b) / 2)`. A network of low gain moves all regions alike, so what
counts is the sharing s of copies beyond the sharing b of regions that are no copies of each other,
the first of one pair with the second of another: `(s - b) / (1 - b)`.
"""

import numpy as np
from jaxtyping import Float

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
        Undefined: if the picture shows nothing twice, or only one thing; if no parameter moves it;
            or if b is so near 1 that nothing can be told.
    """
    scene = view.scene
    if not len(scene.weights):
        raise Undefined("the picture shows nothing twice: no symmetry, and no parts alike")
    wrong = np.outer(scene.weights, scene.weights) * (1.0 - _are_copies(scene.ones, scene.others))
    if wrong.sum() < 1e-3 * scene.weights.sum() ** 2:
        raise Undefined("the picture shows one thing twice; two are needed to compare")
    one, other = (energy * view.live for energy in view.copy_densities)
    first, second = one.sum(axis=1), other.sum(axis=1)
    both = scene.weights @ (first + second) / 2.0
    if not both > 0:
        raise Undefined("no parameter moves what the picture shows twice")
    s = scene.weights @ np.minimum(one, other).sum(axis=1) / both
    crossed = np.stack([np.minimum(row, other).sum(axis=1) for row in one])
    possible = (first[:, None] + second) / 2.0
    b = np.sum(wrong * crossed) / np.sum(wrong * possible)
    if 1.0 - b < LEAST_ROOM:
        raise Undefined(
            f"any two regions share {b:.2f} of what draws them; copies cannot share more"
        )
    return float((s - b) / (1.0 - b))


def _are_copies(
    ones: Float[np.ndarray, "pairs size size"], others: Float[np.ndarray, "pairs size size"]
) -> Float[np.ndarray, "pairs pairs"]:
    """How far the first of one pair and the second of another are one region, or a pair too."""
    first, second = (_of_unit_length(masks) for masks in (ones, others))
    ones_alike, others_alike = first @ first.T, second @ second.T
    across = first @ second.T
    # (k, l): is there a pair m whose regions are the first of k and the second of l?
    listed = np.stack([np.outer(ones_alike[:, m], others_alike[m]) for m in range(len(ones))])
    turned = np.stack([np.outer(across[:, m], across[m]) for m in range(len(ones))])
    found = np.maximum(across, np.maximum(listed.max(axis=0), turned.max(axis=0)))
    return np.clip(found, 0.0, 1.0)


def _of_unit_length(
    masks: Float[np.ndarray, "pairs size size"],
) -> Float[np.ndarray, "pairs pixels"]:
    rows = masks.reshape(len(masks), -1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


METRIC = Metric(
    name="part_sharing",
    version="1",
    kind="fracture",
    worse="lower",
    range="below 0 to 1",
    calibration="0: copies share no more than other regions; 1: one mechanism draws both",
    needs="two things that the picture shows twice each",
    basis_free=False,
    reference="Defined here.",
    summary=(
        "How far the same parameters draw both copies of what the picture shows twice, beyond "
        "what regions that are no copies share anyway."
    ),
    compute=part_sharing,
)

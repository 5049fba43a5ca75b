"""Does a link that draws one copy of a thing draw the other copy too?

For a pair of regions that show the same thing, let a and b be how far an effective link moves them:
its squared derivative, summed over colours and averaged over the pixels of each. Where the two are
drawn by one mechanism, a and b are alike for every link; where each is drawn by its own, one of
them is 0. So a link is one-sided as far as `sum |a - b| / sum (a + b)`, over all pairs. It counts
as far as what it does to the copies can be seen: what moves the rest of the picture alone says
nothing of how they are drawn.

A network of low gain moves everything alike, and would pass for unified. So the mean over links is
divided by the same mean over wrong pairs, whose regions draw different things: a network whose
copies have no more in common than those is fractured, however little that is.
"""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

LEAST_ROOM = 0.05
"""Least one-sidedness of wrong pairs: where everything is moved alike, copies cannot stand out."""


def one_sidedness(view: View) -> float:
    """Mean one-sidedness of copies over that of wrong pairs, each link as far as it draws them.

    Args:
        view: of the model.

    Returns:
        From 0 (all draw both copies alike) to about 1 (copies have no more in common than regions
        that draw different things).

    Raises:
        Undefined: if the picture shows nothing twice, or one thing only; if no link takes part in
            what it does; or if all regions are moved alike.
    """
    scene = view.scene
    if not len(scene.weights):
        raise Undefined("the picture shows nothing twice: no symmetry, and no parts alike")
    if not scene.apart.any():
        raise Undefined("the picture shows one thing twice, and nothing to compare its copies with")
    one, other = view.copy_densities
    takes_part = view.link_participation(
        scene.weights @ (one + other) / (2.0 * scene.weights.sum())
    )
    if not takes_part.sum() > 0:
        raise Undefined("no link moves what the picture shows twice")
    right = _mean_one_sidedness(one, other, np.diag(scene.weights), takes_part)
    wrong = _mean_one_sidedness(
        one, other, np.outer(*[scene.weights] * 2) * scene.apart, takes_part
    )
    if wrong < LEAST_ROOM:
        raise Undefined(
            f"regions that draw different things are moved alike, up to a one-sidedness of "
            f"{wrong:.3f}; copies cannot stand out"
        )
    return right / wrong


def _mean_one_sidedness(
    one: Float[np.ndarray, "pairs links"],
    other: Float[np.ndarray, "pairs links"],
    counts: Float[np.ndarray, "pairs pairs"],
    takes_part: Float[np.ndarray, "links"],
) -> float:
    """Over links, of those pairs of the one and the other regions that count."""
    apart, both = np.zeros(one.shape[1]), np.zeros(one.shape[1])
    for region, row in zip(one, counts, strict=True):
        # One row at a time, since all pairs times all links would fill gigabytes.
        counting = row > 0
        apart += row[counting] @ np.abs(region - other[counting])
        both += row[counting] @ (region + other[counting])
    shares = apart / np.where(both > 0, both, 1.0)
    return float(takes_part @ shares / takes_part.sum())


METRIC = Metric(
    name="one_sidedness",
    version="4",
    kind="fracture",
    worse="higher",
    range="0 to about 1",
    calibration=(
        "0: what draws one copy draws the other as much; 1: copies have no more in common than "
        "regions that draw different things"
    ),
    needs="something that the picture shows twice: a symmetry, or parts that look alike",
    basis_free=True,
    reference="Defined here.",
    summary=(
        "How far parameters that move one copy of what the picture shows twice leave the "
        "other copy as it is."
    ),
    compute=one_sidedness,
)

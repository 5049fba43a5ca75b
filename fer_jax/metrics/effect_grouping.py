"""Do the parameters fall into groups that each do one thing?

Effects (the derivatives of the picture) of 27 parameters are as far apart as `1 - |cosine|`, and
are clustered by average linkage; how well groups are told apart is the silhouette, P. Rousseeuw,
J. Comput. Appl. Math. 20 (1987), at the best number of clusters. Few dimensions alone make
groups, so that of a null is taken off: the same 27 effects, of unit length, mixed by a random
rotation, which span the same space and have no groups. The reading is the mean over 32 samples.

Known doubts: links in series have collinear effects by construction, so that wiring alone makes
groups.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import ortho_group

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.sampling import sampled
from fer_jax.metrics.view import View

SAMPLE = 27
"""Parameters in a sample: silhouettes depend on how many there are."""

ROUNDS = 32
"""Samples, for the mean."""

CLUSTERS = range(2, 14)
"""Numbers of clusters, of which the best one counts: up to half of the sample."""


def effect_grouping(view: View) -> float:
    """Silhouette of groups of effects, beyond that of the same effects mixed.

    Args:
        view: of the model.

    Returns:
        1 for groups that do one thing each, 0 where there are no groups; may fall below.

    Raises:
        Undefined: if fewer than 27 parameters take part.
    """
    count = view.participation.sum()
    if count < SAMPLE:
        raise Undefined(f"{count:.1f} parameters take part; {SAMPLE} are needed")
    rng = np.random.default_rng(view.seed)
    drawn = sampled(view, SAMPLE, ROUNDS, rng)
    turns = ortho_group.rvs(SAMPLE, ROUNDS, random_state=rng)
    return float(np.mean([_grouping(view, *each) for each in zip(drawn, turns, strict=True)]))


def _grouping(
    view: View, parameters: Int[np.ndarray, "sample"], turn: Float[np.ndarray, "sample sample"]
) -> float:
    effects = view.effect_maps[..., parameters].reshape(-1, SAMPLE).astype(np.float64)
    # As weights grow away from 0: what a unit's sign is says nothing, and the null would see it.
    effects *= np.sign(view.model.params[parameters])
    cosines = _scaled(effects.T @ effects)
    return best_silhouette(cosines) - best_silhouette(_scaled(turn @ cosines @ turn.T))


def _scaled(products: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    size = np.sqrt(np.maximum(np.diag(products), 1e-300))
    return products / np.outer(size, size)


def best_silhouette(cosines: Float[np.ndarray, "n n"]) -> float:
    """The mean silhouette at the number of clusters where it is largest.

    Args:
        cosines: of any two effects.

    Returns:
        At most 1.

    Example:
        >>> best_silhouette(np.kron(np.eye(3), np.ones((9, 9))))
        1.0
    """
    # Rounding would order what is as good as collinear.
    distances = np.round(1.0 - np.clip(np.abs(cosines), 0.0, 1.0), 6)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), "average")
    # Where distances are alike there may be fewer clusters than asked for; one is none.
    cuts = [fcluster(tree, count, "maxclust") - 1 for count in CLUSTERS]
    return max((silhouette(distances, cut) for cut in cuts if cut.max() > 0), default=0.0)


def silhouette(distances: Float[np.ndarray, "n n"], labels: Int[np.ndarray, "n"]) -> float:
    """Mean of `(b - a) / max(a, b)`, for a and b the mean distances to one's own and next cluster.

    What is alone in its cluster counts 0.

    Args:
        distances: between any two.
        labels: the cluster of each, from 0 on.

    Returns:
        From -1 to 1.

    Example:
        >>> silhouette(np.array([[0, 1, 4], [1, 0, 4], [4, 4, 0]]), np.array([0, 0, 1]))
        0.5
    """
    member = np.eye(labels.max() + 1)[labels]
    sizes = member.sum(axis=0)
    sums = distances @ member
    own = sizes[labels]
    near = np.sum(sums * member, axis=1) / np.maximum(own - 1.0, 1.0)
    next_ = np.min(np.where(member > 0, np.inf, sums / sizes), axis=1)
    larger = np.maximum(np.maximum(near, next_), 1e-300)
    return float(np.mean(np.where(own > 1, (next_ - near) / larger, 0.0)))


METRIC = Metric(
    name="effect_grouping",
    version="1",
    kind="entanglement",
    worse="lower",
    range="below 0 to 1",
    calibration="0: no more groups than the same effects mixed; 1: groups that do one thing each",
    needs="27 parameters that take part",
    basis_free=False,
    reference="P. Rousseeuw, J. Comput. Appl. Math. 20 (1987), for the silhouette",
    summary="How well parameters fall into groups by what they do, beyond the same effects mixed.",
    compute=effect_grouping,
    samples=True,
)

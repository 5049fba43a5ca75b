"""Do the parameters fall into groups that each do one thing?

Effects (the derivatives of the picture) of 27 parameters are as far apart as `1 - |cosine|`, and
are clustered by average linkage; how well groups are told apart is the silhouette, P. Rousseeuw,
J. Comput. Appl. Math. 20 (1987), at the best number of clusters, softened for distances of 0.001.
Few dimensions alone make groups, so that of a null is taken off: the same 27 effects, of unit
length, mixed by a random rotation, which span the same space and have no groups. All is seen on the
grid of effect maps. The reading is the mean over 128 samples, since a single one moves by some 0.05
where a swap of two parameters on a line, which nobody can see in the picture, puts one of them in
the other's place.

Known doubts: links in series have collinear effects by construction, so that wiring alone makes
groups.
"""

import numpy as np
import scipy
from jaxtyping import Float, Int

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.sampling import sampled
from fer_jax.metrics.silhouettes import best_silhouettes
from fer_jax.metrics.view import View

SAMPLE = 27
"""Parameters in a sample: silhouettes depend on how many there are."""

LINES, TURNS = 32, 4
"""Lines along which parameters are drawn, and samples of each, which take turns along it."""

MOST_CLUSTERS = 13
"""Of 2 and more clusters, the best number counts: up to half of the sample."""


def effect_grouping(view: View) -> float:
    """Silhouette of groups of effects, beyond that of the same effects mixed.

    Args:
        view: of the model.

    Returns:
        1 for groups that do one thing each, 0 where there are no groups; may fall below.

    Raises:
        Undefined: if fewer than 27 parameters take part.
    """
    count = view.small_participation.sum()
    if count < SAMPLE:
        raise Undefined(f"{count:.1f} parameters take part; {SAMPLE} are needed")
    rng = np.random.default_rng(view.seed)
    drawn = sampled(view, SAMPLE * TURNS, LINES, rng)

    rotations = scipy.stats.ortho_group.rvs(SAMPLE, LINES, random_state=rng)
    cosines = np.stack([_cosines(view, line) for line in drawn])
    mixed = rotations[:, None] @ cosines @ np.swapaxes(rotations, 1, 2)[:, None]
    both = np.stack([cosines, _scaled(mixed)]).reshape(-1, SAMPLE, SAMPLE)
    distances = (1.0 - np.clip(np.abs(both), 0.0, 1.0)) * (1.0 - np.eye(SAMPLE))
    found, null = np.split(best_silhouettes(distances, MOST_CLUSTERS), 2)
    return float(np.mean(found - null))


def _cosines(
    view: View, line: Int[np.ndarray, "drawn"]
) -> Float[np.ndarray, "samples sample sample"]:
    """Of each of the samples that take turns along a line."""
    effects = view.effect_maps[..., line].reshape(-1, len(line)).astype(np.float64)
    # As weights grow away from 0: what a unit's sign is says nothing, and the null would see it.
    effects *= np.sign(view.model.params[line])
    products = effects.T @ effects
    return _scaled(np.stack([products[turn::TURNS, turn::TURNS] for turn in range(TURNS)]))


def _scaled(products: Float[np.ndarray, "*samples n n"]) -> Float[np.ndarray, "*samples n n"]:
    size = np.sqrt(np.diagonal(products, axis1=-2, axis2=-1))
    return products / (size[..., None] * size[..., None, :])


METRIC = Metric(
    name="effect_grouping",
    version="2",
    kind="entanglement",
    worse="lower",
    range="below 0 to 1",
    calibration="0: no more groups than the same effects mixed; 1: groups that do one thing each",
    needs="27 parameters that take part on a grid of 24 x 24",
    basis_free=False,
    reference="P. Rousseeuw, J. Comput. Appl. Math. 20 (1987), for the silhouette",
    summary="How well parameters fall into groups by what they do, beyond the same effects mixed.",
    compute=effect_grouping,
    samples=True,
)

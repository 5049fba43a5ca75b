"""Is the same thing computed twice, from different sources?

Two units are clones if their maps are the same up to sign and scale while what they read differs.
Wide trained networks hold many: D. Doimo, A. Glielmo, S. Goldt and A. Laio, arXiv 2106.03485. With
r their correlation over pixels, maps are the same as far as `2^-((1 - |r|) / 0.01)^2`.

What a unit reads is the sum of its sources' maps, each times its weight; sources that have the same
map are the same source, wherever they lie, so that a carrier is what it carries. What two units
read differs as far as `1 - cos^2`, the cosine being taken over those sources. So an exact duplicate
of a unit, its sign flipped or not, is no clone; of two equal chains only the first units are; and a
unit that hands on another's map has read it, and is none either.
"""

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.links import link_matrix
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

WIDTH = 0.01
"""Two maps are half the same if their correlation is so far from 1."""

LEAST = 1.5
"""Units that must take part; two hardly ever do so entirely."""

MOST = 48
"""Lines and columns of maps that are looked at, at most."""


def clones(view: View) -> float:
    """Share of units that have a clone, of those that take part.

    Args:
        view: of the model.

    Returns:
        From 0 (no two compute the same) to 1 (each is computed again, from something else).

    Raises:
        Undefined: if fewer than two units take part whose maps vary.
    """
    maps, spread = _centred(view)
    weights = link_matrix(view.model)
    units = len(weights)
    varies = np.sum(maps**2, axis=0)[-units:]
    live = np.concatenate(view.live_units) * varies
    if live.sum() < LEAST:
        raise Undefined(f"{live.sum():.1f} units take part; 2 are needed")
    correlation = np.clip(maps.T @ maps, -1.0, 1.0)
    same = np.exp2(-(((1.0 - np.abs(correlation)) / WIDTH) ** 2))
    reads = weights * spread
    products = reads @ (np.sign(correlation) * same) @ reads.T
    size = np.sqrt(np.clip(np.diag(products), 0.0, None))
    cosine = products / np.maximum(np.outer(size, size), 1e-300)
    differs = 1.0 - np.clip(cosine**2, 0.0, 1.0)
    total = np.sum(reads**2, axis=1, keepdims=True)
    handed_on = (reads**2 @ same[:, -units:]) / np.maximum(total, 1e-300)
    pairs = same[-units:, -units:] * differs * (1.0 - handed_on) * (1.0 - handed_on.T)
    pairs = pairs * live
    np.fill_diagonal(pairs, 0.0)
    return float(live @ pairs.max(axis=1) / live.sum())


def _centred(
    view: View,
) -> tuple[Float[np.ndarray, "pixels sources"], Float[np.ndarray, "sources"]]:
    """Maps of inputs and units about their means, of unit length; and their standard deviations."""
    lines = np.linspace(0, view.size - 1, min(view.size, MOST)).round().astype(int)
    some = [m[np.ix_(lines, lines)].reshape(-1, m.shape[-1]) for m in view.maps]
    maps = np.concatenate(some, axis=1).astype(np.float64)
    # float32 leaves about 1e-7 of a map's size as noise, so that a constant is one.
    noise = 1e-5 * (1.0 + np.abs(maps).max(axis=0))
    maps = maps - maps.mean(axis=0)
    squares = np.mean(maps**2, axis=0)
    return maps / np.sqrt(len(maps) * (squares + noise**2)), np.sqrt(squares)


METRIC = Metric(
    name="clones",
    version="1",
    kind="fracture",
    worse="higher",
    range="0 to 1",
    calibration="0: no two units compute the same from different sources; 1: each has such a clone",
    needs="two units that take part",
    basis_free=False,
    reference="D. Doimo, A. Glielmo, S. Goldt and A. Laio, arXiv 2106.03485, for the idea",
    summary="Share of units whose map another unit computes again, from different sources.",
    compute=clones,
)

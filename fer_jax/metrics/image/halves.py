"""Parts that a mirror of the whole picture maps onto themselves, cut in their two halves."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from fer_jax.metrics.image.isometry import Isometry
from fer_jax.metrics.image.plane_map import pixel_points, sample
from fer_jax.metrics.image.regions import LEAST_AREA

LEAST_WEIGHT = 0.5
"""Of a mirror that cuts."""

LEAST_SHARE = 0.65
"""Of the picture that the mirror maps onto itself; of less it is none of the whole picture."""

LEAST_HALF = 0.3
"""Share of a part that must lie on each side of the mirror."""

LEAST_COVER = 0.9
"""Of a part by its mirror image, from 0 to 1."""


def cut_in_halves(
    labels: Int[np.ndarray, "size size"], mirrors: Sequence[Isometry]
) -> Int[np.ndarray, "size size"]:
    """Cuts what straddles a mirror, by one mirror after the other.

    Args:
        labels: 0 for the background, 1 and up for the parts.
        mirrors: of the picture, the best first; rotations are passed over, and so are mirrors of
            low weight, or of less than most of the picture.

    Returns:
        Labels. One half keeps its number, the other gets a new one; pixels on the axis get 0.

    Example:
        >>> bar = np.zeros((8, 8), dtype=int)
        >>> bar[3, 1:7] = 1
        >>> mirror = Isometry("mirror", 90.0, (0.0, 0.0), 1.0, 1.0, 1.0)
        >>> cut_in_halves(bar, [mirror])[3].tolist()
        [0, 2, 2, 2, 1, 1, 1, 0]
    """
    for mirror in mirrors:
        whole = mirror.weight >= LEAST_WEIGHT and mirror.share >= LEAST_SHARE
        if mirror.kind == "mirror" and whole:
            labels = _cut(labels, mirror)
    return labels


def _cut(labels: Int[np.ndarray, "size size"], mirror: Isometry) -> Int[np.ndarray, "size size"]:
    points = pixel_points(len(labels))
    side = mirror.side(points) * (len(labels) - 1) / 2.0  # in pixels
    image = mirror.map.apply(points)
    for label in range(1, labels.max() + 1):
        part = labels == label
        left, right = part & (side < -0.25), part & (side > 0.25)
        least = max(LEAST_HALF * part.sum(), LEAST_AREA * part.size)
        if min(left.sum(), right.sum()) >= least and _cover(part, image) >= LEAST_COVER:
            labels = np.where(part & ~right, 0, labels)
            labels = np.where(left, labels.max() + 1, labels)
    return labels


def _cover(part: Bool[np.ndarray, "size size"], image: Float[np.ndarray, "size size 2"]) -> float:
    """How far a part covers its mirror image."""
    mask = part.astype(np.float64)
    mirrored = sample(mask[..., None], image)[0][..., 0]
    return float(2.0 * np.sum(mask * mirrored) / np.sum(mask**2 + mirrored**2))

"""How well things fall into groups: silhouettes of average linkage, of many samples at once.

Of what is as good as collinear rounding would decide what is nearer, so distances well below
`SOFTNESS` make no groups. SciPy links one sample at a time, which takes thirty times as long.
"""

import numpy as np
from jaxtyping import Float

SOFTNESS = 1e-3
"""Added to the distances that a silhouette divides by."""


def best_silhouettes(
    distances: Float[np.ndarray, "samples n n"], most: int
) -> Float[np.ndarray, "samples"]:
    """The mean silhouette of each sample at the number of clusters where it is largest.

    That of a member is `(b - a) / (max(a, b) + SOFTNESS)`, for a and b its mean distances to its
    own and to the next cluster; what is alone in its cluster counts 0.

    Args:
        distances: between any two of a sample, 0 of each to itself.
        most: clusters; 2 are the fewest.

    Returns:
        From -1 to 1.

    Example:
        >>> three = 1.0 - np.kron(np.eye(3), np.ones((9, 9)))
        >>> best_silhouettes(three[None], 13).round(3)
        array([0.999])
    """
    samples, n = distances.shape[:2]
    every = np.arange(samples)
    apart = distances + np.where(np.eye(n), np.inf, 0.0)
    member = np.tile(np.eye(n), (samples, 1, 1))  # [sample, thing, cluster]
    best = np.full(samples, -np.inf)
    for clusters in range(n - 1, 1, -1):
        nearest = apart.reshape(samples, -1).argmin(axis=1)
        kept, gone = nearest // n, nearest % n
        sizes = member.sum(axis=1)
        ones, others = sizes[every, kept, None], sizes[every, gone, None]
        joined = (ones * apart[every, kept] + others * apart[every, gone]) / (ones + others)
        apart[every, kept] = apart[every, :, kept] = joined
        apart[every, gone] = apart[every, :, gone] = np.inf
        apart[every, kept, kept] = np.inf
        member[every, :, kept] += member[every, :, gone]
        member[every, :, gone] = 0.0
        if clusters <= most:
            best = np.maximum(best, _silhouettes(distances, member))
    return best


def _silhouettes(
    distances: Float[np.ndarray, "samples n n"], member: Float[np.ndarray, "samples n clusters"]
) -> Float[np.ndarray, "samples"]:
    """Their mean over the things, where some clusters may be empty."""
    sizes = member.sum(axis=1, keepdims=True)
    sums = distances @ member
    own = np.sum(sizes * member, axis=2)
    near = np.sum(sums * member, axis=2) / np.maximum(own - 1.0, 1.0)
    elsewhere = (member == 0) & (sizes > 0)
    further = np.min(np.where(elsewhere, sums / np.maximum(sizes, 1.0), np.inf), axis=2)
    each = (further - near) / (np.maximum(near, further) + SOFTNESS)
    return np.mean(np.where(own > 1, each, 0.0), axis=1)

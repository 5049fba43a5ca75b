"""The mirror symmetry that a picture has, found from its pixels."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fer_jax.metrics.reading import Undefined

LEAST_CORRELATION = 0.5
"""Below it a picture counts as asymmetric. The originals' are 0.72, 0.87 and 0.97."""

TIE = 0.05
"""How far the second mirror's correlation may fall behind until it no longer counts."""

_AXES = {"left-right": 1, "up-down": 0}


@dataclass(frozen=True)
class Mirror:
    """A mirror through the middle of the picture.

    Attributes:
        name: "left-right" or "up-down".
        axis: of the image array, the one that it reverses.
        correlation: of the picture with its mirror image, over pixels and channels.
    """

    name: str
    axis: int
    correlation: float


def find_mirrors(image: Float[np.ndarray, "size size 3"]) -> list[tuple[Mirror, float]]:
    """The mirror under which a picture is most like itself, or two that are about as good.

    Args:
        image: RGB.

    Returns:
        Mirrors with weights: the best one, and a second one with a weight that fades out as its
        correlation falls behind, so that no rounding error chooses between them.

    Raises:
        Undefined: if the picture is constant, or has no mirror symmetry.

    Example:
        >>> ramp = np.broadcast_to(np.linspace(0, 1, 8)[:, None, None], (8, 8, 3))
        >>> [mirror.name for mirror, weight in find_mirrors(ramp)]
        ['left-right']
    """
    centred = np.asarray(image, dtype=np.float64)
    centred = centred - centred.mean(axis=(0, 1))
    energy = float(np.sum(centred**2))
    # Of a picture that is constant to the eye, rounding alone would decide.
    if energy < 1e-6 * centred.size:
        raise Undefined("the picture is constant")
    mirrors = [
        Mirror(name, axis, float(np.sum(centred * np.flip(centred, axis))) / energy)
        for name, axis in _AXES.items()
    ]
    best = max(mirror.correlation for mirror in mirrors)
    if best < LEAST_CORRELATION:
        raise Undefined(
            f"the picture has no mirror symmetry: its best correlation with a mirror image is "
            f"{best:.2f}, below {LEAST_CORRELATION}"
        )
    weighted = [(mirror, 1.0 - (best - mirror.correlation) / TIE) for mirror in mirrors]
    return [(mirror, weight) for mirror, weight in weighted if weight > 0]

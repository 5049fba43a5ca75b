"""What a part of a picture looks like wherever it lies, and how alike two parts look."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Bool, Float

from fer_jax.metrics.image.plane_map import PlaneMap, Point, pixel_points, sample

SOFT = 0.6
"""Standard deviation, in pixels, of the smoothing of a part's outline."""

FAINT = 0.02
"""Differences from the background's colour that are too small to count."""

TONE = 0.25
"""Between mean colours, from 0 to 1: about twice the difference that copies may have."""

# In radii of gyration: those of a straight line end at 1.7, and those of a bow beyond.
_GRID = 2.2 * pixel_points(20).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Look:
    """A part: its shape, its colours, and where it lies.

    Attributes:
        channels: `(size, size, 4)`: the part's mask, with a soft outline, and within it the
            colours less the background's.
        centroid: (x, y).
        radius: of gyration, in coordinates.
    """

    channels: Float[np.ndarray, "size size 4"]
    centroid: Point
    radius: float

    @classmethod
    def of(
        cls, mask: Bool[np.ndarray, "size size"], colours: Float[np.ndarray, "size size 3"]
    ) -> "Look":
        """The look of one part.

        Args:
            mask: its pixels; at least one.
            colours: of the picture, less the background's.

        Returns:
            The look.

        Example:
            >>> mask = np.zeros((9, 9), dtype=bool)
            >>> mask[2:5, 4:7] = True
            >>> x, y = Look.of(mask, np.ones((9, 9, 3))).centroid
            >>> round(x, 6), round(y, 6)
            (0.25, -0.25)
        """
        blurred = scipy.ndimage.gaussian_filter(mask.astype(np.float64), SOFT, mode="constant")
        soft = blurred[..., None]
        points, weights = pixel_points(len(mask)), soft / soft.sum()
        centre = np.sum(weights * points, axis=(0, 1))
        radius = float(np.sqrt(np.sum(weights * (points - centre) ** 2)))
        x, y = centre.tolist()
        return cls(np.concatenate([soft, soft * colours], axis=-1), (x, y), radius)

    @property
    def frame(self) -> PlaneMap:
        """From a plane where the part lies about 0 with a radius of 1 to the picture."""
        return PlaneMap.about((0.0, 0.0), scale=self.radius, to=self.centroid)

    def seen(self, through: Iterable[PlaneMap]) -> Float[np.ndarray, "maps 4 points"]:
        """The channels where each of some maps, as `frame` is one, takes a fixed grid about 0."""
        points = np.stack([each.apply(_GRID) for each in through])
        channels, inside = sample(self.channels, points)
        return np.moveaxis(channels * inside[..., None], -1, 1)


def likenesses(
    ones: Float[np.ndarray, "ones 4 points"], others: Float[np.ndarray, "others 4 points"]
) -> Float[np.ndarray, "ones others"]:
    """How far looks cover each other.

    Args:
        ones: as from `Look.seen`.
        others: likewise.

    Returns:
        From 0 (nothing in common) to 1 (the same). The geometric mean of how far the shapes cover
        each other and how far the colours do, and less where the mean colours differ: red and
        orange are far from each other, though not compared with how far both are from white.

    Example:
        >>> dark, bright = np.full((1, 4, 9), 0.5), np.full((1, 4, 9), 1.0)
        >>> likenesses(dark, np.stack([dark[0], bright[0]])).round(6).tolist()
        [[1.0, 0.8]]
    """
    shapes = _products(ones[:, 0], others[:, 0])
    colours = _products(ones[:, 1:], others[:, 1:])
    pairs = [shapes, tuple(c + FAINT**2 * s for c, s in zip(colours, shapes, strict=True))]
    shape, colour = (
        np.maximum(2.0 * both / (one[:, None] + other), 0.0) for both, one, other in pairs
    )
    differences = np.mean((_tones(ones)[:, None] - _tones(others)) ** 2, axis=-1)
    return np.sqrt(shape * colour) * np.exp(-differences / (2.0 * TONE**2))


def _tones(looks: Float[np.ndarray, "looks 4 points"]) -> Float[np.ndarray, "looks 3"]:
    """Their mean colours."""
    return looks[:, 1:].sum(axis=-1) / np.maximum(looks[:, :1].sum(axis=-1), 1e-9)


def _products(
    ones: Float[np.ndarray, "ones *rest"], others: Float[np.ndarray, "others *rest"]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each one with each other, and of each with itself."""
    a, b = ones.reshape(len(ones), -1), others.reshape(len(others), -1)
    return a @ b.T, np.sum(a**2, axis=1), np.sum(b**2, axis=1)

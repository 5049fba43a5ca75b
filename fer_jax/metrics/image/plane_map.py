"""Maps of the plane that keep shapes: turns, mirrors, shifts and scalings of a picture.

A pixel has the coordinates x = linspace(-1, 1, size)[column] and y = linspace(-1, 1, size)[row], so
that y grows downwards, and a turn from x towards y is clockwise to the eye.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Float

Point = tuple[float, float]
"""(x, y)."""


@dataclass(frozen=True)
class PlaneMap:
    """A similarity: the point p goes to `matrix p + translation`.

    Attributes:
        matrix: its two rows; a rotation or a reflection, times a scale.
        translation: (x, y).

    Example:
        >>> flip = PlaneMap.about((0.5, 0.0), mirrored=True)
        >>> flip.apply(np.array([[0.7, 0.25]])).tolist()
        [[0.7, -0.25]]
    """

    matrix: tuple[Point, Point]
    translation: Point

    @classmethod
    def about(
        cls,
        centre: Point,
        degrees: float = 0.0,
        *,
        mirrored: bool = False,
        scale: float = 1.0,
        to: Point | None = None,
    ) -> "PlaneMap":
        """The map that turns the plane about a point.

        Args:
            centre: the point.
            degrees: how far it turns, from x towards y.
            mirrored: whether y changes its sign before it turns.
            scale: above 0.
            to: where the point goes; by default it stays.

        Returns:
            The map.
        """
        angle = np.deg2rad(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = scale * turn @ np.diag([1.0, -1.0 if mirrored else 1.0])
        return cls._of(matrix, np.array(to or centre) - matrix @ np.array(centre))

    @classmethod
    def _of(
        cls, matrix: Float[np.ndarray, "2 2"], translation: Float[np.ndarray, "2"]
    ) -> "PlaneMap":
        (a, b), (c, d) = matrix.tolist()
        x, y = translation.tolist()
        return cls(((a, b), (c, d)), (x, y))

    @property
    def scale(self) -> float:
        """How many times longer it makes a line."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix))))

    @property
    def mirrored(self) -> bool:
        """Whether it makes a left hand of a right one."""
        return bool(np.linalg.det(self.matrix) < 0)

    @property
    def inverse(self) -> "PlaneMap":
        """The way back."""
        back = np.linalg.inv(self.matrix)
        return self._of(back, -back @ np.array(self.translation))

    def after(self, first: "PlaneMap") -> "PlaneMap":
        """The map that does another one first, and then this."""
        matrix = np.array(self.matrix) @ np.array(first.matrix)
        return self._of(matrix, self.apply(np.array(first.translation)))

    def apply(self, points: Float[np.ndarray, "*points 2"]) -> Float[np.ndarray, "*points 2"]:
        """Where points go, each an (x, y)."""
        return points @ np.array(self.matrix).T + np.array(self.translation)


def pixel_points(size: int) -> Float[np.ndarray, "size size 2"]:
    """The (x, y) of every pixel of a picture.

    Example:
        >>> pixel_points(3)[0, 2].tolist()
        [1.0, -1.0]
    """
    line = np.linspace(-1.0, 1.0, size)
    return np.stack(np.meshgrid(line, line), axis=-1)


def sample(
    image: Float[np.ndarray, "size size channels"], points: Float[np.ndarray, "*points 2"]
) -> tuple[Float[np.ndarray, "*points channels"], Float[np.ndarray, "*points"]]:
    """The colours of a picture at points, and how far the points are inside it.

    Args:
        image: any number of channels.
        points: (x, y) of each, anywhere.

    Returns:
        Colours, linear between pixels, and weights: 1 inside, 0 outside. The weights fall over the
        two pixels around the border, so that no point that crosses it makes a jump.

    Example:
        >>> colours, weights = sample(np.eye(3)[..., None], np.array([[0.0, 0.0], [2.0, 0.0]]))
        >>> colours[0].tolist(), weights.tolist()
        ([1.0], [1.0, 0.0])
    """
    size = len(image)
    half = (size - 1) / 2.0
    x, y = np.moveaxis(np.clip((points + 1.0) * half, 0.0, size - 1.0), -1, 0)
    # The pixel above and to the left, of which the last row and column have no other neighbour.
    column, row = (np.minimum(place.astype(int), size - 2) for place in (x, y))
    right, below = (x - column)[..., None], (y - row)[..., None]
    pixels, first = image.reshape(size * size, -1), row * size + column
    upper, lower = (
        left + right * (pixels[start + 1] - left)
        for start in (first, first + size)
        for left in (pixels[start],)
    )
    beyond = (np.abs(points).max(axis=-1) - 1.0) * half
    return upper + below * (lower - upper), np.clip((1.0 - beyond) / 2.0, 0.0, 1.0)


def blurred(
    image: Float[np.ndarray, "size size channels"], width: float
) -> Float[np.ndarray, "size size channels"]:
    """The picture behind a Gaussian whose standard deviation is a width in coordinates."""
    pixels = width * (len(image) - 1) / 2.0
    return scipy.ndimage.gaussian_filter(image, (pixels, pixels, 0.0), mode="nearest")


def shrunk(
    image: Float[np.ndarray, "size size channels"], size: int
) -> Float[np.ndarray, "small small channels"]:
    """The picture with no more than so many pixels along one side."""
    if len(image) <= size:
        return image
    return sample(blurred(image, 1.0 / (size - 1)), pixel_points(size))[0]


def resampled(
    image: Float[np.ndarray, "old old channels"], size: int
) -> Float[np.ndarray, "size size channels"]:
    """The picture with so many pixels along one side, blurred before any are left out."""
    return shrunk(image, size) if size <= len(image) else sample(image, pixel_points(size))[0]

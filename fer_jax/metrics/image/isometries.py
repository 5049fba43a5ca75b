"""The symmetries that a picture has: mirrors at any axis, and turns about any centre.

Candidates come from a small copy of the picture, laid over itself in every position. Each is then
moved until it fits best, first on that copy and then on a larger one.

Light that falls off from the middle makes many a picture correlate with itself turned about. So
what is compared is the picture with its detail strengthened, until shade and detail count alike.
"""

from collections.abc import Iterator

import numpy as np
import scipy
from jaxtyping import Float

from fer_jax.metrics.image.isometry import CORRELATION, Isometry, moved_into_place, normal
from fer_jax.metrics.image.overlay import Overlay
from fer_jax.metrics.image.plane_map import PlaneMap, blurred, shrunk
from fer_jax.metrics.reading import Undefined

ROTATIONS = (180.0, 120.0, 90.0, 72.0, 60.0)
"""Degrees of the turns that are looked for."""

DETAIL = 0.25
"""What varies over less than this width, in coordinates, is detail."""

SMALL, LARGE = 33, 49
"""Pixels along one side of the copies, at most. They do for a fifth of a pixel of the picture."""

AXES = 36
"""Directions in which mirrors are looked for."""

SLACK = 0.25
"""How much the correlation of a candidate may rise when it is moved into place."""

MOST = 12
"""Candidates of one kind and angle."""

APART = 0.15
"""Two symmetries are one if they take the picture's points less than this apart."""


def find_isometries(image: Float[np.ndarray, "size size 3"]) -> list[Isometry]:
    """The mirrors, and the turns by 180, 120, 90, 72 or 60 degrees, that a picture has.

    A turn and its inverse are one symmetry, and so are two maps that are nearly the same. Where a
    whole family fits, as the mirrors of a disc, some of its members come.

    Args:
        image: RGB in [0, 1].

    Returns:
        Those of weight above 0, best first; none for a picture without symmetry.

    Raises:
        Undefined: if the picture is constant.

    Example:
        >>> x, y = np.meshgrid(np.linspace(-1, 1, 32), np.linspace(-1, 1, 32))
        >>> fan = (1 + np.cos(9 * y) * np.cos(6 * (x - 0.2) * (y + 2))) / 2
        >>> best = find_isometries(np.stack(3 * [fan], axis=-1))[0]
        >>> best.kind, round(best.angle), round(best.centre[0], 1)
        ('mirror', 90, 0.2)
    """
    picture = shrunk(_sharpened(np.asarray(image, dtype=np.float64)), LARGE)
    small = shrunk(picture, SMALL)
    near = [moved_into_place(small, each, 0.04) for each in _candidates(small)]
    likely = _distinct([each for each in near if each.correlation > CORRELATION[0] - SLACK / 2])
    found = [moved_into_place(picture, each, 0.01) for each in likely]
    return _distinct([each for each in found if each.weight > 0])


def _sharpened(image: Float[np.ndarray, "size size 3"]) -> Float[np.ndarray, "size size 3"]:
    """The picture about its mean, and as much again of its detail."""
    centred = image - image.mean(axis=(0, 1))
    # Of a picture that is constant to the eye, rounding alone would decide.
    if np.sum(centred**2) < 1e-6 * centred.size:
        raise Undefined("the picture is constant")
    detail = centred - blurred(centred, DETAIL)
    energy = np.linalg.norm(centred)
    sharp = centred + detail * energy / max(np.linalg.norm(detail), energy / 5.0)
    return sharp - sharp.mean(axis=(0, 1))


def _candidates(small: Float[np.ndarray, "size size 3"]) -> Iterator[Isometry]:
    overlay = Overlay(small)
    for degrees in ROTATIONS:
        yield from _rotations(overlay, degrees)
    yield from _mirrors(overlay)


def _rotations(overlay: Overlay, degrees: float) -> Iterator[Isometry]:
    """Turns by one angle, about whatever centre."""
    turn = np.array(PlaneMap.about((0.0, 0.0), degrees).matrix)
    for row, column in _peaks(overlay.fits(turn)):
        translation = turn @ np.array([overlay.shifts[column], overlay.shifts[row]])
        x, y = np.linalg.solve(np.eye(2) - turn, translation).tolist()
        yield Isometry("rotation", degrees, (x, y))


def _mirrors(overlay: Overlay) -> Iterator[Isometry]:
    """Mirrors in every direction, at whatever distance from the middle."""
    angles = np.arange(AXES) * 180.0 / AXES
    distances = np.linspace(-1.3, 1.3, 4 * SMALL + 1)
    fits = []
    for angle in angles:
        flip = np.array(PlaneMap.about((0.0, 0.0), 2.0 * angle, mirrored=True).matrix)
        shifts = -2.0 * distances[:, None] * normal(angle)
        places = (shifts[:, ::-1].T - overlay.shifts[0]) / overlay.step
        fits.append(scipy.ndimage.map_coordinates(overlay.fits(flip), places, order=1))
    # Half a turn on, the axes are the same again and their sides are swapped.
    around = np.array([fits[-1][::-1], *fits, fits[0][::-1]])
    for row, column in _peaks(around):
        if 1 <= row <= AXES:
            angle = float(angles[row - 1])
            x, y = (distances[column] * normal(angle)).tolist()
            yield Isometry("mirror", angle, (x, y))


def _peaks(fits: Float[np.ndarray, "rows columns"]) -> list[list[int]]:
    """Rows and columns of the best local maxima, best first."""
    high = (fits == scipy.ndimage.maximum_filter(fits, size=3)) & (fits > CORRELATION[0] - SLACK)
    places = np.argwhere(high)
    return places[np.argsort(-fits[high], kind="stable")][:MOST].tolist()


def _distinct(found: list[Isometry]) -> list[Isometry]:
    """Best first, without those that nearly repeat a better one."""
    kept: list[Isometry] = []
    for one in sorted(found, key=lambda each: (-each.weight, -each.correlation)):
        if not any(one.kind == other.kind and one.apart(other) < APART for other in kept):
            kept.append(one)
    return kept

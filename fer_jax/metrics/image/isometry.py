"""One symmetry of a picture, how well the picture has it, and moving it to where it fits best."""

from dataclasses import dataclass, replace

import numpy as np
import scipy
from jaxtyping import Float

from fer_jax.metrics.image.overlay import SHARE, fit, ramp
from fer_jax.metrics.image.plane_map import PlaneMap, Point, pixel_points, sample

CORRELATION = (0.7, 0.8)
"""From where on a symmetry counts, and from where on fully. Pictures of a dozen random blobs reach
0.7; the original skull, whose halves differ, has 0.77."""

TRIES = 60
"""Of places for one symmetry, at most."""


@dataclass(frozen=True)
class Isometry:
    """A mirror or a turn under which a picture is like itself.

    Attributes:
        kind: "mirror" or "rotation".
        angle: in degrees. Of a mirror, that of its axis to the x axis, from 0 to 180; of a
            rotation, how far it turns from x towards y.
        centre: (x, y) of a rotation's centre, or of the point of the axis nearest to the middle.
        correlation: of the picture, its detail strengthened, with its image, over what stays
            inside.
        share: of the picture's variance that stays inside.
        weight: from 0 to 1. Fades out as the correlation falls, or the share, so that no rounding
            error decides on a symmetry.

    Example:
        >>> Isometry("mirror", 90.0, (0.25, 0.0)).map.apply(np.array([0.0, 0.5])).round(6).tolist()
        [0.5, 0.5]
    """

    kind: str
    angle: float
    centre: Point
    correlation: float = 0.0
    share: float = 0.0
    weight: float = 0.0

    @property
    def map(self) -> PlaneMap:
        """Where it takes the points of the picture."""
        if self.kind == "mirror":
            return PlaneMap.about(self.centre, 2.0 * self.angle, mirrored=True)
        return PlaneMap.about(self.centre, self.angle)

    def side(self, points: Float[np.ndarray, "*points 2"]) -> Float[np.ndarray, "*points"]:
        """Of a mirror: the distances of points from its axis, negative on one side."""
        return (points - np.array(self.centre)) @ normal(self.angle)

    def apart(self, other: "Isometry") -> float:
        """Root mean square of the distance between where both take a point of the picture."""
        points = pixel_points(9)
        difference = self.map.apply(points) - other.map.apply(points)
        return float(np.sqrt(np.mean(np.sum(difference**2, axis=-1))))


def normal(degrees: float) -> Float[np.ndarray, "2"]:
    """The direction across a mirror's axis, of unit length.

    Example:
        >>> normal(90.0).round(6).tolist()
        [1.0, -0.0]
    """
    return np.array([np.sin(np.deg2rad(degrees)), -np.cos(np.deg2rad(degrees))])


def moved_into_place(
    picture: Float[np.ndarray, "size size 3"], start: Isometry, step: float
) -> Isometry:
    """The symmetry where it fits a picture best.

    Args:
        picture: of mean 0 in each channel.
        start: the kind of symmetry, and about where it is.
        step: how far it may be from there, in coordinates or radians; about.

    Returns:
        The same kind with another centre, or of a mirror with another angle and distance from the
        middle, and with its correlation, share and weight.
    """
    points = pixel_points(len(picture))

    def loss(by: np.ndarray) -> float:
        return -float(fit(*_correlation(picture, points, _shifted(start, by).map)))

    simplex = step * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    options = {"initial_simplex": simplex, "xatol": 0.001, "fatol": 1e-4, "maxfev": TRIES}
    found = scipy.optimize.minimize(loss, simplex[0], method="Nelder-Mead", options=options)
    best = _shifted(start, found.x)
    correlation, share = _correlation(picture, points, best.map)
    weight = float(ramp(correlation, CORRELATION) * ramp(share, SHARE))
    return replace(best, correlation=correlation, share=share, weight=weight)


def _shifted(start: Isometry, by: Float[np.ndarray, "2"]) -> Isometry:
    """With another centre, or of a mirror with another angle and distance from the middle."""
    if start.kind == "rotation":
        x, y = (np.array(start.centre) + by).tolist()
        return replace(start, centre=(x, y))
    distance = np.array(start.centre) @ normal(start.angle) + by[1]
    angle = start.angle + float(np.rad2deg(by[0]))
    x, y = (distance * normal(angle)).tolist()
    return replace(start, angle=angle % 180.0, centre=(x, y))


def _correlation(
    picture: Float[np.ndarray, "size size 3"],
    points: Float[np.ndarray, "size size 2"],
    through: PlaneMap,
) -> tuple[float, float]:
    """Of a picture with its image, and the share of its variance that takes part."""
    image, inside = sample(picture, through.apply(points))
    weights = inside.ravel() / max(float(inside.sum()), 1e-9)
    one, other = picture.reshape(-1, 3), image.reshape(-1, 3)
    first, second = weights @ one, weights @ other
    variance = float((weights @ one**2 - first**2).sum())
    image_variance = float((weights @ other**2 - second**2).sum())
    spread = float(np.sqrt(max(variance * image_variance, 0.0)))
    covariance = float((weights @ (one * other) - first * second).sum())
    share = spread * float(inside.sum()) / float(np.sum(picture**2))
    return covariance / max(spread, 1e-12), share

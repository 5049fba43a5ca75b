"""Building blocks of a picture: regions that are 1 inside and 0 outside, and how to tint them.

A CPPN cannot multiply two neurons. What takes the place of a product is a `relu` with a negative
bias: it lets a value through only where a region is 1.
"""

import math

from experiments.shelf.expressions import (
    Sum,
    as_sum,
    gaussian,
    identity,
    relu,
    sigmoid,
    tanh,
    total,
    x,
    y,
)

Tint = tuple[Sum, float, float, float]
"""A region and what it adds to hue, saturation and brightness."""

ROUND = 0.45
"""How far out on their bells two gaussians meet in a circle; further out it becomes a diamond."""


def region(distance: Sum, sharpness: float = 160.0, name: str = "") -> Sum:
    """1 where `distance` is positive, 0 where it is negative, with a smooth edge between.

    Two neurons share the gain, so that an edge a few pixels wide needs no weight above 25 or so.
    """
    gain = math.sqrt(sharpness)
    return 0.5 + 0.5 * sigmoid(1.5 * gain * tanh(gain / 1.5 * distance), name)


def nearness(across: Sum, down: Sum) -> Sum:
    """Highest where both are 0, and 0 on a circle of radius 1."""
    rim = 2 * math.exp(-(ROUND**2))
    return gaussian(ROUND * across) + gaussian(ROUND * down) - rim


def disc(across: Sum, down: Sum, sharpness: float = 60.0, name: str = "") -> Sum:
    """The region where `across` and `down` lie within a circle of radius 1."""
    return region(nearness(across, down), sharpness, name)


def both(*regions: Sum, name: str = "") -> Sum:
    """1 where all of them are 1."""
    return relu(total(regions) - (len(regions) - 1), name)


def either(*regions: Sum, name: str = "") -> Sum:
    """1 where any of them is 1."""
    return 1 - relu(1 - total(regions), name)


def without(shape: Sum, *others: Sum, name: str = "") -> Sum:
    """The part of a region that none of the others covers."""
    return relu(shape - total(others), name)


def within(shape: Sum, value: Sum, reach: float = 2.0, name: str = "") -> Sum:
    """The positive part of `value` inside a region, 0 outside; `reach` is more than its largest."""
    return relu(value + reach * (shape - 1.0), name)


def outline(shape: Sum, name: str = "") -> Sum:
    """1 on a region's edge. Hue runs through a rainbow there, which less saturation hides."""
    return bump(3.5 * (shape - 0.5), name)


def bump(z: Sum, name: str = "") -> Sum:
    """`exp(-z^2)`: a bell from 0 to 1."""
    return 0.5 + 0.5 * gaussian(z, name)


def absolute(z: Sum, name: str = "") -> Sum:
    """The absolute value: what makes two mirror images out of one drawing."""
    return identity(relu(z) + relu(-z), name)


def along(degrees: float) -> Sum:
    """The coordinate that grows in a direction; 0 is to the right, 90 is up."""
    angle = math.radians(degrees)
    return math.cos(angle) * x - math.sin(angle) * y


def tinted(background: tuple[Sum | float, ...], *tints: Tint) -> tuple[Sum, Sum, Sum]:
    """Hue, saturation and brightness of a background and of what is added to it region by region.

    A tint adds to what is there, so that a background's shading goes on inside a shape.
    """
    hue, saturation, brightness = (
        as_sum(channel) + total(tint[0] * tint[place] for tint in tints)
        for place, channel in enumerate(background, start=1)
    )
    return hue, saturation, brightness


def folded(*degrees: float) -> tuple[Sum, Sum]:
    """Fold the plane like paper: about both axes, then about a line at each angle in turn.

    What is drawn next to the x axis appears all around, by reflection, though it is made once.

    Args:
        *degrees: each line's angle; 60 and 30 make six arms, 45 and 22.5 make eight.

    Returns:
        The coordinates along and across an arm, neither of them ever negative.
    """
    u, v = relu(x) + relu(-x), relu(y) + relu(-y)
    for angle in map(math.radians, degrees):
        cosine, sine = math.cos(angle), math.sin(angle)
        beyond = relu(cosine * v - sine * u)
        u, v = u + 2 * sine * beyond, v - 2 * cosine * beyond
    return identity(u, "along"), identity(v, "across")

"""What a turn maps to itself."""

from experiments.shelf.expressions import Sum, cos, d, gaussian, genome, sigmoid, sin, total, x, y
from experiments.shelf.shapes import (
    absolute,
    along,
    both,
    bump,
    folded,
    region,
    tinted,
    within,
)
from fer_jax.genome.graph import Genome


def snowflake() -> Genome:
    """A snow crystal: half an arm with three twigs, folded all around."""
    u, v = folded(60, 30)
    twig = u - 0.6 * v
    twigs = bump(18 * twig - 7.5) + bump(18 * twig - 11.3) + bump(15 * twig - 2.5)
    reach = region(0.37 - 0.36 * u - v)
    arm = region(0.032 - v) + both(region(twigs - 0.5, 40), reach)
    ice = both(region(0.9 - u), arm, name="ice")
    glow = bump(d, "glow")
    return genome(
        "snowflake",
        *tinted(
            (0.6, 0.75, 0.28),
            (glow, -0.02, -0.35, 0.3),
            (ice, 0, -0.4, 0.34),
            (within(ice, 0.5 + 0.5 * cos(22 * v + 10 * u), name="facets"), 0, 0, 0.16),
        ),
    )


def pinwheel() -> Genome:
    """Four folded paper sails turn about a pin; no mirror maps it to itself."""
    tilt = 12

    def square(degrees: float, half: float) -> Sum:
        sides = (along(degrees + 90 * turn) for turn in range(4))
        return region(total(sigmoid(24 * (half - side)) for side in sides) - 3, 60)

    lines = [region(along(tilt + 45 * turn)) for turn in range(4)]
    sides = [*lines, *(1 - line for line in lines)]
    large, small = square(tilt, 0.7), square(tilt + 45, 0.52)
    sails = [both(sides[k], sides[k + 1], sides[(k + 3) % 8], large) for k in (0, 2, 4, 6)]
    flaps = [both(sides[k], sides[k + 2], sides[k - 1], small) for k in (0, 2, 4, -2)]
    slopes = [along(tilt + 90 + 90 * turn) for turn in range(4)]
    light = total(
        within(paper, steep * slope)
        for papers, steep in ((sails, 1.1), (flaps, 1.3))
        for paper, slope in zip(papers, slopes, strict=True)
    )
    return genome(
        "pinwheel",
        *tinted(
            (0.13, 0.14 + 0.08 * d, 0.98 - 0.1 * d),
            (total(sails), -0.14, 0.72, -0.3),
            (total(flaps), -0.05, 0.68, -0.2),
            (light, 0, -0.28, 0.4),
            (region(0.09 - d, name="pin"), 0, -0.7, 0.5),
        ),
    )


def yinyang() -> Genome:
    """Yin and yang in grey; half a turn maps it to its negative."""
    wave = region(x - 0.42 * sin(3.7 * y), name="wave")
    dots = region(gaussian(2.3 * x) - 0.55 * cos(7.4 * y) - 1.35, 60, "dots")
    ball = region(1.22 - d, name="ball")
    white = both(ball, absolute(wave - dots), name="white")
    return genome(
        "yinyang",
        *tinted(
            (0, 0, 0.58 + 0.1 * along(120)),
            (ball, 0, 0, -0.42),
            (white, 0, 0, 0.7),
            (bump(12 * d - 14.6, "rim"), 0, 0, -0.15),
        ),
    )

"""Plants, and what grows like one."""

import math

from experiments.shelf.expressions import cos, d, gaussian, genome, sin, x, y
from experiments.shelf.shapes import (
    absolute,
    both,
    bump,
    folded,
    nearness,
    region,
    tinted,
    within,
    without,
)
from fer_jax.genome.graph import Genome


def flower() -> Genome:
    """Two rings of eight petals: one front and one back petal, folded all around."""
    u, v = folded(45, 22.5)
    cosine, sine = math.cos(math.pi / 8), math.sin(math.pi / 8)
    back_u, back_v = cosine * u + sine * v, cosine * v - sine * u
    heart = region(0.34 - d, name="heart")
    front = region(gaussian(2.2 * u - 1.06) + gaussian(4.6 * v) - 0.85, 110)
    front = without(front, heart, name="front")
    back = region(gaussian(2.2 * back_u - 1.06) + gaussian(4.6 * back_v) - 0.85, 110)
    back = without(back, front, heart, name="back")
    depth = within(front + back, bump(1.5 * d), name="depth")
    return genome(
        "flower",
        *tinted(
            (0.5 + 0.08 * d, 0.6 - 0.25 * bump(1.2 * d - 1.2), 0.12 + 0.12 * bump(0.9 * d)),
            (front, 0.36, 0, 0.75),
            (back, 0.34, 0.1, 0.52),
            (depth, 0, 0, -0.25),
            (within(front, bump(12 * v) - 0.35 * u, name="crease"), 0, 0.25, -0.12),
            (heart, 0.57, 0.35, 0.25),
            (within(heart, 0.5 + 0.25 * cos(25 * u) + 0.25 * cos(25 * v)), 0, 0, 0.45),
        ),
    )


def mushroom() -> Genome:
    """A toadstool at the edge of a wood; two crossed cosines dot its cap."""
    near = nearness(x / 0.8, (y - 0.12) / 0.86)
    cap = both(region(near, 200), region(0.1 - y + 0.12 * bump(1.6 * x)), name="cap")
    girth = 0.15 + 0.1 * bump(3 * y - 2.2) - absolute(x + 0.06 * y)
    stem = without(both(region(girth), region(0.8 - y), region(y)), cap, name="stem")
    dots = cos(11 * x + 5 * y + 0.9, "dots_up") + cos(9 * x - 8.5 * y + 0.5, "dots_down")
    blades = 0.05 * sin(25 * x + 5 * sin(3 * x)) + 0.03 * sin(11 * x)
    sun = bump(1.3 * x + 0.9) + bump(1.3 * y + 1)
    return genome(
        "mushroom",
        *tinted(
            (0.3 - 0.04 * y, 0.6 - 0.1 * sun, 0.22 + 0.2 * sun),
            (cap, -0.3, 0.3, 0.18),
            (within(cap, 0.5 + 0.5 * near - 0.6 * x - 0.4 * y, name="light"), 0.01, -0.1, 0.3),
            (both(cap, region(dots - 0.9, 30), name="spots"), 0.06, -0.7, 0.25),
            (stem, -0.18, -0.32, 0.5),
            (within(stem, 0.3 + 3 * x, 4, "shade"), 0, 0.1, -0.35),
            (region(y - 0.76 + blades, 60, "grass"), 0, 0.2, -0.02),
        ),
    )

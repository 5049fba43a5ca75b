"""What is seen in the sky."""

from experiments.shelf.expressions import (
    bias,
    cos,
    d,
    gaussian,
    genome,
    identity,
    labelled,
    relu,
    sigmoid,
    sin,
    total,
    x,
    y,
)
from experiments.shelf.shapes import (
    ROUND,
    along,
    both,
    bump,
    disc,
    region,
    tinted,
    within,
    without,
)
from fer_jax.genome.graph import Genome


def sunrise() -> Genome:
    """The sun comes up over the sea beside a headland; two bells make it and its glow."""
    height = labelled(0.05 * bias, "Sun height")
    near = gaussian(2 * ROUND * x - 0.2, "sun_x") + gaussian(2 * ROUND * y + height, "sun_y")
    sea = region(y - 0.3, name="sea")
    ridge = 0.6 - 0.7 * bump(1.7 * x + 1.9) - 0.24 * bump(3.4 * x + 1.7)
    land = without(region(y - ridge, name="ridge"), sea, name="land")
    sun = without(region(near - 1.72, 330), sea, land, name="sun")
    glow = bump(0.8 * (2 - near), "glow")
    dusk = sigmoid(3 * y + 2.2, "dusk")
    swell = sin(5 * x + 6 * y, "swell")
    ripple = sin(28 * y - 6 * gaussian(2.2 * y - 0.5) + 0.9 * swell, "ripple")
    path = bump(2.4 * x - 0.53, "path")
    glitter = within(sea, 0.55 * ripple + 1.2 * path - 0.6, 1.2, "glitter")
    return genome(
        "sunrise",
        *tinted(
            (0.78, 0.62, 0.5),
            (dusk, 0.17, 0, 0.2),
            (glow, 0.12, -0.1, 0.3),
            (sea, -0.22, 0.05, -0.4),
            (sun, 0.06, -0.2, 0.1),
            (glitter, 0.25, -0.1, 0.6),
            (land, -0.2, 0, -0.7),
        ),
        label_colors={"Sun height": (255, 170, 40)},
    )


def moon() -> Genome:
    """A crescent, stars and two banks of cloud, in grey."""
    full = disc((x - 0.05) / 0.56, (y + 0.1) / 0.56, 90)
    shadow = disc((x - 0.31) / 0.48, (y + 0.22) / 0.48, 30)
    crescent = without(full, shadow, name="crescent")
    limb = within(crescent, 0.3 - 0.9 * x + 0.2 * y, name="limb")
    halo = bump(1.3 * x - 0.05) + bump(1.3 * y + 0.1)
    stars = (
        relu(gaussian(22 * (x - across)) + gaussian(22 * (y - down)) - faint)
        for across, down, faint in (
            (0.32, -0.34, 0.2),
            (0.66, -0.68, 0.45),
            (-0.74, -0.72, 0.35),
            (0.78, 0.08, 0.35),
            (-0.78, 0.12, 0.6),
        )
    )
    bank = y - 0.64 + 0.1 * sin(4.2 * x + 1) + 0.05 * sin(9 * x)
    return genome(
        "moon",
        *tinted(
            (0, 0, 0.05 + 0.1 * halo),
            (crescent, 0, 0, 0.5),
            (limb, 0, 0, 0.28),
            (total(stars), 0, 0, 0.7),
            (region(bank, 40, "far_cloud"), 0, 0, 0.2),
            (region(bank - 0.2 + 0.12 * sin(3 * x - 1), 40, "near_cloud"), 0, 0, 0.17),
        ),
    )


def planet() -> Genome:
    """A ringed planet; one ellipse gives the ring, its hole and its grooves."""
    u, v = identity(along(20), "along_ring"), identity(along(-70), "across_ring")
    ball = region(0.6 - d, name="ball")
    size = labelled(0.95 * u, "Ring width")
    ellipse = gaussian(size) + gaussian(3.3 * v)
    annulus = without(region(ellipse - 0.86, 120), region(ellipse - 1.36, 120), name="annulus")
    behind = both(annulus, ball, 1 - region(v + 0.02), name="behind")
    ring = identity(annulus - behind, "ring")
    globe = without(ball, ring, name="globe")
    grooves = within(ring, 0.5 + 0.5 * cos(25 * ellipse))
    belts = sin(15 * v + 0.8 * sin(6 * u), "belts")
    light = within(globe, 0.72 + 0.95 * along(35) - 0.5 * d + 0.13 * belts, name="light")
    stars = total(
        relu(gaussian(24 * (x - across)) + gaussian(24 * (y - down)) - faint)
        for across, down, faint in (
            (-0.7, -0.64, 0.2),
            (0.76, 0.62, 0.4),
            (0.28, 0.8, 0.6),
            (-0.55, 0.74, 0.3),
            (0.5, -0.76, 0.5),
            (-0.87, 0.02, 0.6),
        )
    )
    return genome(
        "planet",
        *tinted(
            (0.68, 0.6, 0.1 + 0.14 * bump(d)),
            (globe, 0.41, -0.1, -0.1),
            (light, 0, 0, 1),
            (ring, 0.44, -0.2, 0.48),
            (grooves, 0, 0, 0.27),
            (stars, 0, -0.5, 0.8),
        ),
        label_colors={"Ring width": (240, 210, 120)},
    )

"""Things, and an eye to see them."""

from experiments.shelf.expressions import cos, d, gaussian, genome, labelled, relu, sin, x, y
from experiments.shelf.shapes import (
    ROUND,
    absolute,
    along,
    both,
    bump,
    disc,
    folded,
    nearness,
    outline,
    region,
    tinted,
    within,
)
from fer_jax.genome.graph import Genome


def balloon() -> Genome:
    """A hot-air balloon; its gores are eggs of one height, one inside the other."""
    up = (y + 0.25) / 0.6
    height = gaussian(ROUND * up - 0.12 * relu(up), "height")
    middle, inner, outer, whole = (
        region(gaussian(ROUND * x / half) + height - 1.633, 150) for half in (0.14, 0.3, 0.46, 0.6)
    )
    mouth = region(0.42 - y, name="mouth")
    envelope = both(whole, mouth, name="envelope")
    stripes = both(envelope - outer + inner - middle, mouth, name="stripes")
    away = absolute(x, "from_axis")
    basket = both(region(0.12 - away), region(y - 0.7), region(0.88 - y), name="basket")
    slant = region(0.012 - absolute(away + 0.1 * y - 0.18))
    ropes = both(slant, region(y - 0.42), region(0.7 - y), name="ropes")
    cloud = region(y - 0.72 + 0.1 * sin(4 * x + 1) + 0.05 * sin(9 * x), 20, "cloud")
    return genome(
        "balloon",
        *tinted(
            (0.57, 0.5 - 0.22 * y, 0.9),
            (cloud, 0, -0.3, 0.08),
            (envelope, 0.53, -0.35, 0.1),
            (outline(envelope), 0, -0.3, -0.2),
            (stripes, -0.14, 0.65, -0.1),
            (within(envelope, 0.6 - 0.9 * along(30), name="shade"), 0, 0.1, -0.3),
            (basket, 0.5, 0.25, -0.4),
            (ropes, 0.5, -0.1, -0.5),
        ),
    )


def vase() -> Genome:
    """A banded vase in grey, lit from the left."""
    belly = labelled(0.21 * sin(3.6 * y + 0.5, "belly"), "Belly width")
    profile = 0.36 + belly + 0.1 * bump(8 * y + 6.4, "lip") + 0.06 * bump(8 * y - 6.6, "foot")
    away = absolute(x, "from_axis")
    body = both(region(profile - away), region(0.8 - absolute(y)), name="body")
    turned = sin(19 * y - 2.28 * bump(1.6 * x) + 1.5, "turned")
    return genome(
        "vase",
        *tinted(
            (0, 0, 0.48 - 0.1 * d - 0.1 * x - 0.08 * y),
            (region(y - 0.62, 60, "table"), 0, 0, -0.13),
            (body, 0, 0, 0.22),
            (within(body, bump(4 * x + 0.8), name="light"), 0, 0, 0.3),
            (within(body, 0.9 * away + 0.45 * x, name="shade"), 0, 0, -0.45),
            (within(body, turned - 0.2, name="bands"), 0, 0, -0.25),
        ),
        label_colors={"Belly width": (240, 130, 60)},
    )


def heart() -> Genome:
    """A heart: a disc, sheared upwards on both sides of its axis."""
    span = absolute(x, "span")
    near = nearness(span / 0.74, (y - 0.1 + 0.55 * span) / 0.62)
    inside = region(near, 170, "inside")
    light = within(inside, 0.55 * near + 0.7 * along(130), name="light")
    gleam = within(inside, bump(3.2 * x + 1.3) + bump(4.5 * y + 2.0 + x) - 1.1, name="gleam")
    return genome(
        "heart",
        *tinted(
            (0.95, 0.2 + 0.1 * d, 0.97 - 0.1 * d),
            (inside, 0.03, 0.65, -0.25),
            (light, 0, -0.15, 0.35),
            (gleam, 0, -0.4, 0.1),
        ),
    )


def eye() -> Genome:
    """An eye; the threads of its iris are one thread, folded all around."""
    arch = cos(1.5 * x, "arch")
    upper = y + 0.5 * arch - 0.02
    lower = 0.42 * arch - 0.06 - y
    opening = both(region(upper), region(lower), name="opening")
    iris = both(opening, region(0.56 - d), name="iris")
    pupil = both(opening, region(0.26 - d), name="pupil")
    _, across = folded(45, 22.5)
    threads = within(iris - pupil, 0.5 + 0.5 * cos(30 * across), name="threads")
    fade = bump(1.1 * x, "fade")
    brow = relu(bump(8 * (y + 0.4 * arch + 0.47)) + fade - 1, "brow")
    crease = relu(bump(12 * (y + 0.56 * arch + 0.12)) + fade - 1, "crease")
    lashes = relu(bump(11 * upper) + 0.6 * fade - 0.6, "lashes")
    return genome(
        "eye",
        *tinted(
            (0.06, 0.38 + 0.06 * d, 0.95 - 0.16 * d),
            (opening, 0, -0.36, 0.04),
            (iris, 0.46, 0.45, -0.42),
            (threads, -0.04, -0.1, 0.36),
            (within(opening, bump(14 * d - 7.8), name="limbus"), 0.12, 0, -0.25),
            (pupil, 0, 0, -0.48),
            (within(opening, bump(4 * upper), name="shadow"), 0, 0, -0.2),
            (lashes, 0, 0, -0.8),
            (crease, 0, 0.1, -0.3),
            (brow, 0, 0.05, -0.55),
            (disc((x - 0.13) / 0.075, (y + 0.13) / 0.075, name="glint"), 0, -0.7, 0.9),
        ),
    )

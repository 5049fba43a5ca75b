"""Animals."""

from experiments.shelf.expressions import (
    bias,
    cos,
    d,
    gaussian,
    genome,
    identity,
    labelled,
    sigmoid,
    sin,
    x,
    y,
)
from experiments.shelf.shapes import (
    absolute,
    both,
    bump,
    disc,
    either,
    nearness,
    outline,
    region,
    tinted,
    within,
    without,
)
from fer_jax.genome.graph import Genome


def moth() -> Genome:
    """A moth with four eyespots; it knows x only as |x|, so that one side mirrors the other."""
    span = absolute(x, "span")
    girth = gaussian(7 * span + 0.3 + 0.3 * sigmoid(5 * y), "girth")
    body = region(girth + gaussian(1.8 * y - 0.1, "length") - 0.8, 300, "body")

    # A forewing is what lies inside its three edges; a sum of sigmoids rounds the corners off.
    tip = labelled(0.88 * bias, "Wing span")
    fore_near = (
        sigmoid(9 * (y + 0.62 * span + 0.16 + 0.14 * bump(3.2 * span - 1.6)), "leading_edge")
        + sigmoid(9 * (0.2 - y), "trailing_edge")
        + sigmoid(9 * (tip - span - 0.3 * y - 0.1 * bump(4 * y + 0.4)), "outer_edge")
    )
    hind_near = gaussian(1.6 * (0.62 * span + 0.78 * y) - 0.85, "hind_length") + gaussian(
        2.3 * (0.78 * span - 0.62 * y) - 0.1, "hind_width"
    )
    fore = without(region(fore_near - 2.15, 120), body, name="forewing")
    hind = without(region(hind_near - 0.95, 200), fore, body, name="hindwing")
    wing = identity(fore + hind, "wing")
    bands = within(wing, 0.5 + 0.5 * cos(15 * d - 4 + 0.5 * sin(28 * span)), name="bands")

    # One cosine of the height puts a spot on each wing.
    spot = gaussian(4.6 * span - 2.2, "spot_across") + cos(8.9 * y + 2.1, "spot_down")
    ring = both(wing, region(spot - labelled(1.35 * bias, "Spot size"), 80), name="ring")
    pupil = within(ring, region(spot - 1.6, 80), name="pupil")
    glint = within(pupil, bump(3 * spot - 5), name="glint")

    curve = bump(26 * (span - 0.02 - 0.34 * bump(2.6 * y + 2.2)))
    feelers = without(within(bump(3.8 * y + 2.1), curve, 1), wing, body, name="feelers")
    return genome(
        "moth",
        *tinted(
            (0.6, 0.6, 0.13 + 0.2 * bump(0.9 * d)),
            (fore, 0.48, 0, 0.45),
            (both(fore, bump(2.2 * (fore_near - 2))), -0.08, 0, -0.45),
            (hind, 0.44, 0, 0.37),
            (both(hind, bump(3.6 * (hind_near - 0.9))), -0.06, 0, -0.4),
            (wing, 0, -0.1, 0),
            (bands, 0, -0.15, 0.16),
            (ring, 0, -0.2, 0.2),
            (pupil, 0, 0.3, -0.75),
            (glint, -0.45, 0, 0.3),
            (body, 0.49, -0.15, 0.35),
            (within(body, 0.5 + 0.5 * cos(26 * y)), 0, 0, 0.25),
            (feelers, 0, -0.45, 0.6),
        ),
        label_colors={"Wing span": (90, 160, 230), "Spot size": (230, 120, 200)},
    )


def fish() -> Genome:
    """A clownfish swims to the left; one cosine bands body, fins and tail alike."""
    near = nearness((x + 0.14) / 0.64, (y - 0.02) / 0.42)
    body = region(near, 120, "body")
    eye = disc((x + 0.55) / 0.075, (y + 0.08) / 0.075, name="eye")
    frill = 0.05 * cos(16 * x)
    fins = (
        sigmoid(12 * (0.5 - 0.2 * x + frill - y), "lower_fin")
        + sigmoid(12 * (0.46 - 0.2 * x + frill + y), "upper_fin")
        + sigmoid(10 * (x + 0.45))
        + sigmoid(8 * (0.45 - x))
    )
    spread = 0.7 * x - 0.216
    tail = (
        sigmoid(10 * (x - 0.3))
        + sigmoid(12 * (0.88 - x - 0.16 * bump(5 * y)), "tail_end")
        + sigmoid(9 * (spread - y))
        + sigmoid(9 * (spread + y))
    )
    skin = identity(either(body, region(fins - 2.7, 60), region(tail - 2.6, 60)) - eye, "skin")
    bands = cos(13 * x + 4.6 - 0.9 * bump(2.5 * y), "bands")
    return genome(
        "fish",
        *tinted(
            (0.54 + 0.03 * y, 0.55 - 0.1 * y, 0.66 - 0.25 * y),
            (skin, 0.52, 0.3, 0.2),
            (outline(skin), 0, -0.5, -0.3),
            (both(skin, region(bands - 0.5, 20), name="white"), 0, -0.75, 0),
            (within(skin, bump(2.6 * (bands - 0.4)), name="black"), 0, 0, -0.6),
            (within(body, bump(9 * near), name="outline"), 0, 0, -0.3),
            (eye, 0, 0, -0.6),
            (disc((x + 0.57) / 0.028, (y + 0.1) / 0.028, name="glint"), 0, -0.4, 0.8),
        ),
    )


def panda() -> Genome:
    """A panda's face in grey; eyes and patches keep the distance that one link sets."""
    span = absolute(x, "span")
    aside = identity(span - labelled(0.37 * bias, "Eye distance"), "from_eye")
    near = nearness(x / 0.86, (y - 0.1) / 0.76)
    head = region(near, 200, "head")
    ear = without(disc((span - 0.6) / 0.27, (y + 0.58) / 0.27), head, name="ear")
    slanting, steep = 0.8 * aside - 0.6 * y, 0.6 * aside + 0.8 * y
    patch = disc(slanting / 0.19, steep / 0.29, name="patch")
    nose = disc(x / 0.16, (y - 0.38) / 0.1, name="nose")
    lips = bump(24 * (y - 0.52 - 0.12 * bump(5.5 * span - 1.1)), "lips")
    return genome(
        "panda",
        *tinted(
            (0, 0, 0.42 + 0.12 * bump(0.8 * d)),
            (ear, 0, 0, -0.42),
            (head, 0, 0, 0.14),
            (within(head, 1.3 * near, name="cheeks"), 0, 0, 0.5),
            (patch, 0, 0, -0.72),
            (disc((aside + 0.03) / 0.065, (y + 0.04) / 0.065, name="eye"), 0, 0, 0.75),
            (nose, 0, 0, -0.75),
            (within(nose, bump(9 * y - 2.9), name="shine"), 0, 0, 0.25),
            (within(region(0.36 - span), lips, name="mouth"), 0, 0, -0.5),
        ),
        label_colors={"Eye distance": (60, 180, 110)},
    )

"""Places."""

from experiments.shelf.expressions import cos, genome, sigmoid, sin, total, x, y
from experiments.shelf.shapes import (
    absolute,
    both,
    bump,
    disc,
    nearness,
    outline,
    region,
    tinted,
    within,
    without,
)
from fer_jax.genome.graph import Genome


def lighthouse() -> Genome:
    """A striped lighthouse on a rock sends its beam out to the left."""
    right = x - 0.3
    away = absolute(right, "from_axis")
    rock = region(y - 0.74 + 0.34 * bump(2 * x - 0.6), name="rock")
    sea = without(region(y - 0.56), rock, name="sea")
    tower = both(region(0.23 + 0.11 * y - away, 250), region(y + 0.42), 1 - rock, name="tower")
    gallery = both(region(0.2 - away), region(0.05 - absolute(y + 0.42)), name="gallery")
    lamp = both(region(0.11 - away), region(y + 0.7), region(-0.46 - y), name="lamp")
    roof = both(region(0.86 - away + y), region(-0.69 - y), name="roof")
    cone = region(-0.05 - 0.24 * right - absolute(y + 0.585), 25)
    beam = both(cone, region(-right - 0.08, 60), name="beam")
    glow = bump(2 * right) + bump(2 * y + 1.16)
    return genome(
        "lighthouse",
        *tinted(
            (0.69 + 0.07 * y, 0.6 - 0.1 * y, 0.3 + 0.25 * y + 0.15 * glow),
            (sea, -0.12, 0.1, -0.27),
            (within(sea, 0.5 + 0.5 * sin(24 * y + 3 * sin(4 * x)), name="waves"), -0.05, -0.1, 0.2),
            (rock, 0, -0.2, -0.45),
            (tower, 0.3, -0.6, 0.35),
            (both(tower, region(cos(16.5 * y + 1), 20), name="stripes"), 0, 0.85, -0.12),
            (within(tower, 0.3 + 2.4 * right, name="shade"), 0, 0.1, -0.4),
            (lamp, 0.45, -0.1, 0.7),
            (beam, 0, -0.42, 0.42),
            (gallery, 0, -0.2, -0.2),
            (roof, 0.28, 0.2, 0.1),
        ),
    )


def boat() -> Genome:
    """A red sailing boat on a blue sea."""
    away = absolute(x, "from_mast")
    hull = both(region(y - 0.36), region(0.68 - y), region(0.87 - 0.5 * y - away), name="hull")
    sea = without(region(y - 0.5 + 0.03 * sin(9 * x)), hull, name="sea")
    mast = both(region(0.024 - away), region(0.36 - y), region(y + 0.86), name="mast")
    foot = region(0.26 - y)
    billow = 0.15 * sin(4 * x)
    main = both(region(x - 0.05), foot, region(y + 0.84 - 1.35 * x - billow), name="mainsail")
    jib = both(region(-0.05 - x), foot, region(y + 0.62 + 1.5 * x + 0.7 * billow), name="jib")
    near = nearness((x - 0.58) / 0.2, (y + 0.6) / 0.2)
    sun = without(region(near, 90), main, name="sun")
    return genome(
        "boat",
        *tinted(
            (0.56 + 0.02 * y, 0.4 - 0.22 * y, 0.9),
            (sea, 0, 0.4, -0.4),
            (
                within(sea, 0.5 + 0.5 * sin(26 * y + 2 * sin(6 * x)), name="waves"),
                -0.03,
                -0.1,
                0.18,
            ),
            (main, 0, -0.34, 0.1),
            (within(main, 0.3 + 0.9 * x), 0, 0.1, -0.3),
            (jib, 0, -0.33, 0.1),
            (within(jib, 0.15 - 0.9 * x), 0, 0.1, -0.3),
            (bump(1.2 * near, "glow"), 0, -0.4, 0.08),
            (sun, -0.43, 0.5, 0.1),
            (outline(sun), 0, -0.5, 0.1),
            (hull, 0.42, 0.5, -0.25),
            (outline(hull), 0, -0.4, -0.2),
            (mast, 0, 0, -0.65),
        ),
    )


def city() -> Genome:
    """A skyline at nightfall; two cosines make every window of every tower."""
    rows, columns = cos(28.27 * y, "rows"), cos(28.27 * x, "columns")
    towers = [
        both(region(half - absolute(x - centre)), region(y - top))
        for centre, half, top in (
            (-0.83, 0.275, 0.1),
            (-0.222, 0.333, -0.36),
            (0.333, 0.222, 0.12),
            (0.82, 0.265, -0.58),
        )
    ]
    houses = total(towers)
    panes = both(houses, region(rows - 0.1, 50), region(columns - 0.1, 50), name="panes")
    lamps = 0.45 + 0.35 * sin(9 * x + 7 * y) + 0.35 * sin(8 * x - 14 * y)
    dusk = within(1 - houses, 0.5 + 0.5 * sigmoid(3 * y), name="dusk")
    walls = zip(towers, (-0.17, -0.11, -0.14, -0.19), strict=True)
    return genome(
        "city",
        *tinted(
            (0.69, 0.62, 0.3),
            (dusk, 0.33, 0, 0.55),
            *((tower, -0.03, 0, dark) for tower, dark in walls),
            (panes, 0.44, 0.05, 0.12),
            (within(panes, lamps, name="lit"), 0, 0, 0.8),
            (disc((x + 0.45) / 0.17, (y + 0.66) / 0.17, name="moon"), 0, -0.5, 0.65),
        ),
    )

"""Which parts of a picture are copies of one another, and which map takes one to the other.

Two parts are copies if one, turned, mirrored, shifted and scaled, covers the other in shape and in
colour. Copies of copies are copies, so that parts fall into concepts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import scipy
from jaxtyping import Float

from fer_jax.metrics.image.look import Look, likenesses
from fer_jax.metrics.image.plane_map import PlaneMap

LIKENESS = 0.9
"""From where on two parts are copies."""

SLACK = 0.12
"""How much the likeness may rise when a map is moved into place."""

LARGEST_SCALE = 2.0
"""How much larger a copy may be; smaller by the same factor."""

ANGLES = np.arange(0.0, 360.0, 10.0)
"""Degrees of the turns that are tried, each also mirrored."""

TURNS = tuple(
    PlaneMap.about((0.0, 0.0), float(degrees), mirrored=mirrored)
    for mirrored in (False, True)
    for degrees in ANGLES
)

MOST = 8
"""Turns from which a map is moved into place: as many as a square has symmetries."""

PATIENCE = 3
"""Times that a part may turn out unlike another one before it is tried no more."""


def find_copies(looks: Sequence[Look]) -> tuple[list[int], list[PlaneMap]]:
    """Sorts parts into concepts.

    Args:
        looks: of the parts.

    Returns:
        The number of each part's concept, counted from 0 in the order of their first parts; and
        for each part the map that takes the first part of its concept to it.
    """
    concepts = list(range(len(looks)))
    maps = [PlaneMap.about((0.0, 0.0))] * len(looks)
    unlike: Counter[int] = Counter()
    for one, other, turns in _likely_pairs(looks):
        first, second = sorted((concepts[one], concepts[other]))
        if first == second or max(unlike[one], unlike[other]) >= PATIENCE:
            continue
        found, way = _match(looks[one], looks[other], turns)
        if found < LIKENESS:
            unlike.update((one, other))
            continue
        if first == concepts[other]:
            one, other, way = other, one, way.inverse
        bridge = maps[other].inverse.after(way).after(maps[one])
        for part in [part for part, concept in enumerate(concepts) if concept == second]:
            concepts[part], maps[part] = first, maps[part].after(bridge)
    numbers = {concept: number for number, concept in enumerate(dict.fromkeys(concepts))}
    return [numbers[concept] for concept in concepts], maps


def _likely_pairs(looks: Sequence[Look]) -> Iterator[tuple[int, int, list[PlaneMap]]]:
    """Pairs of parts that may be copies, the likeliest first, with the best turns of each."""
    plain = np.array([look.seen([look.frame])[0] for look in looks])
    pairs = []
    for other, look in enumerate(looks):
        turned = look.seen(look.frame.after(turn) for turn in TURNS)
        for one, found in enumerate(likenesses(plain, turned)[:other]):
            scale = look.radius / looks[one].radius
            if max(scale, 1.0 / scale) <= LARGEST_SCALE and found.max() > LIKENESS - SLACK:
                pairs.append((float(found.max()), one, other, _best_turns(found)))
    pairs.sort(key=lambda pair: -pair[0])
    return ((one, other, turns) for _, one, other, turns in pairs)


def _best_turns(found: Float[np.ndarray, "turns"]) -> list[PlaneMap]:
    """Those that are better than the next ones to both sides."""
    rows = found.reshape(2, -1)
    peaks = (rows >= np.roll(rows, 1, axis=1)) & (rows >= np.roll(rows, -1, axis=1))
    heights = np.where(peaks & (rows > found.max() - SLACK / 2.0), rows, 0.0).ravel()
    order = np.argsort(-heights, kind="stable")[:MOST]
    return [TURNS[place] for place in order if heights[place] > 0]


def _match(one: Look, other: Look, turns: Sequence[PlaneMap]) -> tuple[float, PlaneMap]:
    """How alike two parts are, and the map from the one to the other that shows it."""
    plain = one.seen([one.frame])
    rough = [_moved(other, plain, other.frame.after(turn), 0.1, 24) for turn in turns]
    found, best = max(rough, key=lambda pair: pair[0])
    if found > LIKENESS - SLACK / 3.0:
        found, best = _moved(other, plain, best, 0.03, 70)
    return found, best.after(one.frame.inverse)


def _moved(
    other: Look, plain: Float[np.ndarray, "1 4 points"], start: PlaneMap, step: float, tries: int
) -> tuple[float, PlaneMap]:
    """The map moved to where it shows the greatest likeness, and that likeness."""

    def shifted(by: np.ndarray) -> PlaneMap:
        turn, growth, x, y = by.tolist()
        little = PlaneMap.about((0.0, 0.0), np.rad2deg(turn), scale=np.exp(growth), to=(x, y))
        return start.after(little)

    def loss(by: np.ndarray) -> float:
        return -float(likenesses(other.seen([shifted(by)]), plain)[0, 0])

    simplex = step * np.concatenate([np.zeros((1, 4)), np.eye(4)])
    options = {"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-4, "maxfev": tries}
    best = scipy.optimize.minimize(loss, simplex[0], method="Nelder-Mead", options=options)
    return -float(best.fun), shifted(best.x)

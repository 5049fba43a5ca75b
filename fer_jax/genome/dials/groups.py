"""Which beads share a mechanism, for given dials.

Eight concepts' worth of pictures would be too large to score by the thousand, so there are two
independent halves of the picture, each with two concepts A and B in two copies of four beads: 16
beads, in four groups of four. Each half stands at 0, 1/2 or 1 on either dial, and the dials of the
whole are the means of both.
"""

from dataclasses import dataclass

import numpy as np

BEADS = 4
"""In a part, and in a group."""


@dataclass(frozen=True, order=True)
class Bead:
    """Where a bead belongs.

    Attributes:
        concept: 0 ... 3; 0 and 1 are the first half's, 2 and 3 the second's.
        copy: 0 or 1.
        place: within its part, 0 ... 3.
    """

    concept: int
    copy: int
    place: int


Group = tuple[Bead, ...]


def groups(fracture: float, entanglement: float, random: np.random.Generator) -> list[Group]:
    """Eight groups of four beads.

    Args:
        fracture: the share of beads whose copy lies in another group: 0, 0.25, 0.5, 0.75 or 1.
        entanglement: the share of groups that hold beads of two concepts, of the same values.
        random: chooses among what is alike.

    Returns:
        The groups, in random order, as are the beads in each.

    Example:
        >>> one, *others = groups(0.0, 0.0, np.random.default_rng(0))
        >>> len({bead.concept for bead in one}), len({bead.copy for bead in one})
        (1, 2)
    """
    halves = zip(_shared_out(fracture, random), _shared_out(entanglement, random), strict=True)
    chosen: list[Group] = []
    for half, (fractured, entangled) in enumerate(halves):
        chosen += _half(2 * half, fractured, entangled, random)
    shuffled = [tuple(group[i] for i in random.permutation(BEADS)) for group in chosen]
    return [shuffled[i] for i in random.permutation(len(shuffled))]


def _shared_out(dial: float, random: np.random.Generator) -> tuple[int, int]:
    """A dial's quarters as steps of a half, 0 ... 2 for each half of the picture."""
    quarters = round(4 * dial)
    least, most = max(0, quarters - 2), min(2, quarters)
    first = int(random.integers(least, most + 1))
    return first, quarters - first


def _half(concept: int, fractured: int, entangled: int, random: np.random.Generator) -> list[Group]:
    """Four groups of two concepts' beads, at dials of `fractured / 2` and `entangled / 2`."""
    a, b = (concept + int(i) for i in random.permutation(2))
    left, right = (int(i) for i in random.permutation(2))
    one, two, three, four = (int(i) for i in random.permutation(BEADS))
    both = (left, right)

    def beads(concepts: tuple, copies: tuple, places: tuple) -> Group:
        return tuple(Bead(c, s, p) for c in concepts for s in copies for p in places)

    def unified(places: tuple, concepts: tuple) -> list[Group]:
        return [beads((c,), both, places) for c in concepts]

    def apart(concepts: tuple) -> list[Group]:
        return [beads((c,), (s,), (one, two, three, four)) for c in concepts for s in both]

    def mixed(*places: int) -> list[Group]:
        return [beads((a, b), both, (place,)) for place in places]

    def mixed_apart(copies: tuple, *pairs: tuple) -> list[Group]:
        return [beads((a, b), (s,), pair) for pair in pairs for s in copies]

    first, last = (one, two), (three, four)
    layouts = {
        (0, 0): unified(first, (a, b)) + unified(last, (a, b)),
        (0, 1): mixed(one, two) + unified(last, (a, b)),
        (0, 2): mixed(one, two, three, four),
        (1, 0): apart((a,)) + unified(first, (b,)) + unified(last, (b,)),
        (1, 1): mixed_apart(both, first) + unified(last, (a, b)),
        (1, 2): mixed_apart(both, first) + mixed(three, four),
        (2, 0): apart((a, b)),
        (2, 1): [group for group in apart((a, b)) if group[0].copy == left]
        + mixed_apart((right,), first, last),
        (2, 2): mixed_apart(both, first, last),
    }
    return layouts[fractured, entangled]

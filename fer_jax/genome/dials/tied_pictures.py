"""Pictures that dense networks are trained to draw, and fields from which they draw them.

A picture is made of cells. In each cell there are bumps: fields that are positive in it and exactly
0 outside of it. Whoever reads bumps of a cell, and goes through zero, draws in that cell alone.
Cells of one thing may touch; things lie apart, and so do the halves of a mirrored picture.
"""

import itertools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from fer_jax.genome.dials.geometry import turned

PLACES = 3
"""Along either axis of a cell, where bumps are: 9 in all."""

SOME = ((0, 1), (1, 2), (2, 0))
"""Three of them, in all places along either axis."""

THINGS = 3
"""In a picture: rows of a cell left and one right, or things of two cells each."""

_GROUND = np.array([0.55, 0.45, 0.55])
_LARGEST = np.array([0.12, 0.3, 0.3])
_OFFSETS = np.array([-0.3, 0.0, 0.3])  # of bumps from the middle of a cell, over their radius


class Cell(NamedTuple):
    """Where a cell belongs.

    Attributes:
        thing: the row, or the thing.
        side: 0 or 1; of a row, left and right.
    """

    thing: int
    side: int


class Bump(NamedTuple):
    """A field in a cell.

    Attributes:
        cell: where.
        across: 0 ... 2, its place along the cell's first axis; of a row, sides are mirrored.
        along: its place along the second axis.
    """

    cell: Cell
    across: int
    along: int


@dataclass(frozen=True, eq=False)
class TiedPicture:
    """A picture, and what it is drawn from.

    Attributes:
        bells: `(bells, 3)`, what each gaussian unit reads of x, y and bias.
        across: of each cell, the bells along its first axis, one a place.
        along: the same along its second axis.
        strokes: of each cell, how its bumps change the outputs.
    """

    bells: Float[np.ndarray, "bells 3"]
    across: dict[Cell, tuple[int, ...]]
    along: dict[Cell, tuple[int, ...]]
    strokes: dict[Cell, Float[np.ndarray, "9 3"]]

    def field(self, bumps: Sequence[Bump]) -> tuple[list[int], float]:
        """Which bells a ReLU adds up, and by how much it is shifted, so that it is the bumps' sum.

        Args:
            bumps: one; or two which have one of their bells in common.
        """
        bells = {self.across[bump.cell][bump.across] for bump in bumps}
        bells |= {self.along[bump.cell][bump.along] for bump in bumps}
        # A bell is -1 where it is not; two meet in a bump, and others are lifted to 0.
        return sorted(bells), len(bells) - 3.0

    def outputs(self, size: int) -> Float[np.ndarray, "size size 3"]:
        """Hue, saturation and brightness of every pixel."""
        drawn = np.broadcast_to(_GROUND, (size, size, 3)).copy()
        for cell, stroke in self.strokes.items():
            drawn += _LARGEST * np.tanh(self._bumps(cell, size) ** 2 @ stroke)
        return drawn

    def holds(self, cell: Cell, size: int) -> Bool[np.ndarray, "size size"]:
        """Which pixels lie in a cell."""
        return self._bumps(cell, size).max(axis=-1) > 0

    def _bumps(self, cell: Cell, size: int) -> Float[np.ndarray, "size size 9"]:
        axis = np.linspace(-1.0, 1.0, size)
        x, y = np.meshgrid(axis, axis)
        inputs = np.stack([x, y, np.ones_like(x)], axis=-1)
        bells = 2.0 * np.exp(-((inputs @ self.bells.T) ** 2)) - 1.0
        pairs = itertools.product(self.across[cell], self.along[cell])
        sums = [bells[..., one] + bells[..., other] - 1.0 for one, other in pairs]
        return np.maximum(np.stack(sums, axis=-1), 0.0)


def mirrored_picture(draw: int) -> TiedPicture:
    """Three rows of two cells; the right half is the left one's mirror image."""
    random = np.random.default_rng([zlib.crc32(b"fold"), draw])
    wide, high = random.uniform(0.34, 0.4), random.uniform(0.22, 0.25, THINGS)
    middle = random.uniform(0.5, 0.54)
    rows = random.permutation([-0.64, 0.0, 0.64]) + random.uniform(-0.02, 0.02, THINGS)
    bells = [(side / wide, 0.0, -(middle / wide + by)) for side in (-1, 1) for by in _OFFSETS]
    for row, radius in zip(rows, high, strict=True):
        bells += [(0.0, 1.0 / radius, -(row / radius + by)) for by in _OFFSETS]
    # Not in the corners, which are covered by few.
    central = np.arange(PLACES**2) % 2 + 2.0 * (np.arange(PLACES**2) == PLACES**2 // 2)
    cells = [Cell(row, side) for row in range(THINGS) for side in (0, 1)]
    strokes = [central[:, None] * _stroke(random) for _ in range(THINGS)]
    return TiedPicture(
        np.array(bells),
        {cell: _run(cell.side) for cell in cells},
        {cell: _run(2 + cell.thing) for cell in cells},
        {cell: strokes[cell.thing] for cell in cells},
    )


def picture_of_things(draw: int) -> TiedPicture:
    """Three things of two cells each, turned at random."""
    random = np.random.default_rng([zlib.crc32(b"concepts"), draw])
    start = random.uniform(0.0, 2.0 * np.pi)
    bells = []
    for thing in range(THINGS):
        centre = turned(start + thing * 2.0 * np.pi / THINGS) @ [0.55, 0.0]
        frame = turned(random.uniform(0.0, np.pi)).T / random.uniform(0.2, 0.23, (2, 1))
        for axis, shift in ((0, -0.8), (0, 0.8), (1, 0.0)):
            shifts = frame[axis] @ centre + shift + _OFFSETS
            bells += [(*frame[axis], -by) for by in shifts]
    cells = [Cell(thing, side) for thing in range(THINGS) for side in (0, 1)]
    read = np.isin(np.arange(PLACES**2), [PLACES * i + j for i, j in SOME])
    return TiedPicture(
        np.array(bells),
        {cell: _run(3 * cell.thing + cell.side) for cell in cells},
        {cell: _run(3 * cell.thing + 2) for cell in cells},
        {cell: 3.0 * read[:, None] * _stroke(random) for cell in cells},
    )


def _run(number: int) -> tuple[int, ...]:
    return tuple(range(PLACES * number, PLACES * (number + 1)))


def _stroke(random: np.random.Generator) -> Float[np.ndarray, "9 3"]:
    """How strongly, and whether up or down, each bump of a cell moves each output: a slope."""
    angles = random.uniform(0.0, 2.0 * np.pi, 3)
    places = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=2)))
    slopes = places @ [np.cos(angles), np.sin(angles)]
    return random.choice([-1.0, 1.0], 3) * (0.3 + 0.4 * slopes)

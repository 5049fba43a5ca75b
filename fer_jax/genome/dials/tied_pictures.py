"""Pictures that dense networks are trained to draw, and fields from which they draw them.

A picture is made of cells, which lie apart. In each cell there are three fields: bumps that are
positive in it and exactly 0 outside of it. Whoever reads fields of a cell, and goes through zero,
draws in that cell alone.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from fer_jax.genome.dials.geometry import turned

FIELDS = 3
"""In a cell."""

ROWS = 3
"""Of a picture that is its own mirror image: a cell of each lies left, another right."""

PARTS = 3
"""Of a picture of several things, each of two cells."""

_GROUND = np.array([0.55, 0.45, 0.55])
_LARGEST = np.array([0.12, 0.3, 0.3])
_OFFSET = 0.35  # of a cell's fields from its middle, over their radius
_PLACES = ((0, 0), (1, 1), (0, 1))  # of its fields: which of two bells along either axis


class Cell(NamedTuple):
    """Where a cell belongs.

    Attributes:
        thing: the row, or the part.
        side: 0 or 1; of a row, left and right.
    """

    thing: int
    side: int


@dataclass(frozen=True)
class Field:
    """A bump as a ReLU of bells, which are gaussian units of the inputs.

    Attributes:
        bells: which.
        bias: what is added to their sum.
    """

    bells: tuple[int, ...]
    bias: float


@dataclass(frozen=True, eq=False)
class TiedPicture:
    """A picture, and what it is drawn from.

    Attributes:
        bells: `(bells, 3)`, what each gaussian unit reads of x, y and bias.
        across: of each cell, `(fields,)`: the bell along its first axis.
        along: the same along its second axis.
        strokes: of each cell, how its fields change the outputs.
    """

    bells: Float[np.ndarray, "bells 3"]
    across: dict[Cell, tuple[int, ...]]
    along: dict[Cell, tuple[int, ...]]
    strokes: dict[Cell, Float[np.ndarray, "fields 3"]]

    def field(self, cells: Sequence[Cell], number: int) -> Field:
        """The sum of one field of each cell, which are of one row, of one column, or one alone."""
        bells = {of[cell][number] for cell in cells for of in (self.across, self.along)}
        # A bell is -1 where it is not; two meet in a cell, the others are lifted to 0.
        return Field(tuple(sorted(bells)), len(bells) - 3.0)

    def outputs(self, size: int) -> Float[np.ndarray, "size size 3"]:
        """Hue, saturation and brightness of every pixel."""
        drawn = np.broadcast_to(_GROUND, (size, size, 3)).copy()
        for cell, stroke in self.strokes.items():
            drawn += _LARGEST * np.tanh(self._fields(cell, size) ** 2 @ stroke)
        return drawn

    def holds(self, cell: Cell, size: int) -> Bool[np.ndarray, "size size"]:
        """Which pixels lie in a cell."""
        return self._fields(cell, size).max(axis=-1) > 0

    def _fields(self, cell: Cell, size: int) -> Float[np.ndarray, "size size fields"]:
        axis = np.linspace(-1.0, 1.0, size)
        x, y = np.meshgrid(axis, axis)
        bells = (
            2.0 * np.exp(-((np.stack([x, y, np.ones_like(x)], axis=-1) @ self.bells.T) ** 2)) - 1
        )
        fields = [self.field([cell], number) for number in range(FIELDS)]
        sums = [bells[..., list(field.bells)].sum(axis=-1) + field.bias for field in fields]
        return np.maximum(np.stack(sums, axis=-1), 0.0)


def mirrored_picture(draw: int) -> TiedPicture:
    """Three rows of two cells; the right half is the left one's mirror image."""
    random = np.random.default_rng([zlib.crc32(b"fold"), draw])
    wide, high = random.uniform(0.32, 0.4), random.uniform(0.21, 0.24, ROWS)
    middle = random.uniform(0.5, 0.54)
    rows = random.permutation([-0.64, 0.0, 0.64]) + random.uniform(-0.02, 0.02, ROWS)
    bells = []
    for side in (-1.0, 1.0):
        bells += [(side / wide, 0.0, -(middle / wide + by)) for by in (-_OFFSET, _OFFSET)]
    for row, radius in zip(rows, high, strict=True):
        bells += [(0.0, 1.0 / radius, -(row / radius + by)) for by in (-_OFFSET, _OFFSET)]
    across, along, strokes = {}, {}, {}
    for row in range(ROWS):
        stroke = _stroke(random)
        for side in (0, 1):
            cell = Cell(row, side)
            across[cell] = tuple(2 * side + place for place, _ in _PLACES)
            along[cell] = tuple(4 + 2 * row + place for _, place in _PLACES)
            strokes[cell] = stroke
    return TiedPicture(np.array(bells), across, along, strokes)


def picture_of_parts(draw: int) -> TiedPicture:
    """Three things of two cells each, turned at random."""
    random = np.random.default_rng([zlib.crc32(b"concepts"), draw])
    start = random.uniform(0.0, 2.0 * np.pi)
    bells: list[np.ndarray] = []
    across, along, strokes = {}, {}, {}
    for part in range(PARTS):
        centre = turned(start + part * 2.0 * np.pi / PARTS) @ [0.57, 0.0]
        axes = turned(random.uniform(0.0, np.pi)).T
        radii = random.uniform(0.19, 0.22, 2)
        first = len(bells)
        shifts = [(0, side + by) for side in (-0.85, 0.85) for by in (-_OFFSET, _OFFSET)]
        for axis, shift in [*shifts, (1, -_OFFSET), (1, _OFFSET)]:
            row = axes[axis] / radii[axis]
            bells.append(np.array([*row, -(row @ centre + shift)]))
        for side in (0, 1):
            cell = Cell(part, side)
            across[cell] = tuple(first + 2 * side + place for place, _ in _PLACES)
            along[cell] = tuple(first + 4 + place for _, place in _PLACES)
            strokes[cell] = _stroke(random)
    return TiedPicture(np.array(bells), across, along, strokes)


def _stroke(random: np.random.Generator) -> Float[np.ndarray, "fields 3"]:
    """How strongly, and whether up or down, each field of a cell moves each output."""
    signs = random.choice([-1.0, 1.0], 3) * random.choice([-1.0, 1.0, 1.0], (FIELDS, 3))
    return signs * random.uniform(0.5, 1.5, (FIELDS, 3))

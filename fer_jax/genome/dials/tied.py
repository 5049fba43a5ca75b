"""Dense networks to be trained, in which it is known which units draw what.

A network holds eight groups of units. A group reads the fields of two cells (`tied_pictures`) by
two layers of units, all odd and without bias, so that it draws in these two cells and nowhere else;
training decides what. Groups come in pairs that draw in four cells, two of one thing and two of
another, and share them out in either of two ways. A dial decides how many pairs do it in the second
way, and nothing else: every network has the same units and links, the fan-in of a unit is the
same, and each cell is drawn by as many.

- "fold": a picture that is its own mirror image. Either each group draws a cell and its mirror
  image, from the sum of their fields, so that whatever it learns it does to both (tied); or one
  draws two cells of the left half from the sum of their fields, and the other those of the right.
- "concepts": a picture of three things of two cells each. Either each group draws one thing, or
  each draws a cell of one and a cell of another.
"""

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Bool, Float

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.flat_params import flatten
from fer_jax.errors import GenomeError, nearest
from fer_jax.genome.dials.families import LEVELS
from fer_jax.genome.dials.tied_pictures import (
    FIELDS,
    Cell,
    TiedPicture,
    mirrored_picture,
    picture_of_parts,
)

UNITS = 4
"""Of a group, in each of its two layers: half of them tanh, half of them sin."""

_PAIRS = 4  # of groups


@dataclass(frozen=True)
class TiedKind:
    """A kind of trained dial.

    Attributes:
        name: of the kind.
        dial: what is set: "fracture" or "entanglement".
        summary: what its pictures show and what is set, in a sentence.
        picture: makes one.
    """

    name: str
    dial: str
    summary: str
    picture: Callable[[int], TiedPicture]


TIED_KINDS: MappingProxyType[str, TiedKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            TiedKind(
                "fold",
                "fracture",
                "a mirror image of itself; how many units draw one half alone",
                mirrored_picture,
            ),
            TiedKind(
                "concepts",
                "entanglement",
                "three things; how many units draw two of them",
                picture_of_parts,
            ),
        )
    }
)
"""The kinds by name."""


@dataclass(frozen=True)
class UnitGroup:
    """Units that draw in two cells.

    Attributes:
        cells: which.
        summed: whether the units read the sums of the two cells' fields, or each by itself.
    """

    cells: tuple[Cell, Cell]
    summed: bool


@dataclass(frozen=True, eq=False)
class TiedNetwork:
    """A network before it is trained.

    Attributes:
        arch: the same for all of a kind.
        groups: of its units.
        trainable: bool, `(params,)`: the weights that may move.
        initial_params: float32, `(params,)`: where they start, and what the others are.
        units: of each group, which neurons of the last two hidden layers it has.
    """

    arch: Arch
    groups: tuple[UnitGroup, ...]
    trainable: Bool[np.ndarray, "params"]
    initial_params: Float[np.ndarray, "params"]
    units: tuple[tuple[int, ...], ...]


def tied_network(kind: str, picture: int, level: float, seed: int) -> TiedNetwork:
    """A network of a kind, with the dial at a level.

    Args:
        kind: a name of `TIED_KINDS`.
        picture: which.
        level: the share of units that draw one half alone, or two things: one of `LEVELS`.
        seed: chooses which groups those are, and draws the initial weights (LeCun-normal by the
            links there are).

    Returns:
        The network. Its bells, fields and the ground it carries to the outputs are held.

    Raises:
        GenomeError: for an unknown kind, or a level at which a dial does not stand.

    Example:
        >>> network = tied_network("fold", 0, level=0.5, seed=0)
        >>> str(network.arch), int(network.trainable.sum())
        ('4;cache:1,gaussian:10,relu:24,sin:16,tanh:16', 323)
        >>> [group.cells[0].side == group.cells[1].side for group in network.groups].count(True)
        4
    """
    if level not in LEVELS:
        stands = ", ".join(map(str, LEVELS))
        raise GenomeError(f"the level is {level}; a dial stands at {stands}")
    drawn = _picture(kind, picture)
    random = np.random.default_rng([zlib.crc32(kind.encode()), picture, seed, round(4 * level)])
    groups = _groups(kind, round(level * _PAIRS), random)
    return _assembled(drawn, groups, random)


def tied_target(kind: str, picture: int, size: int) -> Float[np.ndarray, "size size 3"]:
    """What the networks of a kind are to draw: RGB.

    Raises:
        GenomeError: for an unknown kind.

    Example:
        >>> image = tied_target("fold", 0, size=32)
        >>> bool(np.allclose(image, image[:, ::-1], atol=1e-6))
        True
    """
    outputs = _picture(kind, picture).outputs(size).astype(np.float32)
    return np.asarray(outputs_to_rgb(outputs))


def tied_regions(kind: str, picture: int, size: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """The parts of the picture: labels `(size, size)`, 0 the background, and each part's concept.

    Of "fold" the two halves, which are copies; of "concepts" the three things.

    Raises:
        GenomeError: for an unknown kind.

    Example:
        >>> labels, concepts = tied_regions("concepts", 0, size=32)
        >>> int(labels.max()), concepts
        (3, (0, 1, 2))
    """
    drawn = _picture(kind, picture)
    labels = np.zeros((size, size), dtype=int)
    for cell in drawn.across:
        part = cell.side if kind == "fold" else cell.thing
        labels[drawn.holds(cell, size)] = 1 + part
    return labels, (0, 0) if kind == "fold" else (0, 1, 2)


@functools.lru_cache(maxsize=64)
def _picture(kind: str, picture: int) -> TiedPicture:
    if kind not in TIED_KINDS:
        raise GenomeError(f"kind {kind[:40]!r} is unknown; {nearest(kind, TIED_KINDS)}")
    return TIED_KINDS[kind].picture(picture)


def _groups(kind: str, changed: int, random: np.random.Generator) -> tuple[UnitGroup, ...]:
    """Four pairs of groups, of which some share out their cells in the second way."""
    # Every two things at least once, since cells that are only drawn from one sum look alike.
    couples = [(0, 1), (1, 2), (2, 0)]
    couples = [*couples, couples[random.integers(3)]]
    couples = [couples[i] for i in random.permutation(_PAIRS)]
    groups = []
    for number, (one, other) in enumerate(couples):
        cells = [[Cell(thing, side) for side in (0, 1)] for thing in (one, other)]
        if number < changed:
            # What belongs together when a thing is drawn apart: alike sides of the fold; of two
            # things any cells.
            crossed = kind == "concepts" and random.integers(2)
            cells = [[cells[0][side], cells[1][side ^ crossed]] for side in (0, 1)]
        groups += [UnitGroup((first, second), kind == "fold") for first, second in cells]
    return tuple(groups[i] for i in random.permutation(len(groups)))


def _assembled(
    picture: TiedPicture, groups: tuple[UnitGroup, ...], random: np.random.Generator
) -> TiedNetwork:
    """Bells, fields, two layers of groups, and the ground in a unit that carries a constant."""
    read = [_read(group) for group in groups]
    # Sums are made for each group, so that there are as many of them whichever cells they are of.
    summed = groups[0].summed
    own = [(number, key) for number, keys in enumerate(read) for key in keys]
    fields = own if summed else sorted({key for _, key in own})
    each = UNITS // 2 * len(groups)
    counts = {"cache": 1, "gaussian": len(picture.bells), "relu": len(fields)}
    arch = Arch(4, (*counts.items(), ("sin", each), ("tanh", each)))
    first = dict((name, where.start) for name, where in arch.activation_slices)
    kernels = [np.zeros(shape) for shape in arch.kernel_shapes]
    moves = [np.zeros(shape, dtype=bool) for shape in arch.kernel_shapes]
    x, y, bias = (arch.inputs.index(name) for name in ("x", "y", "bias"))
    kernels[0][[x, y, bias], first["gaussian"] : first["relu"]] = picture.bells.T
    kernels[0][bias, first["cache"]] = 1.0
    for kernel in kernels[1:-1]:
        kernel[first["cache"], first["cache"]] = 1.0
    place = {}
    for number, field in enumerate(fields):
        cells, which = field[1] if summed else field
        made, column = picture.field(cells, which), first["relu"] + number
        kernels[1][[first["gaussian"] + bell for bell in made.bells], column] = 1.0
        kernels[1][first["cache"], column] = made.bias
        place[field] = column
    units = tuple(
        tuple(first[name] + UNITS // 2 * n + i for name in ("sin", "tanh") for i in range(2))
        for n in range(len(groups))
    )
    for number, (keys, members) in enumerate(zip(read, units, strict=True)):
        sources = [place[(number, key) if summed else key] for key in keys]
        for layer, rows in ((2, sources), (3, list(members))):
            where = np.ix_(rows, members)
            kernels[layer][where] = random.normal(size=(len(rows), UNITS)) / np.sqrt(FIELDS)
            moves[layer][where] = True
        kernels[4][list(members)] = random.normal(size=(UNITS, 3)) / np.sqrt(UNITS * len(groups))
        moves[4][list(members)] = True
    kernels[4][first["cache"]] = picture.outputs(2)[0, 0]
    moves[4][first["cache"]] = True
    return TiedNetwork(arch, groups, flatten(arch, moves) > 0, flatten(arch, kernels), units)


def _read(group: UnitGroup) -> list[tuple[tuple[Cell, ...], int]]:
    """Which fields a unit of the group reads: sums over cells, each by its number."""
    sets = [group.cells] if group.summed else [(cell,) for cell in group.cells]
    return [(cells, number) for cells in sets for number in range(FIELDS)]

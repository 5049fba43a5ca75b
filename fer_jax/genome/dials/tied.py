"""Dense networks to be trained, in which it is known which units draw what.

A network holds eight groups of units. A group reads bumps of two cells (`tied_pictures`) by two
layers of units, all odd and without bias, so that it draws in these two cells and nowhere else;
training decides what. Groups come in pairs that draw in four cells, two of one thing and two of
another, and share them out in either of two ways. A dial decides how many pairs do it in the second
way, and nothing else: every network has the same units and as many links, a unit the same fan-in,
and each cell is drawn by as many units.

- "fold": a picture that is its own mirror image. Either each group draws a cell and its mirror
  image, from sums of their bumps, so that whatever it learns it does to both (it is tied); or one
  draws two cells of the left half from sums of their bumps, and the other those of the right half.
- "concepts": a picture of three things of two cells each. Either each group draws one thing, or
  each draws a cell of one and a cell of another.
"""

import functools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.flat_params import flatten
from fer_jax.errors import GenomeError, nearest
from fer_jax.genome.dials.families import LEVELS
from fer_jax.genome.dials.tied_pictures import (
    PLACES,
    SOME,
    THINGS,
    Bump,
    Cell,
    TiedPicture,
    mirrored_picture,
    picture_of_things,
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
                picture_of_things,
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
        fields: that its units read: each the sum of a bump in either cell, or one bump alone.
    """

    cells: tuple[Cell, Cell]
    fields: tuple[tuple[Bump, ...], ...]


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
        ('4;cache:1,gaussian:15,relu:24,sin:16,tanh:16', 323)
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
    outputs = _picture(kind, picture).outputs(size)
    return np.asarray(outputs_to_rgb(jnp.asarray(outputs, jnp.float32)))


def tied_regions(kind: str, picture: int, size: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """The parts of the picture: labels `(size, size)`, 0 the background, and each part's concept.

    Of "concepts" the three things; of "fold" each of them twice, since its halves are copies.

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
        part = 2 * cell.thing + cell.side if kind == "fold" else cell.thing
        labels[drawn.holds(cell, size)] = 1 + part
    return labels, (0, 0, 1, 1, 2, 2) if kind == "fold" else (0, 1, 2)


@functools.lru_cache(maxsize=64)
def _picture(kind: str, picture: int) -> TiedPicture:
    if kind not in TIED_KINDS:
        raise GenomeError(f"kind {kind[:40]!r} is unknown; {nearest(kind, TIED_KINDS)}")
    return TIED_KINDS[kind].picture(picture)


def _groups(kind: str, changed: int, random: np.random.Generator) -> tuple[UnitGroup, ...]:
    """Four pairs of groups, of which the first few share out their cells in the second way."""
    couples = [(0, 1), (1, 2), (2, 0)]
    couples = [*couples, couples[random.integers(THINGS)]]
    couples = [couples[i] for i in random.permutation(_PAIRS)]
    groups = []
    for number, (one, other) in enumerate(couples):
        cells = [[Cell(thing, side) for side in (0, 1)] for thing in (one, other)]
        if number < changed:
            # Of two things any cells; of a mirrored picture those of one half.
            crossed = int(random.integers(2)) if kind == "concepts" else 0
            cells = [[cells[0][side], cells[1][side ^ crossed]] for side in (0, 1)]
        for first, second in cells:
            if kind == "fold":
                fields = _paired_bumps(first, second, random)
            else:
                fields = [(Bump(cell, i, j),) for cell in (first, second) for i, j in SOME]
            groups.append(UnitGroup((first, second), tuple(fields)))
    return tuple(groups[i] for i in random.permutation(len(groups)))


def _paired_bumps(first: Cell, second: Cell, random: np.random.Generator) -> list[tuple[Bump, ...]]:
    """Three bumps in each of two cells, in all places along either axis."""
    across = random.permutation(PLACES)
    along = random.permutation(PLACES)
    # Mirror images lie in the same places. Those of two rows never do along the axis on which the
    # rows differ, or else nothing that reads their sum could tell the rows apart.
    same = first.thing == second.thing
    others = along if same else (along + random.integers(1, PLACES)) % PLACES
    return [
        (Bump(first, int(i), int(j)), Bump(second, int(i), int(k)))
        for i, j, k in zip(across, along, others, strict=True)
    ]


def _assembled(
    picture: TiedPicture, groups: tuple[UnitGroup, ...], random: np.random.Generator
) -> TiedNetwork:
    """Bells, fields, two layers of groups, and the ground in a unit that carries a constant."""
    each = UNITS // 2 * len(groups)
    # Sums are made for each group anew, so that there are as many whichever cells they are of.
    shared = all(len(field) == 1 for group in groups for field in group.fields)
    keys = [[(0 if shared else n, f) for f in g.fields] for n, g in enumerate(groups)]
    made = sorted({key for of_group in keys for key in of_group})
    counts = {"cache": 1, "gaussian": len(picture.bells), "relu": len(made)}
    counts |= {"sin": each, "tanh": each}
    arch = Arch(4, tuple(counts.items()))
    first = {name: where.start for name, where in arch.activation_slices}
    kernels = [np.zeros(shape) for shape in arch.kernel_shapes]
    moves = [np.zeros(shape, dtype=bool) for shape in arch.kernel_shapes]

    def start(layer: int, sources: Sequence[int], targets: Sequence[int], fan_in: int) -> None:
        where = np.ix_(sources, targets)
        kernels[layer][where] = random.normal(size=(len(sources), len(targets))) / np.sqrt(fan_in)
        moves[layer][where] = True

    x, y, bias = (arch.inputs.index(name) for name in ("x", "y", "bias"))
    kernels[0][[x, y, bias], first["gaussian"] : first["relu"]] = picture.bells.T
    kernels[0][bias, first["cache"]] = 1.0
    for kernel in kernels[1:-1]:
        kernel[first["cache"], first["cache"]] = 1.0
    kernels[4][first["cache"]] = picture.outputs(2)[0, 0]
    moves[4][first["cache"]] = True
    columns = {key: first["relu"] + number for number, key in enumerate(made)}
    for (_, field), column in columns.items():
        bells, shift = picture.field(field)
        kernels[1][[first["gaussian"] + bell for bell in bells], column] = 1.0
        kernels[1][first["cache"], column] = shift
    units = []
    for number, of_group in enumerate(keys):
        own = [first[name] + UNITS // 2 * number for name in ("sin", "tanh")]
        members = [unit + i for unit in own for i in range(UNITS // 2)]
        # Of two cells' fields one cell's are on at a pixel.
        start(2, [columns[key] for key in of_group], members, PLACES)
        start(3, members, members, UNITS)
        start(4, members, range(3), 2 * each)
        units.append(tuple(members))
    return TiedNetwork(arch, groups, flatten(arch, moves) > 0, flatten(arch, kernels), tuple(units))

"""The families of pictures, and the genome of one at given dials."""

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fer_jax.errors import GenomeError, nearest
from fer_jax.genome.dials.geometry import (
    Cluster,
    Similarity,
    mirrored,
    nested,
    place,
    scattered,
    turned,
)
from fer_jax.genome.dials.groups import Bead, groups
from fer_jax.genome.dials.mechanism import Mechanism, Strengths, Stroke, assemble
from fer_jax.genome.graph import Genome

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where a dial can stand."""

_EARLY = Mechanism(own=(), shared=(("tanh",), ("sigmoid",), ("sin",)))
_DEEP = Mechanism(own=(), shared=(("tanh", "sin"), ("sigmoid", "tanh")))
_LATE = Mechanism(own=("sigmoid", "sin"), shared=(("tanh",),))
_EARLY_COLOR = Mechanism(_EARLY.own, _EARLY.shared, ("hue", "saturation", "brightness"))
_DEEP_COLOR = Mechanism(_DEEP.own, _DEEP.shared, ("hue", "saturation", "brightness"))

_GROUND = {"hue": 0.45, "saturation": 0.45, "brightness": 0.5}
_LARGEST = {"hue": 0.3, "saturation": 0.35, "brightness": 0.38}


@dataclass(frozen=True)
class Family:
    """A kind of picture.

    Attributes:
        name: of the family.
        summary: what its pictures show, in a sentence.
        mechanism: by which a group draws its beads: where sharing begins and ends.
        clusters: draws the first copies.
        copies: draws the map from first copies to second ones.
    """

    name: str
    summary: str
    mechanism: Mechanism
    clusters: Callable[[np.random.Generator], list[Cluster]]
    copies: Callable[[np.random.Generator], Similarity]


def _fixed(matrix: np.ndarray) -> Callable[[np.random.Generator], Similarity]:
    return lambda random: Similarity(matrix, np.zeros(2))


def _shifted(random: np.random.Generator) -> Similarity:
    angle = random.choice([0.0, np.pi / 2]) + random.uniform(-0.3, 0.3)
    return Similarity(np.eye(2), turned(angle) @ [random.uniform(0.85, 1.0), 0.0])


def _rotated(random: np.random.Generator) -> Similarity:
    return Similarity(turned(random.choice([np.pi / 2, 2 * np.pi / 3, np.pi])), np.zeros(2))


def _scaled(random: np.random.Generator) -> Similarity:
    matrix = 0.7 * turned(random.uniform(0, 2 * np.pi))
    return Similarity(matrix, random.uniform(-0.3, 0.3, size=2))


def _oblique(random: np.random.Generator) -> Similarity:
    return Similarity(mirrored(random.uniform(0, np.pi)), np.zeros(2))


def _glide(random: np.random.Generator) -> Similarity:
    return Similarity(np.diag([-1.0, 1.0]), np.array([0.0, random.uniform(0.2, 0.5)]))


_LEFT_RIGHT = _fixed(mirrored(np.pi / 2))
_UP_DOWN = _fixed(mirrored(0.0))

_ALL = (
    Family("mirror", "parts mirrored left to right", _EARLY, scattered, _LEFT_RIGHT),
    Family("translation", "parts repeated by a shift", _DEEP, scattered, _shifted),
    Family("rotation", "parts turned by 90, 120 or 180 degrees", _LATE, scattered, _rotated),
    Family("nested", "parts within frames, mirrored up to down", _EARLY, nested, _UP_DOWN),
    Family("color", "parts of colour and of brightness", _DEEP_COLOR, scattered, _LEFT_RIGHT),
    Family("scale", "parts repeated at 0.7 of the size, turned", _EARLY, scattered, _scaled),
    Family("oblique", "parts mirrored at an axis of any angle", _DEEP, scattered, _oblique),
    Family("glide", "coloured parts mirrored and shifted", _EARLY_COLOR, scattered, _glide),
)

FAMILIES: MappingProxyType[str, Family] = MappingProxyType({f.name: f for f in _ALL[:6]})
"""The families on which metrics may be tried."""

LOCKED: MappingProxyType[str, Family] = MappingProxyType({f.name: f for f in _ALL[6:]})
"""The families that are looked at only once every definition is frozen."""


def dial_genome(family: str, fracture: float, entanglement: float, draw: int) -> Genome:
    """A genome of a family, at given dials.

    Args:
        family: a name of `FAMILIES` or `LOCKED`.
        fracture: the share of beads that are drawn apart from their copies: one of `LEVELS`.
        entanglement: the share of mechanisms that drive two concepts: one of `LEVELS`.
        draw: which picture; it is the same at all dials.

    Returns:
        The genome. Its graph is the same for all of a family.

    Raises:
        GenomeError: for an unknown family, or a dial that stands elsewhere.

    Example:
        >>> unified = dial_genome("mirror", 0.0, 0.0, draw=0)
        >>> fractured = dial_genome("mirror", 1.0, 0.0, draw=0)
        >>> len(unified.nodes) == len(fractured.nodes), len(unified.links) == len(fractured.links)
        (True, True)
    """
    of = _family(family)
    for name, dial in (("fracture", fracture), ("entanglement", entanglement)):
        if dial not in LEVELS:
            raise GenomeError(f"{name} is {dial}; a dial stands at {', '.join(map(str, LEVELS))}")
    strokes, strengths = _strokes(of, draw)
    seed = zlib.crc32(family.encode())
    choice = np.random.default_rng([seed, draw, round(4 * fracture), round(4 * entanglement)])
    grouped = [[strokes[bead] for bead in g] for g in groups(fracture, entanglement, choice)]
    name = f"{family} {draw}: fracture {fracture:g}, entanglement {entanglement:g}"
    return assemble(of.mechanism, grouped, strengths, _GROUND, name)


def dial_regions(family: str, draw: int, size: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """The parts of a family's picture.

    Args:
        family: a name of `FAMILIES` or `LOCKED`.
        draw: which picture.
        size: pixels along one side.

    Returns:
        `(size, size)` labels: 0 for the background and 1 ... 8 for the parts; and the concept of
        each part. Two parts of one concept are copies.

    Raises:
        GenomeError: for an unknown family.

    Example:
        >>> labels, concepts = dial_regions("mirror", 0, size=32)
        >>> int(labels.max()), concepts
        (8, (0, 0, 1, 1, 2, 2, 3, 3))
    """
    strokes, _ = _strokes(_family(family), draw)
    axis = np.linspace(-1.0, 1.0, size)
    points = np.stack(np.meshgrid(axis, axis), axis=-1)
    labels = np.zeros((size, size), dtype=int)
    for bead, stroke in strokes.items():
        labels[stroke.spot.holds(points)] = 1 + 2 * bead.concept + bead.copy
    return labels, tuple(concept for concept in range(4) for _ in (0, 1))


def _family(name: str) -> Family:
    known = {**FAMILIES, **LOCKED}
    if name not in known:
        raise GenomeError(f"family {name[:40]!r} is unknown; {nearest(name, known)}")
    return known[name]


@functools.lru_cache(maxsize=64)
def _strokes(family: Family, draw: int) -> tuple[dict[Bead, Stroke], Strengths]:
    """How each bead is drawn, copies alike, and how strongly all chains bend."""
    random = np.random.default_rng([zlib.crc32(family.name.encode()), draw])
    mechanism = family.mechanism
    spots = place(random, family.clusters, family.copies)
    strengths = Strengths(
        phase=random.uniform(0.6, 1.4),
        branches=tuple(tuple(random.uniform(0.8, 2.6, len(b))) for b in mechanism.shared),
    )
    heights = np.array([_LARGEST[output] for output in mechanism.outputs])
    strokes = {}
    for concept in range(4):
        signs = random.choice([-1.0, 1.0], size=len(heights))
        # Where there is colour, every other concept is more of colour than of brightness.
        emphasis = np.ones(len(heights))
        if len(heights) > 1:
            weak = slice(0, 2) if concept % 2 else slice(2, 3)
            emphasis[weak] = 0.3
        for index in range(4):
            amplitudes = signs * emphasis * heights * random.uniform(0.55, 1.0, size=len(heights))
            own = random.uniform(1.2, 2.2, size=len(mechanism.own))
            mixture = random.dirichlet(np.full(len(strengths.branches), 3.0))
            for bead, spot in spots.items():
                if (bead.concept, bead.place) == (concept, index):
                    strokes[bead] = Stroke(spot, amplitudes, own, mixture)
    return strokes, strengths

"""Where the beads of a picture lie: parts of four beads, each drawn twice, none over another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_jax.genome.dials.groups import Bead

EXTENT = 0.8326
"""How far a bead reaches, over its radius: the root of ln 2, where exp(-u^2) is a half."""

MARGIN = 0.07
"""Between two parts: wide beside the gaps between the beads of one."""

_ATTEMPTS = 200

_SPACING = 0.2
_CELLS = {
    "O": ((0, 0), (0, 1), (1, 0), (1, 1)),
    "T": ((0, 0), (1, 0), (2, 0), (1, 1)),
    "L": ((0, 0), (1, 0), (2, 0), (2, 1)),
    "S": ((0, 0), (1, 0), (1, 1), (2, 1)),
}


@dataclass(frozen=True)
class Similarity:
    """A map of the plane that keeps shapes: `p -> matrix p + shift`."""

    matrix: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Spot:
    """A bead in the picture: an ellipse.

    Attributes:
        centre: (x, y).
        axes: `(2, 2)`, the directions of its two axes, as columns of the length of its radii.
    """

    centre: np.ndarray
    axes: np.ndarray

    def moved(self, by: Similarity) -> "Spot":
        """The same bead elsewhere."""
        return Spot(by.matrix @ self.centre + by.shift, by.matrix @ self.axes)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which of the points `(..., 2)` lie in it."""
        units = (points - self.centre) @ np.linalg.inv(self.axes).T
        return np.exp(-(units**2)).sum(axis=-1) > 1.5

    @property
    def outline(self) -> np.ndarray:
        """Points around it, `(16, 2)`."""
        angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        circle = np.stack([np.cos(angles), np.sin(angles)])
        return self.centre + EXTENT * (self.axes @ circle).T


Part = list[Spot]
Cluster = list[Part]
"""Parts that are laid out together."""


def turned(angle: float) -> np.ndarray:
    """The matrix of a rotation by an angle in radians."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def mirrored(angle: float) -> np.ndarray:
    """The matrix of a mirror whose axis has this angle to the x axis, in radians."""
    return turned(2 * angle) @ np.diag([1.0, -1.0])


def scattered(random: np.random.Generator) -> list[Cluster]:
    """Four parts of different shapes, each anywhere in the picture and turned at random."""
    clusters = []
    for shape in random.permutation(list(_CELLS)):
        cells = np.array(_CELLS[str(shape)], dtype=float)
        radii = np.diag(random.uniform(0.088, 0.118, size=2)) @ turned(random.uniform(0, np.pi))
        cells = _SPACING * (cells - cells.mean(axis=0))
        at = Similarity(turned(random.uniform(0, 2 * np.pi)), random.uniform(-0.9, 0.9, size=2))
        clusters.append([[Spot(centre, radii).moved(at) for centre in cells]])
    return clusters


def nested(random: np.random.Generator) -> list[Cluster]:
    """Twice a frame of four bars, and in it a part of four beads."""
    clusters = []
    for shape in random.permutation(["O", "S"]):
        at = Similarity(turned(random.uniform(0, np.pi)), random.uniform(-0.65, 0.65, size=2))
        bar = np.diag([random.uniform(0.27, 0.3), random.uniform(0.07, 0.085)])
        sides = [turned(quarter * np.pi / 2) for quarter in range(4)]
        bars = [Spot(side @ [0.0, 0.3], side @ bar) for side in sides]
        cells = np.array(_CELLS[str(shape)], dtype=float)
        cells = 0.115 * (cells - cells.mean(axis=0))
        beads = [Spot(centre, random.uniform(0.055, 0.066) * np.eye(2)) for centre in cells]
        clusters.append([[spot.moved(at) for spot in part] for part in (bars, beads)])
    return clusters


def place(
    random: np.random.Generator,
    draw_clusters: Callable[[np.random.Generator], list[Cluster]],
    draw_map: Callable[[np.random.Generator], Similarity],
) -> dict[Bead, Spot]:
    """Lay out four concepts in two copies each, so that no part touches another.

    Args:
        random: draws everything.
        draw_clusters: draws the first copies, in clusters.
        draw_map: draws the map from the first copies to the second ones.

    Returns:
        Where each bead lies.
    """
    while True:
        to_copy = draw_map(random)
        clusters = _settled(random, draw_clusters, to_copy)
        # Alike parts of different clusters are the two concepts that mix.
        parts = [part for alike in zip(*clusters, strict=True) for part in alike]
        if len(parts) == len(_CELLS):
            return {
                Bead(concept, copy, index): spot.moved(to_copy) if copy else spot
                for concept, part in enumerate(parts)
                for copy in (0, 1)
                for index, spot in enumerate(part)
            }


def _settled(
    random: np.random.Generator,
    draw_clusters: Callable[[np.random.Generator], list[Cluster]],
    to_copy: Similarity,
) -> list[Cluster]:
    """Clusters that lie clear of each other and of all copies, as many as chance gives."""
    settled: list[Cluster] = []
    outlines: list[np.ndarray] = []
    for _ in range(_ATTEMPTS):
        drawn = draw_clusters(random)
        if len(settled) == len(drawn):
            break
        own = drawn[len(settled)]
        one = np.concatenate([spot.outline for part in own for spot in part])
        other = np.concatenate([spot.moved(to_copy).outline for part in own for spot in part])
        inside = np.abs(np.concatenate([one, other])).max() < 1.0 - 0.5 * MARGIN
        pairs = [(one, other), *((new, old) for new in (one, other) for old in outlines)]
        if inside and all(_apart(*pair) for pair in pairs):
            settled.append(own)
            outlines += [one, other]
    return settled


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.linalg.norm(one[:, None] - other[None], axis=-1).min() > MARGIN)

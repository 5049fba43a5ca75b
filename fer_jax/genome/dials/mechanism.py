"""The graph that draws the beads, group by group, and the weights that make it draw them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.genome.dials.geometry import Spot
from fer_jax.genome.dials.groups import BEADS
from fer_jax.genome.graph import Genome, Link, Node

SIGNS = np.array([[1, 1, 1, -1], [1, -1, 1, 1], [1, 1, -1, 1], [1, -1, -1, -1]])
"""How the four chains of a group add and subtract its beads, `(chains, beads)`: orthogonal, and
with three signs alike in each row, so that no chain's weight vanishes where two beads are alike."""

_THRESHOLD = 1.0
_ODD: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "tanh": math.tanh,
    "sigmoid": lambda z: 2.0 / (1.0 + math.exp(-z)) - 1.0,
}


@dataclass(frozen=True)
class Mechanism:
    """How a bead becomes part of the picture. All units behind the beads are odd and nonlinear.

    Attributes:
        own: activations through which each bead goes by itself.
        shared: of each chain, its branches side by side, each a sequence of activations.
        outputs: those that a chain drives.
    """

    own: tuple[str, ...]
    shared: tuple[tuple[str, ...], ...]
    outputs: tuple[str, ...] = ("brightness",)


@dataclass(frozen=True)
class Stroke:
    """What draws one bead.

    Attributes:
        spot: where.
        amplitudes: by how much each of the mechanism's outputs changes in its middle.
        own_weights: of its own activations.
        mixture: `(branches,)`, shares of the branches in its profile.
    """

    spot: Spot
    amplitudes: np.ndarray
    own_weights: np.ndarray
    mixture: np.ndarray


@dataclass(frozen=True)
class Strengths:
    """How strongly chains bend what goes through them; the same for all chains of a picture.

    Attributes:
        phase: of the sine by which a chain begins, where a bead is at its height; below pi / 2.
        branches: of each branch, the weights of its links.
    """

    phase: float
    branches: tuple[tuple[float, ...], ...]


def assemble(
    mechanism: Mechanism,
    grouped: Sequence[Sequence[Stroke]],
    strengths: Strengths,
    ground: dict[str, float],
    name: str,
) -> Genome:
    """A genome that draws all strokes.

    Args:
        mechanism: by which.
        grouped: the strokes of each group.
        strengths: of all chains.
        ground: of each output, its value where no bead is.
        name: of the genome.

    Returns:
        The genome. Its graph depends on the mechanism and the number of groups alone.
    """
    graph = _Graph({output: [("bias", ground[output])] for output in OUTPUT_NAMES})
    for number, strokes in enumerate(grouped):
        _add_group(graph, str(number), mechanism, strokes, strengths)
    for output in OUTPUT_NAMES:
        graph.nodes.append(Node(output, "identity", output))
        graph.link(output, graph.drives[output])
    return Genome(tuple(graph.nodes), tuple(graph.links), name)


class _Graph:
    """Nodes and links as they are added, and what drives each output."""

    def __init__(self, drives: dict[str, list[tuple[str, float]]]) -> None:
        self.nodes = [Node(name, "identity", name) for name in INPUT_NAMES]
        self.links: list[Link] = []
        self.drives = drives

    def add(self, id: str, activation: str, sources: Iterable[tuple[str, float]]) -> str:
        self.nodes.append(Node(id, activation))
        self.link(id, sources)
        return id

    def link(self, id: str, sources: Iterable[tuple[str, float]]) -> None:
        self.links += [Link(source, id, float(weight)) for source, weight in sources]


def _add_group(
    graph: _Graph,
    id: str,
    mechanism: Mechanism,
    strokes: Sequence[Stroke],
    strengths: Strengths,
) -> None:
    """Four beads, and the four chains that draw them."""
    ends, heights = [], []
    for place, stroke in enumerate(strokes):
        end, height = _bead(graph, f"{id}.{place}", stroke.spot), 1.0
        for activation, weight in zip(mechanism.own, stroke.own_weights, strict=True):
            end = graph.add(f"{end}.{activation}", activation, [(end, weight)])
            height = _ODD[activation](weight * height)
        ends.append(end)
        heights.append(height)
    # What each bead asks of each branch, so that its profile is 1 in its middle.
    asked = np.array([stroke.mixture for stroke in strokes])
    asked /= (asked * _profile(mechanism.shared, strengths)).sum(axis=1, keepdims=True)
    amplitudes = np.array([stroke.amplitudes for stroke in strokes])
    for chain, signs in enumerate(SIGNS):
        into = strengths.phase * signs / np.array(heights)
        head = graph.add(f"{id}.chain{chain}", "sin", zip(ends, into, strict=True))
        out = (signs[:, None, None] * asked[:, :, None] * amplitudes[:, None, :]).sum(axis=0)
        branches = zip(mechanism.shared, strengths.branches, out / BEADS, strict=True)
        for number, (activations, weights, drives) in enumerate(branches):
            end = f"{head}.{number}"
            graph.add(end, activations[0], [(head, weights[0])])
            for activation, weight in zip(activations[1:], weights[1:], strict=True):
                end = graph.add(f"{end}.{activation}", activation, [(end, weight)])
            for output, drive in zip(mechanism.outputs, drives, strict=True):
                graph.drives[output].append((end, drive))


def _bead(graph: _Graph, id: str, spot: Spot) -> str:
    """A field that is 1 in the middle of a bead and exactly 0 outside of it."""
    frame = np.linalg.inv(spot.axes)
    shift = -frame @ spot.centre
    bells = [
        graph.add(f"{id}.{axis}", "gaussian", zip(("x", "y", "bias"), (*row, by), strict=True))
        for axis, row, by in zip("uv", frame, shift, strict=True)
    ]
    height = 2.0 - _THRESHOLD
    own = [(bell, 1.0 / height) for bell in bells]
    return graph.add(id, "relu", [*own, ("bias", -_THRESHOLD / height)])


def _profile(shared: Sequence[Sequence[str]], strengths: Strengths) -> np.ndarray:
    """What each branch gives where a bead is at its height."""
    ends = []
    for branch, weights in zip(shared, strengths.branches, strict=True):
        value = math.sin(strengths.phase)
        for activation, weight in zip(branch, weights, strict=True):
            value = _ODD[activation](weight * value)
        ends.append(value)
    return np.array(ends)

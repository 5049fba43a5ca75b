"""The NEAT graph: nodes, links, and the rules that make it a drawable network."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.color import OUTPUT_NAMES
from fer_jax.cppn.coordinates import INPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.program import GraphProgram

MAX_NODES = 10_000
MAX_LINKS = 100_000

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Node:
    """A neuron of a genome.

    Attributes:
        id: its identity in the genome; of Picbreeder's it is `branch_id`, since ids alone collide.
        activation: a name of `fer_jax.cppn.activations.ACTIVATIONS`.
        role: the name of an input or output, or "" for a hidden node.
        label: what a person wrote on it (CPPN-X), or "".
    """

    id: str
    activation: str
    role: str = ""
    label: str = ""


@dataclass(frozen=True)
class Link:
    """A weighted connection from `source` to `target` (node ids).

    Attributes:
        source: id of the node it comes from.
        target: id of the node it goes to.
        weight: finite, kept in double precision; computations use float32.
        label: what a person wrote on it (CPPN-X), such as "Mouth open close", or "".
        original_weight: the weight before a person changed it (CPPN-X), or None.
    """

    source: str
    target: str
    weight: float
    label: str = ""
    original_weight: float | None = None


@dataclass(frozen=True)
class Genome:
    """A CPPN as evolution makes it: any acyclic graph from the inputs to the outputs.

    The order of nodes and links carries meaning: layerization places neurons by it.

    Attributes:
        nodes: every neuron; exactly one has the role of each input (x, y, d, bias) and of each
            output (hue, saturation, brightness).
        links: every connection; none is doubled, none goes into an input, none closes a cycle.
        name: what to call it.
        label_colors: the colour in which each label is drawn, RGB 0 to 255.

    Raises:
        GenomeError: if a rule is broken, naming the node or link.

    Example:
        >>> import fer_jax
        >>> genome = fer_jax.load_genome("sunrise")
        >>> len(genome.nodes) > 7
        True
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    name: str = ""
    label_colors: tuple[tuple[str, Color], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check_nodes(self.nodes)
        _check_links(self.nodes, self.links)
        inputs = {self.role_ids[name] for name in INPUT_NAMES}
        # `depths` raises where a cycle is.
        if not any(link.source in inputs for id in self.depths for _, link in self.incoming[id]):
            raise GenomeError(
                "no path leads from an input to an output; link x, y, d or bias to an output"
            )

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def incoming(self) -> dict[str, list[tuple[int, Link]]]:
        """For each node id, its incoming links with their index in `links`."""
        incoming: dict[str, list[tuple[int, Link]]] = {node.id: [] for node in self.nodes}
        for index, link in enumerate(self.links):
            incoming[link.target].append((index, link))
        return incoming

    @cached_property
    def depths(self) -> dict[str, int]:
        """Depth of every node that an output depends on: the longest path from an input.

        Inputs come first, at depth 0, used or not; the others in the order in which a depth-first
        walk from hue, saturation and brightness completes them. Other nodes draw nothing and are
        left out.
        """
        role_ids = self.role_ids
        order, cut = walk(self.incoming, role_ids)
        if cut:
            link = self.links[cut[0]]
            raise GenomeError(
                f"the links form a cycle through {link.source} -> {link.target}; "
                f'a CPPN has none (on_cycle="cut" reads such a link as 0)'
            )
        inputs = {role_ids[name] for name in INPUT_NAMES}
        depths = {role_ids[name]: 0 for name in INPUT_NAMES}
        for id in order:
            if id not in inputs:
                sources = [depths[link.source] for _, link in self.incoming[id]]
                depths[id] = 1 + max(sources, default=0)
        return depths

    @cached_property
    def role_ids(self) -> dict[str, str]:
        """The node id of each input and output, by role."""
        return {node.role: node.id for node in self.nodes if node.role}

    @cached_property
    def params(self) -> np.ndarray:
        """The link weights, float32, in the order of `links`."""
        return np.array([link.weight for link in self.links], dtype=np.float32)

    @cached_property
    def program(self) -> GraphProgram:
        """What the genome computes, apart from its weights; evaluated node by node."""
        slots = {id: slot for slot, id in enumerate(self.depths)}
        return GraphProgram(
            activations=tuple(self._by_id[id].activation for id in self.depths),
            incoming=tuple(
                tuple((slots[link.source], index) for index, link in self.incoming[id])
                for id in self.depths
            ),
            depths=tuple(self.depths.values()),
            output_slots=tuple(slots[self.role_ids[name]] for name in OUTPUT_NAMES),
            link_count=len(self.links),
        )


def walk(
    incoming: dict[str, list[tuple[int, Link]]], role_ids: dict[str, str]
) -> tuple[list[str], list[int]]:
    """Depth-first from the outputs against the links.

    Returns:
        The ids in the order of completion (every node after its sources), and the indices of the
        links that close a cycle.
    """
    order: list[str] = []
    cut: list[int] = []
    done: set[str] = set()
    inputs = {role_ids[name] for name in INPUT_NAMES}
    for output in OUTPUT_NAMES:
        stack = [(role_ids[output], iter(incoming[role_ids[output]]))]
        if stack[0][0] in done:
            continue
        open_ids = {stack[0][0]}
        while stack:
            id, links = stack[-1]
            for index, link in links:
                if link.source in open_ids:
                    cut.append(index)
                elif link.source not in done and link.source not in inputs:
                    open_ids.add(link.source)
                    stack.append((link.source, iter(incoming[link.source])))
                    break
                elif link.source not in done:
                    done.add(link.source)
                    order.append(link.source)
            else:
                stack.pop()
                open_ids.discard(id)
                done.add(id)
                order.append(id)
    return order, cut


def _check_nodes(nodes: Iterable[Node]) -> None:
    nodes = list(nodes)
    if len(nodes) > MAX_NODES:
        raise GenomeError(f"has {len(nodes)} nodes; the limit is {MAX_NODES}")
    if doubled := _doubled(node.id for node in nodes):
        raise GenomeError(f"node {doubled} is there twice; ids must be unique")
    for node in nodes:
        if not node.id or not node.id.isprintable():
            raise GenomeError(f"node id {node.id[:40]!r} is no line of text")
        if node.activation not in ACTIVATIONS:
            raise GenomeError(
                f"node {node.id} has unknown activation {node.activation[:40]!r}; "
                f"the activations are {', '.join(ACTIVATIONS)}"
            )
        if node.role and node.role not in (*INPUT_NAMES, *OUTPUT_NAMES):
            raise GenomeError(
                f"node {node.id} has unknown role {node.role[:40]!r}; "
                f"the roles are {', '.join((*INPUT_NAMES, *OUTPUT_NAMES))}"
            )
    roles = Counter(node.role for node in nodes if node.role)
    for name in (*INPUT_NAMES, *OUTPUT_NAMES):
        if roles[name] != 1:
            kind = "input" if name in INPUT_NAMES else "output"
            raise GenomeError(f"has {roles[name]} nodes for {kind} {name!r}; expected exactly one")


def _check_links(nodes: Iterable[Node], links: Iterable[Link]) -> None:
    links = list(links)
    if len(links) > MAX_LINKS:
        raise GenomeError(f"has {len(links)} links; the limit is {MAX_LINKS}")
    by_id = {node.id: node for node in nodes}
    for link in links:
        told = f"link {_shown(link.source)} -> {_shown(link.target)}"
        for end, id in (("comes from", link.source), ("goes to", link.target)):
            if id not in by_id:
                raise GenomeError(f"{told} {end} node {_shown(id)}, which is not in the genome")
        if by_id[link.target].role in INPUT_NAMES:
            raise GenomeError(f"{told} goes into the input {by_id[link.target].role!r}")
        for what, weight in (("weight", link.weight), ("original weight", link.original_weight)):
            if weight is not None and not math.isfinite(weight):
                raise GenomeError(f"{told} has {what} {weight}; expected a finite number")
        if abs(link.weight) > float(np.finfo(np.float32).max):
            raise GenomeError(f"{told} has weight {link.weight}, which is too large for float32")
    if doubled := _doubled((link.source, link.target) for link in links):
        raise GenomeError(f"link {doubled[0]} -> {doubled[1]} is there twice; add the weights")


def _shown(id: str) -> str:
    """An id within one line; those of nodes are checked, those that links name may be anything."""
    return id[:80] if id.isprintable() else repr(id[:80])


def _doubled(items: Iterable) -> Any:
    counts = Counter(items)
    return next((item for item, count in counts.items() if count > 1), None)

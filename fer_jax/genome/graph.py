"""The NEAT graph: nodes, links, and the rules that make it a drawable network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.parts import Color, Link, Node
from fer_jax.genome.rules import check_colors, check_links, check_nodes, shown_link
from fer_jax.genome.walk import walk

if TYPE_CHECKING:
    import fer_jax.genome.program

__all__ = ["Color", "Genome", "Link", "Node", "OnCycle", "assemble", "split_cycles"]

OnCycle = Literal["error", "cut"]
"""What reading does about links that close a cycle: refuse the genome, or read them as 0."""


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
        cut_links: links of the file that closed a cycle and so are not among `links`, where it was
            read with `on_cycle="cut"`.

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
    cut_links: tuple[Link, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_nodes(self.nodes)
        check_links(self.nodes, self.links)
        check_colors(self.label_colors)
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
        return _incoming(self.nodes, self.links)

    @cached_property
    def depths(self) -> dict[str, int]:
        """Depth of every node that an output depends on: the longest path from an input.

        Inputs come first, at depth 0, used or not; the others in the order in which a depth-first
        walk from hue, saturation and brightness completes them. Other nodes draw nothing and are
        left out.
        """
        role_ids = self.role_ids
        order, cut = _walk(self.incoming, role_ids)
        if cut:
            raise GenomeError(
                f"the links form a cycle through {shown_link(self.links[cut[0]])}; "
                f"on_cycle=cut reads such links as 0"
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
    def program(self) -> "fer_jax.genome.program.GraphProgram":
        """What the genome computes, apart from its weights; evaluated node by node."""
        # Here, so that a genome is read and judged without JAX.
        from fer_jax.genome.program import GraphProgram

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


def assemble(
    nodes: Sequence[Node],
    links: Sequence[Link],
    name: str,
    label_colors: Sequence[tuple[str, Color]],
    on_cycle: OnCycle,
) -> Genome:
    """A genome of what a file says.

    Args:
        nodes: in order.
        links: in order.
        name: of the genome.
        label_colors: of its labels.
        on_cycle: "error", or "cut" to leave out the links that `split_cycles` cuts.

    Returns:
        The genome, with the links that were cut.

    Raises:
        GenomeError: if a rule is broken.
    """
    cut: tuple[Link, ...] = ()
    if on_cycle == "cut":
        links, cut = split_cycles(nodes, links)
    return Genome(tuple(nodes), tuple(links), name, tuple(label_colors), cut)


def split_cycles(
    nodes: Sequence[Node], links: Sequence[Link]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Part links into those that make a genome and those that close a cycle.

    Which of a cycle's links is cut follows from the order of the links alone: the one whose source
    is still being evaluated when `fer_jax.genome.walk.walk` meets it. Reading it as 0 is what the
    original study's program does. A cycle that no output depends on draws nothing and stays.

    Args:
        nodes: of a genome to be.
        links: of the same, in order.

    Returns:
        The links that stay, and those that are cut, each in their order.

    Raises:
        GenomeError: if another rule is broken.
    """
    check_nodes(nodes)
    check_links(nodes, links)
    role_ids = {node.role: node.id for node in nodes if node.role}
    _, met = _walk(_incoming(nodes, links), role_ids)
    cut = set(met)
    return (
        tuple(link for index, link in enumerate(links) if index not in cut),
        tuple(link for index, link in enumerate(links) if index in cut),
    )


def _incoming(nodes: Iterable[Node], links: Iterable[Link]) -> dict[str, list[tuple[int, Link]]]:
    incoming: dict[str, list[tuple[int, Link]]] = {node.id: [] for node in nodes}
    for index, link in enumerate(links):
        incoming[link.target].append((index, link))
    return incoming


def _walk(
    incoming: dict[str, list[tuple[int, Link]]], role_ids: dict[str, str]
) -> tuple[list[str], list[int]]:
    return walk(
        {id: [(index, link.source) for index, link in links] for id, links in incoming.items()},
        {role_ids[name] for name in INPUT_NAMES},
        [role_ids[name] for name in OUTPUT_NAMES],
    )

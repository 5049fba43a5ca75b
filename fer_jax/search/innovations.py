"""The book in which a run numbers what its genomes invent, so that they know each other's genes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import numpy as np

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.genome.population import Population
from fer_jax.search.neat_mutation import Numbers, Proposal


@dataclass
class Innovations:
    """Numbers of links by the nodes that they join, and of nodes by the links that they split.

    One invention has one number in a whole run, whoever makes it and when. A genome that splits a
    link again, since a crossing brought it back, has invented another node.

    Attributes:
        links: by the numbers of both ends.
        nodes: by the number of the link, and how many of its nodes the genome had.
        next_node: the number of the next new node.
        next_link: the number of the next new link.

    Example:
        >>> book = Innovations()
        >>> book.link(0, 6), book.link(1, 6), book.link(0, 6)
        (0, 1, 0)
    """

    links: dict[tuple[int, int], int] = field(default_factory=dict)
    nodes: dict[tuple[int, int], int] = field(default_factory=dict)
    next_node: int = len(INPUT_NAMES) + len(OUTPUT_NAMES)
    next_link: int = 0

    def link(self, source: int, target: int) -> int:
        """The number of a link between two nodes."""
        known = self.links.setdefault((source, target), self.next_link)
        self.next_link = max(self.next_link, known + 1)
        return known

    def node(self, link: int, had: set[int]) -> int:
        """The number of a node that splits a link, in a genome that has some nodes."""
        again = 0
        while (known := self.nodes.get((link, again))) is not None and known in had:
            again += 1
        if known is None:
            known = self.nodes[link, again] = self.next_node
            self.next_node += 1
        return known

    def knows(self, population: Population) -> None:
        """Enter what a population was given from elsewhere, under the numbers that it has."""
        known = jax.device_get(population)
        for place in range(population.genomes):
            for at in range(known.link_count[place]):
                ends = (known.sources[place, at], known.targets[place, at])
                source, target = (int(known.nodes[place, end]) for end in ends)
                self.links[source, target] = int(known.innovations[place, at])
        self.next_node = max(self.next_node, int(known.nodes.max()) + 1)
        self.next_link = max(self.next_link, int(known.innovations.max()) + 1)

    def number(self, population: Population, proposals: Proposal) -> Numbers:
        """Number what is proposed.

        Args:
            population: the genomes as they are.
            proposals: for each.

        Returns:
            The numbers; in the order of the genomes, so that they do not depend on devices.
        """
        proposed = jax.device_get(proposals)
        nodes, sources, targets, innovations = jax.device_get(
            (population.nodes, population.sources, population.targets, population.innovations)
        )
        found = Numbers(*np.full((4, population.genomes), -1, np.int32))
        for place in np.flatnonzero((proposed.link >= 0) & ~proposed.removed):
            at, own = proposed.link[place], nodes[place]
            ends = int(own[sources[place, at]]), int(own[targets[place, at]])
            new = self.node(int(innovations[place, at]), set(own.tolist()))
            found.node[place] = new
            found.into[place], found.out_of[place] = (
                self.link(ends[0], new),
                self.link(new, ends[1]),
            )
        for place in np.flatnonzero(proposed.source >= 0):
            own = nodes[place]
            source, target = proposed.source[place], proposed.target[place]
            found.link[place] = self.link(int(own[source]), int(own[target]))
        return found

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, to go on later."""
        return {
            "link_numbers": _rows(self.links),
            "node_numbers": _rows(self.nodes),
            "next_node": np.array(self.next_node, np.int64),
            "next_link": np.array(self.next_link, np.int64),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> "Innovations":
        """The book that `arrays` came from."""
        links, nodes = (
            {(int(one), int(other)): int(number) for one, other, number in arrays[name]}
            for name in ("link_numbers", "node_numbers")
        )
        return cls(links, nodes, int(arrays["next_node"]), int(arrays["next_link"]))


def _rows(numbers: Mapping[tuple[int, int], int]) -> np.ndarray:
    rows = [(*key, number) for key, number in numbers.items()]
    return np.array(rows, np.int64).reshape(-1, 3)

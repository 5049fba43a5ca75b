"""The book in which a run numbers what its genomes invent, so that they know each other's genes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import numpy as np
from jaxtyping import Int

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.genome.population import Population


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

    def number(
        self, population: Population, wanted: Int[np.ndarray, "genomes 3"]
    ) -> Int[np.ndarray, "genomes 4"]:
        """Number what is proposed.

        Args:
            population: the genomes as they are, as NumPy arrays.
            wanted: of each, as `Proposal.wanted` says.

        Returns:
            Of each, the numbers of a node that splits a link, of the link into it, of the one out
            of it, and of a new link; 0 where there is none. They are given in the order of the
            genomes, so that they do not depend on devices.
        """
        nodes, innovations = population.nodes, population.innovations
        link, source, target = wanted.T
        found = np.zeros((len(wanted), 4), np.int32)
        splits = np.flatnonzero(link >= 0)
        for place, at in zip(splits.tolist(), link[splits].tolist(), strict=True):
            own = nodes[place]
            new = self.node(int(innovations[place, at]), set(own.tolist()))
            into = self.link(int(own[population.sources[place, at]]), new)
            out_of = self.link(new, int(own[population.targets[place, at]]))
            found[place, :3] = new, into, out_of
        joins = np.flatnonzero(source >= 0)
        ends = nodes[joins, source[joins]].tolist(), nodes[joins, target[joins]].tolist()
        found[joins, 3] = [self.link(*both) for both in zip(*ends, strict=True)]
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

"""Many genomes of any topologies as one PyTree of padded arrays.

A genome's nodes lie in slots, of which each reads only earlier ones: x, y, d and the bias come
first. Its links are sorted by the slot into which they go. What is there is told by counts, so what
fills up the arrays means nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES, OUTPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome
from fer_jax.genome.parts import Link, Node
from fer_jax.genome.slots import order_of_links, order_of_slots

LEAST_SLOTS, LEAST_LINKS = 16, 32
"""Of the smallest bucket. Each is twice as large as the one before, so that a population that grows
is compiled for a few times only."""


class Population(NamedTuple):
    """Genomes side by side, all padded to as many slots and links; or one, without the first axis.

    Attributes:
        kinds: of each slot, its activation's place in `ACTIVATION_NAMES`.
        nodes: of each slot, the number by which its node is known to other genomes.
        sources: of each link, the slot that it reads.
        targets: of each link, the slot into which it goes; of what fills up, the number of slots.
        weights: of each link.
        innovations: of each link, the number by which it is known to other genomes.
        enabled: of each link, whether it counts.
        node_count: of each genome.
        link_count: of each genome.
        outputs: of each genome, the slots of hue, saturation and brightness.
    """

    kinds: Int[Array, "*genomes slots"]
    nodes: Int[Array, "*genomes slots"]
    sources: Int[Array, "*genomes links"]
    targets: Int[Array, "*genomes links"]
    weights: Float[Array, "*genomes links"]
    innovations: Int[Array, "*genomes links"]
    enabled: Bool[Array, "*genomes links"]
    node_count: Int[Array, "*genomes"]
    link_count: Int[Array, "*genomes"]
    outputs: Int[Array, "*genomes 3"]

    @property
    def genomes(self) -> int:
        """How many there are."""
        return len(self.node_count)

    @property
    def slots(self) -> int:
        """To which all genomes are padded."""
        return self.kinds.shape[-1]

    @property
    def links(self) -> int:
        """To which all genomes are padded."""
        return self.sources.shape[-1]

    @property
    def is_node(self) -> Bool[Array, "*genomes slots"]:
        """Which slots hold a node."""
        return jnp.arange(self.slots) < self.node_count[..., None]

    @property
    def is_link(self) -> Bool[Array, "*genomes links"]:
        """Which places hold a link."""
        return jnp.arange(self.links) < self.link_count[..., None]

    def padded(self, slots: int, links: int) -> "Population":
        """The same genomes with room for more.

        Args:
            slots: to pad to; at least as many as now.
            links: likewise.

        Returns:
            The population, as NumPy arrays if it is of those.
        """
        xp = jnp if isinstance(self.kinds, jax.Array) else np

        def more(values: Any, by: int, filling: int) -> Any:
            axes = [(0, 0)] * (values.ndim - 1) + [(0, by)]
            return xp.pad(values, axes, constant_values=filling)

        by, by_links = slots - self.slots, links - self.links
        nowhere = xp.where(self.targets < self.slots, self.targets, slots)
        return self._replace(
            kinds=more(self.kinds, by, ACTIVATION_NAMES.index("identity")),
            nodes=more(self.nodes, by, -1),
            sources=more(self.sources, by_links, 0),
            targets=more(nowhere, by_links, slots),
            weights=more(self.weights, by_links, 0),
            innovations=more(self.innovations, by_links, -1),
            enabled=more(self.enabled, by_links, 0),
        )


def bucket(count: int, least: int) -> int:
    """The size to which so many are padded: `least`, doubled until they fit.

    Example:
        >>> bucket(33, 16)
        64
    """
    size = least
    while size < count:
        size *= 2
    return size


def pad(
    genomes: Sequence[Genome], *, slots: int | None = None, links: int | None = None
) -> Population:
    """Genomes as a population.

    Nodes are known by the numbers in their ids if all of them have one, otherwise by their ids in
    order of appearance; links by their ends. Either holds within this population alone.

    Args:
        genomes: at least one.
        slots: to pad to; by default the smallest bucket that fits.
        links: likewise.

    Returns:
        The population.

    Raises:
        GenomeError: if there is no genome, or one does not fit.

    Example:
        >>> import fer_jax
        >>> moon = fer_jax.load_genome("moon")
        >>> population = pad([moon])
        >>> unpad(population, like=[moon]) == [moon]
        True
    """
    if not genomes:
        raise GenomeError("the population is empty; expected at least one genome")
    most_slots = max(len(genome.nodes) for genome in genomes)
    most_links = max(len(genome.links) for genome in genomes)
    slots = bucket(most_slots, LEAST_SLOTS) if slots is None else slots
    links = bucket(most_links, LEAST_LINKS) if links is None else links
    if most_slots > slots or most_links > links:
        raise GenomeError(
            f"a genome has {most_slots} nodes and {most_links} links; expected at most {slots} and "
            f"{links}"
        )
    count = len(genomes)
    kinds = np.full((count, slots), ACTIVATION_NAMES.index("identity"), np.int32)
    nodes, innovations = (
        np.full((count, slots), -1, np.int32),
        np.full((count, links), -1, np.int32),
    )
    sources = np.zeros((count, links), np.int32)
    targets = np.full((count, links), slots, np.int32)
    weights, enabled = np.zeros((count, links), np.float32), np.zeros((count, links), bool)
    outputs = np.zeros((count, len(OUTPUT_NAMES)), np.int32)
    numbers = _numbers(genomes)
    ends: dict[tuple[int, int], int] = {}
    for place, genome in enumerate(genomes):
        order = order_of_slots(genome)
        slot_of = {node.id: slot for slot, node in enumerate(order)}
        kinds[place, : len(order)] = [ACTIVATION_NAMES.index(node.activation) for node in order]
        nodes[place, : len(order)] = [numbers[node.role or node.id] for node in order]
        outputs[place] = [slot_of[genome.role_ids[name]] for name in OUTPUT_NAMES]
        for at, index in enumerate(order_of_links(genome, order)):
            link = genome.links[index]
            source, target = slot_of[link.source], slot_of[link.target]
            sources[place, at], targets[place, at] = source, target
            weights[place, at] = link.weight
            # Only in a loop that draws nothing does a link come from a later slot.
            enabled[place, at] = source < target
            both = int(nodes[place, source]), int(nodes[place, target])
            innovations[place, at] = ends.setdefault(both, len(ends))
    counts = [[len(genome.nodes), len(genome.links)] for genome in genomes]
    node_count, link_count = np.array(counts, np.int32).T
    arrays = kinds, nodes, sources, targets, weights, innovations, enabled
    return Population(*map(jnp.asarray, (*arrays, node_count, link_count, outputs)))


def unpad(population: Population, like: Sequence[Genome] | None = None) -> list[Genome]:
    """A population's genomes.

    Args:
        population: of which to take them.
        like: genomes of the same nodes and links, from which they take all that a population does
            not hold: ids, labels, names, the order of nodes and links, and weights in double
            precision where the single one is the same. By default nodes are called by their
            numbers, and links that do not count are left out.

    Returns:
        The genomes.

    Raises:
        GenomeError: if a genome breaks a rule, such as that an input leads to an output.
    """
    arrays = jax.tree.map(np.asarray, population)
    if like is None:
        return [_named_by_number(arrays, place) for place in range(population.genomes)]
    return [_named_alike(arrays, place, one) for place, one in enumerate(like)]


def _numbers(genomes: Sequence[Genome]) -> dict[str, int]:
    """Of each input and output by role, and of each other node by id."""
    roles = (*INPUT_NAMES, *OUTPUT_NAMES)
    numbers = {role: number for number, role in enumerate(roles)}
    hidden = [node.id for genome in genomes for node in genome.nodes if not node.role]
    unique = list(dict.fromkeys(hidden))
    if all(id.isdecimal() and id.isascii() and len(roles) <= int(id) < 2**31 for id in unique):
        return numbers | {id: int(id) for id in unique}
    return numbers | {id: len(roles) + at for at, id in enumerate(unique)}


def _named_by_number(arrays: Population, place: int) -> Genome:
    roles = dict(enumerate(INPUT_NAMES))
    roles |= {int(slot): OUTPUT_NAMES[at] for at, slot in enumerate(arrays.outputs[place])}
    ids = [str(number) for number in arrays.nodes[place]]
    nodes = tuple(
        Node(ids[slot], ACTIVATION_NAMES[arrays.kinds[place, slot]], roles.get(slot, ""))
        for slot in range(int(arrays.node_count[place]))
    )
    links = tuple(
        Link(
            ids[arrays.sources[place, at]],
            ids[arrays.targets[place, at]],
            float(arrays.weights[place, at]),
        )
        for at in range(int(arrays.link_count[place]))
        if arrays.enabled[place, at]
    )
    return Genome(nodes, links)


def _named_alike(arrays: Population, place: int, like: Genome) -> Genome:
    links = list(like.links)
    for at, index in enumerate(order_of_links(like, order_of_slots(like))):
        weight = arrays.weights[place, at]
        if np.float32(links[index].weight) != weight:
            links[index] = replace(links[index], weight=float(weight))
    return replace(like, links=tuple(links))

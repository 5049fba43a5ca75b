"""The order of a genome's nodes and links in arrays that are walked once from front to back."""

from collections.abc import Sequence

from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.genome.graph import Genome
from fer_jax.genome.parts import Node


def order_of_slots(genome: Genome) -> list[Node]:
    """Its nodes, the inputs first, and each behind all that it reads.

    Apart from that, they keep the order of the genome. Nodes of a loop come last: it draws nothing.

    Example:
        >>> import fer_jax
        >>> [node.role for node in order_of_slots(fer_jax.load_genome("moon"))[:4]]
        ['x', 'y', 'd', 'bias']
    """
    by_role = {node.role: node for node in genome.nodes if node.role}
    order = [by_role[name] for name in INPUT_NAMES]
    placed = {node.id for node in order}
    waiting = [node for node in genome.nodes if node.id not in placed]
    while waiting:
        later = []
        for node in waiting:
            if all(link.source in placed for _, link in genome.incoming[node.id]):
                order.append(node)
                placed.add(node.id)
            else:
                later.append(node)
        if len(later) == len(waiting):
            return order + waiting
        waiting = later
    return order


def order_of_links(genome: Genome, order: Sequence[Node]) -> list[int]:
    """The places of its links, sorted by the slots into which they go, and else in their order.

    Example:
        >>> import fer_jax
        >>> moon = fer_jax.load_genome("moon")
        >>> sorted(order_of_links(moon, order_of_slots(moon))) == list(range(len(moon.links)))
        True
    """
    slot_of = {node.id: slot for slot, node in enumerate(order)}
    return sorted(range(len(genome.links)), key=lambda at: slot_of[genome.links[at].target])

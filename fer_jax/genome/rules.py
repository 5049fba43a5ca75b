"""The rules that make nodes and links a drawable network, and what is said where one is broken.

They are checked before anything else is made of a genome, in time that grows with its length.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES, OUTPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.parts import Color, Link, Node

MAX_NODES = 10_000
MAX_LINKS = 100_000
MAX_WEIGHT = (2.0 - 2.0**-23) * 2.0**127
"""The largest number of float32, in which weights are computed."""

_SHOWN = 60
"""How much of a text a message quotes."""


def check_nodes(nodes: Sequence[Node]) -> None:
    """Refuse too many nodes, doubled or unprintable ids, unknown activations, missing roles.

    Raises:
        GenomeError: naming the node.
    """
    if len(nodes) > MAX_NODES:
        raise GenomeError(f"has {len(nodes)} nodes; the limit is {MAX_NODES}")
    for node in nodes:
        if not node.id or not node.id.isprintable():
            raise GenomeError(f"node id {node.id[:_SHOWN]!r} is no line of text")
        if node.activation not in ACTIVATION_NAMES:
            raise GenomeError(
                f"node {shown(node.id)} has unknown activation {node.activation[:_SHOWN]!r}; "
                f"the activations are {', '.join(ACTIVATION_NAMES)}"
            )
        if node.role and node.role not in (*INPUT_NAMES, *OUTPUT_NAMES):
            raise GenomeError(
                f"node {shown(node.id)} has unknown role {node.role[:_SHOWN]!r}; "
                f"the roles are {', '.join((*INPUT_NAMES, *OUTPUT_NAMES))}"
            )
    if doubled := _doubled(node.id for node in nodes):
        raise GenomeError(f"node {shown(doubled)} is there twice; ids must be unique")
    roles = Counter(node.role for node in nodes if node.role)
    for name in (*INPUT_NAMES, *OUTPUT_NAMES):
        if roles[name] != 1:
            kind = "input" if name in INPUT_NAMES else "output"
            raise GenomeError(f"has {roles[name]} nodes for {kind} {name!r}; expected exactly one")


def check_links(nodes: Sequence[Node], links: Sequence[Link]) -> None:
    """Refuse too many links, unknown ends, links into inputs, impossible weights, doubled links.

    Raises:
        GenomeError: naming the link.
    """
    if len(links) > MAX_LINKS:
        raise GenomeError(f"has {len(links)} links; the limit is {MAX_LINKS}")
    roles = {node.id: node.role for node in nodes}
    for link in links:
        for end, id in (("comes from", link.source), ("goes to", link.target)):
            if id not in roles:
                raise GenomeError(
                    f"link {shown_link(link)} {end} node {shown(id)}, which is not in the genome"
                )
        if roles[link.target] in INPUT_NAMES:
            raise GenomeError(f"link {shown_link(link)} goes into the input {roles[link.target]!r}")
        for what, weight in (("weight", link.weight), ("original weight", link.original_weight)):
            if weight is not None and not math.isfinite(weight):
                raise GenomeError(
                    f"link {shown_link(link)} has {what} {weight}; expected a finite number"
                )
        if abs(link.weight) > MAX_WEIGHT:
            raise GenomeError(
                f"link {shown_link(link)} has weight {link.weight}, which is too large for float32"
            )
    if doubled := _doubled((link.source, link.target) for link in links):
        ends = " -> ".join(map(shown, doubled))
        raise GenomeError(f"link {ends} is there twice; add the weights")


def check_colors(label_colors: Sequence[tuple[str, Color]]) -> None:
    """Refuse a label with two colours, and colours that are none.

    Raises:
        GenomeError: naming the label.
    """
    for label, color in label_colors:
        if len(color) != 3 or not all(channel in range(256) for channel in color):
            raise GenomeError(
                f"label {label[:_SHOWN]!r} has colour {str(color)[:_SHOWN]}; "
                f"expected three whole numbers, 0 to 255"
            )
    if doubled := _doubled((label,) for label, _ in label_colors):
        raise GenomeError(f"label {doubled[0][:_SHOWN]!r} has two colours; expected one")


def shown_link(link: Link) -> str:
    """A link within one line of text.

    Example:
        >>> shown_link(Link("x", "hue", 1.0))
        'x -> hue'
    """
    return f"{shown(link.source)} -> {shown(link.target)}"


def shown(id: str) -> str:
    """An id within one line of text; those of nodes are checked, what links name may be anything.

    Example:
        >>> shown("7_5"), shown("")
        ('7_5', '')
    """
    return id[:_SHOWN] if id.isprintable() else repr(id[:_SHOWN])


def _doubled(items: Iterable) -> Any:
    counts = Counter(items)
    return next((item for item, count in counts.items() if count > 1), None)

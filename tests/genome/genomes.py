"""Small genomes for tests: one written out, and random ones for hypothesis."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.genome.graph import Genome, Link, Node

INPUTS = tuple(Node(role, "identity", role) for role in INPUT_NAMES)
OUTPUTS = tuple(Node(role, "identity", role) for role in OUTPUT_NAMES)


def small_genome() -> Genome:
    """Two hidden nodes; a link past them; hue and saturation constant; one node draws nothing."""
    hidden = (Node("h1", "gaussian"), Node("h2", "sin"), Node("idle", "tanh"))
    links = (
        Link("x", "h1", 1.5),
        Link("d", "h1", -0.5),
        Link("h1", "h2", 2.0),
        Link("y", "h2", 0.75),
        Link("h2", "brightness", 1.0),
        Link("d", "brightness", 0.25),
        Link("bias", "hue", 0.3),
        Link("bias", "saturation", 0.6),
        Link("x", "idle", 1.0),
    )
    return Genome((*INPUTS, *hidden, *OUTPUTS), links, "small")


def changed(**fields: Any) -> Genome:
    """`small_genome` with other fields."""
    return replace(small_genome(), **fields)


@st.composite
def genomes(draw: st.DrawFn, max_hidden: int = 7) -> Genome:
    """Any acyclic graph: nodes in any order, outputs that feed others, nodes that draw nothing."""
    activation = st.sampled_from(list(ACTIVATIONS))
    hidden = [Node(f"7_{i}", draw(activation)) for i in range(draw(st.integers(0, max_hidden)))]
    outputs = [replace(node, activation=draw(activation)) for node in OUTPUTS]
    # Links go forwards in this order, so there is no cycle.
    order = draw(st.permutations([*hidden, *outputs]))
    ids = [*INPUT_NAMES, *(node.id for node in order)]
    pairs = [
        (source, target)
        for place, target in enumerate(ids)
        for source in ids[:place]
        if target not in INPUT_NAMES
    ]
    weight = st.floats(-1.5, 1.5, width=32)
    ends = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=25))
    first = (draw(st.sampled_from(INPUT_NAMES)), draw(st.sampled_from(OUTPUT_NAMES)))
    links = tuple(Link(*pair, draw(weight)) for pair in dict.fromkeys([*ends, first]))
    return Genome(tuple(draw(st.permutations([*INPUTS, *order]))), links, "random")

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


COLORS = st.tuples(*[st.integers(0, 255)] * 3)
IDS = st.one_of(
    st.sampled_from(["7_5", "7_05", "_5", "7_", "_", "5", "a_b_5", "hue", "x y", '<&">', "é_1"]),
    st.text("0123456789_ax", min_size=1, max_size=6),
)
DOUBLES = st.one_of(
    st.floats(-3.4e38, 3.4e38), st.sampled_from([0.0, -0.0, 5e-324, -1.2345678901234567e-300])
)
XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])
    | st.sampled_from("\t\n\r <>&\"'"),
    max_size=8,
)
ANY_TEXT = st.text(st.characters(), max_size=8)


@st.composite
def decorated_genomes(draw: st.DrawFn, texts: st.SearchStrategy[str] = XML_TEXT) -> Genome:
    """Genomes with all that people and other programs put into one: ids, labels, colours, names."""
    genome = draw(genomes(max_hidden=4))
    if draw(st.booleans()):
        genome = grey(genome)
    else:
        ids = draw(st.lists(IDS, unique=True, min_size=len(genome.nodes), max_size=20))
        genome = renamed(genome, dict(zip((n.id for n in genome.nodes), ids, strict=False)))
    labels = draw(st.lists(texts, max_size=3))
    label = st.sampled_from(["", *labels])
    colors = st.dictionaries(st.sampled_from(["", *labels, "z"]), COLORS)
    weights = st.tuples(DOUBLES, label, st.none() | DOUBLES)
    return replace(
        genome,
        nodes=tuple(replace(node, label=draw(label)) for node in genome.nodes),
        links=tuple(Link(link.source, link.target, *draw(weights)) for link in genome.links),
        name=draw(texts),
        label_colors=tuple(draw(colors).items()),
    )


def renamed(genome: Genome, ids: dict[str, str]) -> Genome:
    """The same genome with other ids."""
    return replace(
        genome,
        nodes=tuple(replace(node, id=ids[node.id]) for node in genome.nodes),
        links=tuple(
            replace(link, source=ids[link.source], target=ids[link.target]) for link in genome.links
        ),
    )


def grey(genome: Genome) -> Genome:
    """With hue and saturation as they are added to a file that has ink alone."""
    unused = ("hue", "saturation")
    nodes = [node for node in genome.nodes if node.role not in unused]
    links = [link for link in genome.links if not {link.source, link.target} & set(unused)]
    nodes += [Node(role, "identity", role) for role in unused]
    links = [link for link in links if link.target != "brightness" or link.source != "x"]
    links.append(Link("x", "brightness", 0.5))
    links += [Link("brightness", role, 0.0) for role in unused]
    return replace(genome, nodes=tuple(nodes), links=tuple(links))

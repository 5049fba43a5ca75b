"""Recurrent links: refused, or read as 0, as the original study's program does."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax import GenomeWarning
from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError
from fer_jax.genome.files import load_genome, read_bytes, save_genome
from fer_jax.genome.graph import Genome, Link, Node, split_cycles
from fer_jax.genome.json_format import write_json
from fer_jax.genome.layerize import layerize
from fer_jax.genome.picbreeder_writer import write_xml, write_zip
from tests import numpy_cppn
from tests.genome.genomes import genomes, small_genome

NODES, LINKS = small_genome().nodes, small_genome().links
BACK = (Link("h2", "h1", 0.5), Link("h1", "h1", -1.0))


def with_links(genome: Genome, links: tuple[Link, ...]) -> Genome:
    """The genome with these links, unchecked: what a file with cycles says."""
    unchecked = replace(genome)
    object.__setattr__(unchecked, "links", links)
    return unchecked


def recurrent(*back: Link) -> Genome:
    return with_links(small_genome(), (*back, *LINKS))


WRITERS = {
    ".json": lambda genome: write_json(genome).encode(),
    ".zip": write_zip,
    ".xml": write_xml,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_refused_unless_asked_for(suffix, tmp_path):
    path = tmp_path / f"cyclic{suffix}"
    path.write_bytes(WRITERS[suffix](recurrent(*BACK)))
    told = r"the links form a cycle through h2 -> h1; on_cycle=cut reads such links as 0"
    for more in ({}, {"on_cycle": "error"}):
        with pytest.raises(GenomeError, match=f"cyclic{suffix}: {told}"):
            load_genome(path, **more)
    with pytest.warns(GenomeWarning) as caught:
        genome = load_genome(path, on_cycle="cut")
    assert [str(warning.message) for warning in caught] == [
        f"{path}: 2 links that close cycles read 0: h2 -> h1, h1 -> h1"
    ]
    assert genome.cut_links == BACK
    assert genome.links == LINKS


def test_a_genome_without_cycles_is_the_same_and_nothing_is_said(tmp_path):
    save_genome(small_genome(), tmp_path / "small.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        genome = load_genome(tmp_path / "small.json", on_cycle="cut")
    assert genome == small_genome()
    assert genome.cut_links == ()


def test_one_link(tmp_path):
    (tmp_path / "a.json").write_text(write_json(recurrent(BACK[1])))
    with pytest.warns(GenomeWarning, match="1 link that closes a cycle reads 0: h1 -> h1$"):
        load_genome(tmp_path / "a.json", on_cycle="cut")


def test_many_links_are_counted(tmp_path):
    hidden = tuple(Node(f"n{i}", "sin") for i in range(30))
    links = [Link(node.id, node.id, 1.0) for node in hidden]
    links += [Link("x", node.id, 1.0) for node in hidden]
    links += [Link(node.id, "hue", 1.0) for node in hidden]
    genome = with_links(replace(small_genome(), nodes=(*NODES, *hidden)), (*LINKS, *links))
    (tmp_path / "a.json").write_text(write_json(genome))
    with pytest.warns(GenomeWarning, match=r"30 links .* n0 -> n0, .*, n19 -> n19 and 10 more$"):
        assert len(load_genome(tmp_path / "a.json", on_cycle="cut").cut_links) == 30


@pytest.mark.usefixtures("unchecked_types")
def test_anything_else_is_no_way_to_read_cycles():
    with pytest.raises(GenomeError, match="on_cycle is 'ignore'; expected error or cut"):
        load_genome("sunrise", on_cycle="ignore")


def test_what_is_cut_may_be_the_only_path(tmp_path):
    links = (Link("h1", "hue", 1.0), Link("hue", "h1", 1.0))
    (tmp_path / "a.json").write_text(write_json(with_links(small_genome(), links)))
    with pytest.raises(GenomeError, match="no path leads from an input to an output"):
        load_genome(tmp_path / "a.json", on_cycle="cut")


def test_other_rules_hold_as_well():
    broken = recurrent(*BACK, Link("h9", "hue", 1.0))
    for on_cycle in ("error", "cut"):
        with pytest.raises(GenomeError, match="link h9 -> hue comes from node h9, which"):
            read_bytes(write_json(broken).encode(), "", on_cycle)


def test_a_cycle_that_no_output_depends_on_stays():
    links = (*LINKS, Link("idle", "idle", 1.0))
    assert split_cycles(NODES, links) == (links, ())


def evaluated(genome: Genome, inputs: np.ndarray) -> np.ndarray:
    """The original study's way, in its own words: recursive, a node under evaluation reads 0."""
    nodes = {node.id: node for node in genome.nodes}
    roles = {node.role: node.id for node in genome.nodes}
    values = {roles[name]: inputs[..., place] for place, name in enumerate(INPUT_NAMES)}

    def value(id: str, open_ids: frozenset[str]) -> np.ndarray:
        if id in values:
            return values[id]
        if id in open_ids:
            return np.zeros(inputs.shape[:-1])
        total = np.zeros(inputs.shape[:-1])
        for link in genome.links:
            if link.target == id:
                total = total + link.weight * value(link.source, open_ids | {id})
        values[id] = numpy_cppn.ACTIVATIONS[nodes[id].activation](total)
        return values[id]

    return np.stack([value(roles[name], frozenset()) for name in OUTPUT_NAMES], axis=-1)


@st.composite
def cyclic_genomes(draw: st.DrawFn) -> Genome:
    """Any graph, with links both ways and loops, in any order."""
    genome = draw(genomes(max_hidden=5))
    targets = [node.id for node in genome.nodes if node.role not in INPUT_NAMES]
    ids = [node.id for node in genome.nodes]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(targets))
    more = [Link(*pair, draw(st.floats(-1.5, 1.5, width=32))) for pair in draw(st.lists(pairs))]
    links = {(link.source, link.target): link for link in (*more, *genome.links)}
    return with_links(genome, tuple(draw(st.permutations(list(links.values())))))


@given(cyclic_genomes())
def test_as_the_original_study_evaluates_it(cyclic):
    inputs = numpy_cppn.pixel_inputs(2)
    try:
        genome = read_bytes(write_json(cyclic).encode(), "random", "cut")
    except GenomeError as error:
        assert "no path leads" in str(error)  # noqa: PT017
        return
    expected = evaluated(cyclic, inputs)
    np.testing.assert_array_equal(numpy_cppn.graph_outputs(genome, inputs), expected)
    # Which links are cut follows from their order alone, and cutting once is enough.
    assert split_cycles(cyclic.nodes, cyclic.links) == (genome.links, genome.cut_links)
    assert split_cycles(genome.nodes, genome.links) == (genome.links, ())
    for write in WRITERS.values():
        assert read_bytes(write(cyclic), "random", "cut") == genome


def test_it_layerizes_and_draws_as_a_graph_does(tmp_path):
    (tmp_path / "a.json").write_text(write_json(recurrent(*BACK)))
    with pytest.warns(GenomeWarning):
        genome = load_genome(tmp_path / "a.json", on_cycle="cut")
    outputs = evaluated(recurrent(*BACK), numpy_cppn.pixel_inputs(16))
    image = render(genome, 16)
    np.testing.assert_allclose(render(layerize(genome), 16), image, atol=1e-5)
    np.testing.assert_allclose(numpy_cppn.rgb(outputs), image, atol=1e-4)

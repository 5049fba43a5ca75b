"""The graph of a genome as masks over its dense network."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.flat_params import unflatten
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import draw
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, Link, assemble
from fer_jax.genome.layerize import layerize, layout
from fer_jax.genome.sparse_topology import sparse_topology
from tests import numpy_cppn
from tests.genome.genomes import genomes, grey, small_genome
from tests.reference import reference_dir

ORIGINALS = {"skull": (59, 90), "butterfly": (108, 177), "apple": (264, 654)}
"""Links after the conversion of ink, and weights of the authors' layerized networks that are 1."""


def with_weights(genome: Genome, weights: np.ndarray) -> Genome:
    pairs = zip(genome.links, weights, strict=True)
    return replace(
        genome, links=tuple(replace(link, weight=float(weight)) for link, weight in pairs)
    )


def on_the_graph(genome: Genome, seed: int) -> tuple[np.ndarray, Genome]:
    """Random weights wherever the topology lets them move, and the genome with these very ones."""
    topology, places = sparse_topology(genome), layout(genome).link_places
    random = np.random.default_rng(seed).uniform(-1.5, 1.5, topology.trainable.size)
    params = np.where(topology.trainable, random.astype(np.float32), topology.held)
    return params, with_weights(genome, np.where(places >= 0, params[places], 9.0))


def test_by_hand():
    # h2 -> brightness has the weight 1, as carriers do; x -> h1 the weight 0, as what is no link.
    genome = with_weights(small_genome(), np.array([0, -0.5, 2, 0.75, 1, 0.25, 0.3, 0.6, 1]))
    topology = sparse_topology(genome)
    # Neurons as in test_layerize.test_by_hand.
    x, y, d, bias = range(4)
    links = [
        [(x, 4), (d, 4), (bias, 5), (bias, 6)],
        [(4, 7), (0, 7)],
        [(0, 5), (7, 5)],
        [],
    ]
    carriers = [
        [(y, 0), (d, 1)],
        [(1, 0), (5, 1), (6, 2)],
        [(1, 0), (2, 1)],
        [(0, 0), (1, 1), (5, 2)],
    ]
    assert topology.links == 8
    for flat, expected in (
        (topology.trainable.astype(np.float32), links),
        (topology.held, carriers),
    ):
        for kernel, places in zip(unflatten(topology.arch, flat), expected, strict=True):
            wanted = np.zeros(kernel.shape)
            for place in places:
                wanted[place] = 1
            np.testing.assert_array_equal(kernel, wanted)


@given(genomes())
def test_with_the_genomes_own_weights_it_is_the_layerized_genome(genome):
    topology, network = sparse_topology(genome), layerize(genome)
    assert topology.arch == network.arch
    assert topology.links == sum(link.target in genome.depths for link in genome.links)
    assert not topology.held[topology.trainable].any()
    params = np.where(topology.trainable, network.flat_params, topology.held)
    assert params.tobytes() == network.flat_params.tobytes()  # signs of zeros as well


@given(genomes(), st.integers(0, 2**32 - 1))
def test_it_depends_on_no_weight(genome, seed):
    weights = np.random.default_rng(seed).integers(-1, 2, len(genome.links))
    topology, other = sparse_topology(genome), sparse_topology(with_weights(genome, weights))
    np.testing.assert_array_equal(topology.trainable, other.trainable)
    np.testing.assert_array_equal(topology.held, other.held)


@given(genomes(), st.integers(0, 2**32 - 1))
def test_any_weights_on_it_compute_what_the_graph_computes(genome, seed):
    params, graph = on_the_graph(genome, seed)
    inputs = numpy_cppn.pixel_inputs(3)
    outputs = numpy_cppn.dense_layers(sparse_topology(genome).arch, params, inputs)[-1]
    expected = numpy_cppn.graph_outputs(graph, inputs)
    np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["small", "sunrise", "moth", *ORIGINALS])
def test_random_weights_draw_the_same_image(name):
    if name in ORIGINALS:
        genome = load_genome(reference_dir() / "genomes" / f"{name}.zip")
        topology = sparse_topology(genome)
        assert (topology.links, topology.held.sum()) == ORIGINALS[name]
    else:
        genome = small_genome() if name == "small" else load_genome(name)
    params, graph = on_the_graph(genome, seed=0)
    with jax.enable_x64(True):
        inputs = jnp.asarray(pixel_inputs(16), jnp.float64)
        program = DenseProgram(sparse_topology(genome).arch)
        image = draw(program, jnp.asarray(params, jnp.float64), inputs)
        expected = draw(graph.program, jnp.asarray(graph.params, jnp.float64), inputs)
    np.testing.assert_allclose(image, expected, rtol=0, atol=1e-9)
    assert np.ptp(expected) > 0.1  # a picture on which something would show


def test_links_that_ink_adds_may_move():
    genome = grey(small_genome())
    added = [genome.links.index(link) for link in genome.links if link.source == "brightness"]
    assert len(added) == 2
    assert sparse_topology(genome).trainable[layout(genome).link_places[added]].all()


def test_links_that_were_cut_are_none():
    plain, back = small_genome(), (Link("h2", "h1", 0.5), Link("h1", "h1", -1.0))
    genome = assemble(plain.nodes, (*back, *plain.links), "", (), on_cycle="cut")
    assert genome.cut_links == back
    topology, other = sparse_topology(genome), sparse_topology(plain)
    assert topology.links == 8
    np.testing.assert_array_equal(topology.trainable, other.trainable)
    np.testing.assert_array_equal(topology.held, other.held)

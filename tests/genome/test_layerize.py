import itertools
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.cppn import arch as arch_module
from fer_jax.cppn.render import render
from fer_jax.errors import ArchError
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.layerize import layerize
from tests import numpy_cppn
from tests.genome.genomes import INPUTS, OUTPUTS, genomes, small_genome


def cache_free(genome: Genome) -> bool:
    return all(node.activation != "cache" for node in genome.nodes)


@given(genomes())
def test_computes_what_the_graph_computes(genome):
    inputs = numpy_cppn.pixel_inputs(3)
    network = layerize(genome)
    with jax.enable_x64(True):
        layers = network.program.layers(
            jnp.asarray(network.params, jnp.float64), jnp.asarray(inputs)
        )
    expected = numpy_cppn.graph_outputs(genome, inputs)
    np.testing.assert_allclose(layers[-1], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["small", "sunrise"])
def test_draws_the_same_image(name):
    genome = small_genome() if name == "small" else load_genome(name)
    # Sums in another order: float32 agrees to some units in the last place of values near 1.
    np.testing.assert_allclose(render(layerize(genome), 32), render(genome, 32), atol=1e-4)


def test_by_hand():
    network = layerize(small_genome())
    # Layer 1: carries y and d; h1; hue, saturation. Layer 2: carries d, hue, saturation; h2.
    # Layer 3: carries hue, saturation; brightness. There are at least as many carriers as inputs.
    assert str(network.arch) == "3;cache:4,gaussian:1,identity:2,sin:1"
    x, y, d, bias = range(4)
    h1, hue, saturation, h2, brightness = 4, 5, 6, 7, 5
    expected = [
        {(y, 0): 1, (d, 1): 1, (x, h1): 1.5, (d, h1): -0.5, (bias, hue): 0.3, (bias, 6): 0.6},
        {(1, 0): 1, (hue, 1): 1, (saturation, 2): 1, (h1, h2): 2.0, (0, h2): 0.75},
        {(1, 0): 1, (2, 1): 1, (0, brightness): 0.25, (h2, brightness): 1.0},
        {(0, 0): 1, (1, 1): 1, (brightness, 2): 1},
    ]
    for kernel, weights in zip(network.kernels, expected, strict=True):
        wanted = np.zeros(kernel.shape, np.float32)
        for place, weight in weights.items():
            wanted[place] = weight
        np.testing.assert_array_equal(kernel, wanted)


@given(genomes())
def test_activations_are_in_alphabetical_order_and_none_is_in_vain(genome):
    arch = layerize(genome).arch
    names = [name for name, _ in arch.neurons]
    assert names == sorted(names)
    assert arch.depth == max(genome.depths.values())
    at_depth = Counter()
    for node in genome.nodes:
        if genome.depths.get(node.id, 0) > 0 and node.activation != "cache":
            at_depth[node.activation, genome.depths[node.id]] += 1
    for name, count in arch.neurons:
        if name != "cache":
            assert count == max(at_depth[name, depth] for depth in range(1, arch.depth + 1))


@given(genomes().filter(cache_free))
def test_cache_neurons_only_carry(genome):
    network = layerize(genome)
    where = dict(network.arch.activation_slices)["cache"]
    for kernel in network.kernels[:-1]:
        for column in kernel[:, where].T:
            assert sorted(column[column != 0]) in ([], [1.0])


@given(genomes(), st.integers(0, 2**32 - 1))
def test_idle_weights_do_not_matter(genome, seed):
    ids = set(genome.depths)
    draws = np.random.default_rng(seed).normal(size=len(genome.links))
    links = tuple(
        link if link.target in ids else Link(link.source, link.target, float(weight))
        for link, weight in zip(genome.links, draws, strict=True)
    )
    other = layerize(Genome(genome.nodes, links))
    np.testing.assert_array_equal(other.params, layerize(genome).params)


def test_too_deep_for_an_arch(monkeypatch):
    monkeypatch.setattr(arch_module, "MAX_DEPTH", 4)
    hidden = [Node(f"h{i}", "sin") for i in range(5)]
    ids = ["x", *(node.id for node in hidden), "hue"]
    links = [Link(a, b, 1.0) for a, b in itertools.pairwise(ids)]
    with pytest.raises(ArchError, match="1 to 4 hidden layers, not 6"):
        layerize(Genome((*INPUTS, *hidden, *OUTPUTS), tuple(links)))

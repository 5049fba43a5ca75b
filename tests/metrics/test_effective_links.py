"""Effective links against a walk over all ways, and what they must not depend on."""

import numpy as np
import pytest

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.layerize import layerize
from fer_jax.metrics.effective_links import effective_links
from fer_jax.metrics.effects import energies, link_energies
from tests.metrics import slow
from tests.metrics.models import INPUTS, OUTPUTS, genome, random_cppn

MASKS = np.random.default_rng(0).uniform(0, 1, (3, 11, 11)).astype(np.float32)


def passing():
    """Linear units in series and side by side; one output feeds others, one is nonlinear."""
    hidden = {"bump": "gaussian", "one": "identity", "two": "identity", "wave": "sin"}
    links = [("x", "bump", 1.5), ("bump", "one", 0.7), ("y", "one", -0.4), ("one", "two", 1.3)]
    links += [("two", "wave", 0.9), ("one", "wave", -0.5), ("wave", "brightness", 0.8)]
    links += [("two", "hue", 0.3), ("hue", "wave", 0.6), ("bias", "saturation", 0.7)]
    plain = genome(hidden, links)
    bent = (Node("saturation", "sigmoid", "saturation"), OUTPUTS[0], OUTPUTS[2])
    nodes = (*INPUTS, *(Node(*each) for each in hidden.items()), *bent)
    return Genome(nodes, (*plain.links, Link("saturation", "one", 0.2)))


MODELS = {
    "passing": passing(),
    "layerized": layerize(passing()),
    "dense": random_cppn("3;cache:3,gaussian:2,identity:1,sin:2"),
    "nonlinear": random_cppn("relu:3x2"),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_graph_of_them_alone_draws_the_same_by_the_same_derivatives(name):
    model = MODELS[name]
    alone = slow.collapsed(model)
    np.testing.assert_allclose(render(alone, 16), render(model, 16), atol=1e-5)
    links = effective_links(model)
    found = np.concatenate([links.weights[None], link_energies(model, MASKS, links.places)])
    expected = np.concatenate([np.asarray(alone.params)[None], energies(alone, MASKS)])
    expected = expected[:, expected[0] != 0]
    assert found.shape == expected.shape
    # They come in another order.
    columns = (each[:, np.lexsort(each.round(4))] for each in (found, expected))
    for one, other in zip(*(np.sort(each, axis=1) for each in columns), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5 * np.abs(other).max())


def test_a_layerized_genome_has_those_of_its_graph():
    moth = load_genome("moth")
    counted = [
        np.sort(links.weights[links.carriers < 0.5])
        for links in map(effective_links, (moth, layerize(moth)))
    ]
    np.testing.assert_allclose(*counted, rtol=1e-4, atol=1e-5)


def test_any_basis_of_a_linear_block_has_the_same():
    network = random_cppn("3;gaussian:2,identity:4")
    rng = np.random.default_rng(0)
    kernels = [kernel.copy() for kernel in network.kernels]
    for below, above in ((0, 1), (1, 2), (2, 3)):
        turn = rng.normal(size=(4, 4))
        kernels[below][:, 2:] = kernels[below][:, 2:] @ turn
        kernels[above][2:] = np.linalg.solve(turn, kernels[above][2:])
    turned = Cppn.from_flat(network.arch, np.concatenate([kernel.ravel() for kernel in kernels]))
    one, other = (effective_links(each) for each in (network, turned))
    np.testing.assert_allclose(other.weights, one.weights, rtol=1e-3, atol=1e-5)
    assert not np.allclose(turned.flat_params, network.flat_params)

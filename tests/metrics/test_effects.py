"""Energies of effects against the whole Jacobian, taken pixel by pixel."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.genome.dials import dial_genome
from fer_jax.genome.files import load_genome
from fer_jax.genome.layerize import layerize, layout
from fer_jax.metrics.effects import energies
from fer_jax.metrics.rounded import draw_rounded
from tests.metrics.models import random_cppn, two_eyes

SIZE = 11
MASKS = np.random.default_rng(0).uniform(0, 1, (3, SIZE, SIZE)).astype(np.float32)


def by_jacobian(model) -> np.ndarray:
    derivative = jax.jacrev(functools.partial(draw_rounded, model.program))
    pixels = pixel_inputs(SIZE).reshape(-1, 4)
    jacobian = jax.vmap(derivative, (None, 0))(jnp.asarray(model.params), pixels)
    squares = np.asarray(jacobian, np.float64) ** 2
    return np.einsum("rp,pci->ri", MASKS.reshape(3, -1), squares)


@pytest.mark.parametrize(
    "model",
    [
        two_eyes(shared=True),
        load_genome("moth"),
        random_cppn("relu:6x3"),
        random_cppn("3;cache:2,cos:1,gaussian:2,sigmoid:2,sin:2,tanh:1", seed=1),
    ],
    ids=["eyes", "moth", "relu", "mixed"],
)
def test_they_are_sums_of_squared_derivatives(model):
    expected = by_jacobian(model)
    found = energies(model, MASKS)
    assert found.shape == (3, len(model.params))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * expected.max())


def test_a_graph_has_those_of_its_dense_network():
    genome = dial_genome("rotation", 0.5, 0.5, draw=0)
    dense = layerize(genome)
    found = energies(dense, MASKS)[:, layout(genome).link_places]
    expected = energies(genome, MASKS)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * expected.max())


def test_links_that_draw_nothing_move_nothing():
    from dataclasses import replace

    from fer_jax.genome.graph import Link, Node

    genome = two_eyes(shared=True)
    more = replace(
        genome,
        nodes=(*genome.nodes, Node("idle", "sin")),
        links=(Link("x", "idle", 1.0), *genome.links),
    )
    found = energies(more, MASKS)
    assert (found[:, 0] == 0).all()
    np.testing.assert_allclose(found[:, 1:], energies(genome, MASKS), rtol=1e-5)

"""What must not change a score, and by how little it may."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_jax.cppn.network import Cppn
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import shelf_names
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.scoring import score
from tests.metrics.models import random_cppn, two_eyes
from tests.reference import reference_dir

SIZE = 16
ARCH = "2/gaussian:4/sin:4"


def agree(one, other, within, names=tuple(METRICS)):
    first, second = (score(model, names, size=SIZE) for model in (one, other))
    for name in names:
        # Some baselines have no range of 0 to 1, so theirs is a share of their size.
        least = within * max(1.0, abs(first[name]))
        assert second[name] == pytest.approx(first[name], abs=least, nan_ok=True), name


def flat(arch, kernels):
    return Cppn.from_flat(arch, np.concatenate([kernel.ravel() for kernel in kernels]))


def with_noise(network):
    """Weights of a millionth in place of zero."""
    noise = np.random.default_rng(0).normal(size=network.flat_params.shape) * 1e-6
    noisy = np.where(network.flat_params == 0, noise, network.flat_params)
    return Cppn.from_flat(network.arch, noisy)


def check_layerized(genome):
    """As a graph, layerized, and with weights of a millionth in place of zero."""
    network = layerize(genome)
    agree(genome, network, within=1e-3)
    agree(network, with_noise(network), within=0.01)


# The dense network of each is a program of its own, which takes seconds to compile.
QUICK = ("sunrise",)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in shelf_names()],
)
def test_a_genome_reads_the_same_layerized_and_with_noise_on_absent_weights(name):
    check_layerized(load_genome(name))


@pytest.mark.golden
@pytest.mark.slow
@pytest.mark.parametrize("name", ["skull", "butterfly", "apple"])
def test_the_same_for_the_originals(name):
    check_layerized(load_genome(reference_dir() / "genomes" / f"{name}.zip"))


def test_the_order_of_nodes_and_links():
    genome = two_eyes(shared=False)
    agree(genome, Genome(genome.nodes[::-1], genome.links[::-1]), within=1e-4)


@settings(max_examples=2)
@given(seed=st.integers(0, 100))
def test_permuted_units(seed):
    network = random_cppn(ARCH, seed)
    order = np.random.default_rng(seed)
    first, middle, last = (kernel.copy() for kernel in network.kernels)
    for low, high in ((0, 4), (4, 8)):
        shuffled = order.permutation(np.arange(low, high))
        first[:, low:high], middle[low:high] = first[:, shuffled], middle[shuffled]
    agree(network, flat(network.arch, [first, middle, last]), within=1e-3)


@settings(max_examples=2)
@given(seed=st.integers(0, 100))
def test_flipped_signs(seed):
    """Of an odd unit's input and output, and of an even unit's input."""
    network = random_cppn(ARCH, seed)
    first, middle, last = (kernel.copy() for kernel in network.kernels)
    first[:, :2] *= -1.0  # Gaussians are even
    first[:, 4:6] *= -1.0  # sines are odd
    middle[4:6] *= -1.0
    agree(network, flat(network.arch, [first, middle, last]), within=1e-3)


@pytest.mark.slow
def test_dead_units():
    network = random_cppn(ARCH, 3)
    first, middle, last = network.kernels
    wide = [
        np.pad(first, ((0, 0), (0, 2))),
        np.pad(middle, ((0, 2), (0, 2))),
        np.pad(last, ((0, 2), (0, 0))),
    ]
    agree(network, flat("2/gaussian:4/sin:6", wide), within=1e-3)


@pytest.mark.parametrize("kind", ["relu", "identity"])
def test_rescaled_units(kind):
    """Of a unit that grows with its input, against the next layer."""
    network = random_cppn(f"2/gaussian:4/{kind}:4", 7, scale=1.3)
    kernels = [kernel.copy() for kernel in network.kernels]
    kernels[0][0] = 0.0  # nothing from x: a mirror image of itself
    first, middle, last = (kernel.copy() for kernel in kernels)
    factors = np.array([0.3, 0.8, 1.7, 4.0])
    middle[:, 4:] *= factors
    last[4:] /= factors[:, None]
    same, other = flat(network.arch, kernels), flat(network.arch, [first, middle, last])
    names = ["one_sidedness", "spread", "live_parameters"]
    one, two = (score(m, names, size=SIZE) for m in (same, other))
    for name in names:
        # The corner of a ReLU is rounded over a fixed width, which moves with the scale.
        within = 1e-3 if kind == "identity" else 0.03
        assert two[name] == pytest.approx(one[name], rel=within), name


def test_mirror_sharing_sees_no_basis_of_a_linear_block():
    network = random_cppn("2/gaussian:4/identity:4", 5, scale=1.3)
    kernels = [kernel.copy() for kernel in network.kernels]
    kernels[0][0] = 0.0  # nothing from x: a mirror image of itself
    network = flat(network.arch, kernels)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))
    first, middle, last = (kernel.copy() for kernel in network.kernels)
    middle[:, 4:] = middle[:, 4:] @ turn
    last[4:] = turn.T @ last[4:]
    turned = flat(network.arch, [first, middle, last])
    one, other = (score(m, ["mirror_sharing"], size=SIZE) for m in (network, turned))
    assert other["mirror_sharing"] == pytest.approx(one["mirror_sharing"], abs=0.02)

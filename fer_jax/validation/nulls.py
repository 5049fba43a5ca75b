"""Networks that nobody trained: what a metric reads where there is nothing to find."""

import itertools
from collections.abc import Iterator, Sequence

import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.activations import LINEAR
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import flatten
from fer_jax.cppn.network import Cppn
from fer_jax.genome.graph import Genome
from fer_jax.genome.sparse_topology import sparse_topology
from fer_jax.search.initial_params import initial_params

GAINS = (0.5, 0.7, 1.0, 1.4, 2.0)
"""Factors on LeCun's initial weights."""

ARCHS = ("6/cache:8/gaussian:3/identity:1/sin:1", "tanh:16x4", "relu:32x4")


def untrained(archs: Sequence[str], draws: int) -> Iterator[tuple[str, float, int, Cppn]]:
    """(architecture, gain, draw, network) of random networks over a ladder of gains."""
    for spelling in archs:
        arch = Arch.parse(spelling)
        drawn = initial_params(arch, "lecun_normal", jnp.arange(draws, dtype=jnp.uint32))
        for gain in GAINS:
            for draw, params in enumerate(np.asarray(drawn)):
                yield spelling, gain, draw, Cppn(arch, gain * params)


def on_own_wiring(genome: Genome, draws: int) -> Iterator[tuple[int, Cppn]]:
    """(draw, network) of the genome's links with its own weights dealt out anew."""
    wired = sparse_topology(genome)
    weights = np.array([link.weight for link in genome.links], np.float32)
    for draw in range(draws):
        dealt = np.random.default_rng(draw).choice(weights, wired.links)
        params = wired.held.copy()
        params[wired.trainable] = dealt
        yield draw, Cppn(wired.arch, params)


def rotated(network: Cppn, seed: int) -> Cppn:
    """The same function by other weights: the linear units of each hidden layer in another basis.

    Args:
        network: such as a layerized genome.
        seed: of the orthogonal matrices.

    Returns:
        The network, whose linear units are mixtures of what they were.
    """
    random = np.random.default_rng(seed)
    linear = np.concatenate(
        [np.full(count, name in LINEAR) for name, count in network.arch.neurons]
    )
    kernels = [kernel.astype(np.float64) for kernel in network.kernels]
    for below, above in itertools.pairwise(kernels):
        turn, _ = np.linalg.qr(random.normal(size=(np.count_nonzero(linear),) * 2))
        below[:, linear] = below[:, linear] @ turn
        above[linear] = turn.T @ above[linear]
    return Cppn(network.arch, flatten(network.arch, kernels))

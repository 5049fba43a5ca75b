"""The fast path of training against the plain one, in double precision, at given weights."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.search.plain_loss import image_loss
from fer_jax.search.sgd import SgdSearch
from tests import numpy_cppn

ALL_ACTIVATIONS = Arch(3, tuple((name, 1 + i % 3) for i, name in enumerate(ACTIVATIONS)))
ARCHS = {
    "skull": Arch.parse("12;cache:15,gaussian:4,identity:2,sin:1"),
    "butterfly": Arch.parse("16;cache:17,gaussian:4,sigmoid:1,sin:1"),
    "apple": Arch.parse("33;cache:28,gaussian:3,sigmoid:5,sin:2"),
    "relu": Arch.parse("relu:64x6"),
    "all activations": ALL_ACTIVATIONS,
}
SIZE = 40  # 1,600 pixels: blocks that are filled up, in several groups


@functools.cache
def target() -> np.ndarray:
    return np.asarray(render(load_genome("moth"), SIZE))


@functools.cache
def trained(name: str) -> dict[str, np.ndarray]:
    """Weights of two seeds at the start, and of one of them on the way to the target."""
    job = SgdSearch(ARCHS[name], target(), (1,), learning_rate=3e-4 if name == "apple" else 3e-3)
    state = job.start()
    found = {"initial": np.asarray(state.seeds.params[0])}
    found["another"] = np.asarray(SgdSearch(ARCHS[name], target(), (2,)).start().seeds.params[0])
    for what, steps in (("early", 20), ("midway", 60), ("trained", 240)):
        state, _ = job.advance(state, steps)
        found[what] = np.asarray(state.seeds.params[0])
    return found


@functools.partial(jax.jit, static_argnames="program")
def plain(program, params, inputs, picture):
    return jax.value_and_grad(image_loss, 1)(program, params, inputs, picture)


@pytest.mark.parametrize("what", ["initial", "another", "early", "midway", "trained"])
@pytest.mark.parametrize(
    "name",
    # The deep ones take a while to compile.
    [
        pytest.param(name, marks=pytest.mark.slow if arch.depth > 12 else ())
        for name, arch in ARCHS.items()
    ],
)
def test_loss_and_gradient_at_given_weights(name, what):
    params = trained(name)[what]
    job = SgdSearch(ARCHS[name], target(), (1,), initial_params=params)
    loss, gradient = job.loss_and_gradient(params)
    with jax.enable_x64(True):
        inputs = jnp.asarray(numpy_cppn.pixel_inputs(SIZE), jnp.float64)
        arguments = (jnp.asarray(params, jnp.float64), inputs, jnp.asarray(target(), jnp.float64))
        expected, slope = plain(DenseProgram(ARCHS[name]), *arguments)
        expected, slope = float(expected), np.asarray(slope)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    error = np.linalg.norm(gradient - slope) / np.linalg.norm(slope)
    assert error <= 1e-4, error

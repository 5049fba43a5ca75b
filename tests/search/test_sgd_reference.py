"""SGD against the same in double precision, written out step by step."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.search.plain_loss import image_loss
from fer_jax.search.sgd import SgdSearch
from tests import numpy_cppn

ARCH = Arch.parse("2;gaussian:2,sin:2,tanh:1")
TARGET = np.asarray(render(load_genome("sunrise"), 8))
STEPS = 10


@jax.jit
def loss_and_gradient(params, inputs, target):
    return jax.value_and_grad(image_loss, 1)(DenseProgram(ARCH), params, inputs, target)


def adam(params, learning_rate, *, normalize):
    """Kingma and Ba, arXiv 1412.6980, algorithm 1, on the gradient or its direction."""
    moment = square = np.zeros_like(params)
    inputs, target = jnp.asarray(numpy_cppn.pixel_inputs(8)), jnp.asarray(TARGET, jnp.float64)
    losses = []
    for step in range(1, STEPS + 1):
        loss, gradient = loss_and_gradient(jnp.asarray(params), inputs, target)
        losses.append(float(loss))
        gradient = np.asarray(gradient)
        if normalize:
            gradient = gradient / np.sqrt((gradient**2).sum())
        moment = 0.9 * moment + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        mean, variance = moment / (1 - 0.9**step), square / (1 - 0.999**step)
        params = params - learning_rate * mean / (np.sqrt(variance) + 1e-8)
    return losses, params


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("learning_rate", [3e-3, 0.02])
def test_the_first_steps(learning_rate, normalize):
    job = SgdSearch(ARCH, TARGET, (3,), learning_rate, normalize_gradient=normalize)
    start = np.asarray(job.start().seeds.params[0], np.float64)
    with jax.enable_x64(True):
        losses, params = adam(start, learning_rate, normalize=normalize)
    state, records = job.advance(job.start(), STEPS)
    np.testing.assert_allclose(records["losses"][0], losses, rtol=1e-4)
    # A weight moves by about the learning rate in a step.
    moved = learning_rate * STEPS
    np.testing.assert_allclose(state.seeds.params[0], params, atol=1e-2 * moved)
    assert np.abs(params - start).max() > 0.3 * moved


def test_the_loss_is_the_mean_square_of_rgb():
    params = np.random.default_rng(0).normal(size=ARCH.parameter_count).astype(np.float32)
    outputs = numpy_cppn.dense_layers(ARCH, params, numpy_cppn.pixel_inputs(8))[-1]
    expected = np.mean((numpy_cppn.rgb(outputs) - TARGET) ** 2)
    loss = image_loss(DenseProgram(ARCH), jnp.asarray(params), pixel_inputs(8), jnp.asarray(TARGET))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_the_gradient_is_the_slope_of_the_loss():
    params = np.asarray(SgdSearch(ARCH, TARGET, (3,)).start().seeds.params[0], np.float64)
    with jax.enable_x64(True):
        inputs, target = jnp.asarray(numpy_cppn.pixel_inputs(8)), jnp.asarray(TARGET, jnp.float64)

        def loss(p):
            return loss_and_gradient(jnp.asarray(p), inputs, target)[0]

        gradient = np.asarray(loss_and_gradient(jnp.asarray(params), inputs, target)[1])
        for index in np.random.default_rng(0).choice(params.size, 8, replace=False):
            step = np.zeros_like(params)
            step[index] = 1e-6
            slope = (loss(params + step) - loss(params - step)) / 2e-6
            np.testing.assert_allclose(gradient[index], slope, rtol=1e-4, atol=1e-7)

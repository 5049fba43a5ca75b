import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.activations import ACTIVATIONS, LINEAR
from fer_jax.cppn.names import ACTIVATION_NAMES
from tests import numpy_cppn

Z = np.concatenate([np.linspace(-6, 6, 241), [-90.0, 90.0, 1e-30]])


def test_the_reference_and_the_order_are_complete():
    assert list(ACTIVATIONS) == sorted(numpy_cppn.ACTIVATIONS)
    assert tuple(ACTIVATIONS) == ACTIVATION_NAMES


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_as_the_formula_says(name):
    found = ACTIVATIONS[name](jnp.asarray(Z, jnp.float32))
    assert found.dtype == jnp.float32
    np.testing.assert_allclose(found, numpy_cppn.ACTIVATIONS[name](Z), atol=2e-6, rtol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_gradients_stay_finite(name):
    z = jnp.array([0.0, 1e-38, -1e-38, 88.0, -88.0, 1e4, -1e4, 1e18, -1e18])
    values, gradients = jax.vmap(jax.value_and_grad(ACTIVATIONS[name]))(z)
    assert np.isfinite(values).all()
    assert np.isfinite(gradients).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gradient_is_the_slope(name):
    z = Z[(abs(Z) < 7) & (abs(Z) > 1e-3)]
    step = 1e-6
    function = numpy_cppn.ACTIVATIONS[name]
    slope = (function(z + step) - function(z - step)) / (2 * step)
    gradient = jax.vmap(jax.grad(ACTIVATIONS[name]))(jnp.asarray(z, jnp.float32))
    np.testing.assert_allclose(gradient, slope, atol=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_linear_ones_are_known(name):
    z, function = jnp.linspace(-2, 2, 9), ACTIVATIONS[name]
    scaled = all(np.allclose(function(factor * z), factor * function(z)) for factor in (2.0, -1.0))
    assert scaled == (name in LINEAR)

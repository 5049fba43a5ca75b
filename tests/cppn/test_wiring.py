import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import DenseProgram

# Smooth activations: a weight that is changed shows wherever it goes.
SPECS = ["tanh:2x1", "2;cache:1,gaussian:2,identity:1,sin:2", "sin:2x11"]
INPUTS = np.array([0.3, -0.7, 1.1, 1.0], np.float32)


def units(program: DenseProgram, params: np.ndarray) -> np.ndarray:
    layers = program.layers(jnp.asarray(params, jnp.float32), jnp.asarray(INPUTS))
    return np.concatenate(layers[1:])


@pytest.mark.parametrize("spec", SPECS)
def test_a_changed_weight_shows_first_in_the_unit_that_it_feeds(spec):
    program = DenseProgram(Arch.parse(spec))
    params = np.random.default_rng(0).uniform(0.5, 1.0, program.arch.parameter_count)
    before = units(program, params)
    first = []
    for index in range(params.size):
        changed = params.copy()
        changed[index] += 0.25
        first.append(np.flatnonzero(units(program, changed) != before)[0])
    wiring = program.wiring
    assert wiring.target_unit.dtype == np.int32
    np.testing.assert_array_equal(wiring.target_unit, first)


@pytest.mark.parametrize("spec", [*SPECS, "3;" + ",".join(f"{name}:2" for name in ACTIVATIONS)])
def test_linear_units_are_cache_identity_and_the_outputs(spec):
    arch = Arch.parse(spec)
    names = [name for name, count in arch.neurons for _ in range(count)] * arch.depth
    linear = DenseProgram(arch).wiring.linear
    assert linear.dtype == bool
    expected = [name in ("cache", "identity") for name in names] + [True] * 3 + [False]
    assert linear.tolist() == expected

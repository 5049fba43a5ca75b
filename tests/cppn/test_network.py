import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import to_flax, unflatten
from fer_jax.cppn.network import Cppn, DenseCppn, DenseProgram
from fer_jax.cppn.render import feature_maps_params, render_params
from fer_jax.errors import ArchError, NetworkError
from tests import numpy_cppn

EVERY_ACTIVATION = "3;" + ",".join(f"{name}:2" for name in ACTIVATIONS)
SPECS = ["relu:5x1", "tanh:3x12", EVERY_ACTIVATION]


def random_params(arch: Arch, seed: int = 0) -> np.ndarray:
    """Weights that keep values near 1 through the layers."""
    kernels = np.random.default_rng(seed).normal(size=arch.parameter_count)
    return (kernels / np.sqrt(arch.width)).astype(np.float32)


@pytest.mark.parametrize("spec", SPECS)
def test_neuron_by_neuron(spec):
    arch = Arch.parse(spec)
    params, inputs = random_params(arch), numpy_cppn.pixel_inputs(4)
    expected = numpy_cppn.dense_layers(arch, params, inputs)
    found = DenseProgram(arch).layers(jnp.asarray(params), jnp.asarray(inputs, jnp.float32))
    assert [layer.shape for layer in found] == [(4, 4, size) for size in arch.layer_sizes]
    for layer, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(layer, wanted, atol=1e-4)


@pytest.mark.parametrize("spec", SPECS)
def test_the_flax_module_is_the_same_network(spec):
    arch = Arch.parse(spec)
    params = jnp.asarray(random_params(arch))
    inputs = jnp.asarray(numpy_cppn.pixel_inputs(4), jnp.float32)
    module = DenseCppn(arch).apply(to_flax(arch, params), inputs)
    np.testing.assert_allclose(module, DenseProgram(arch).layers(params, inputs)[-1], atol=1e-6)


def test_the_module_starts_lecun_normal():
    arch = Arch.parse("tanh:300x2")
    params = DenseCppn(arch).init(jax.random.key(0), jnp.zeros(4))["params"]
    for name, (rows, columns) in zip(sorted(params), arch.kernel_shapes, strict=True):
        kernel = np.asarray(params[name]["kernel"]) * np.sqrt(rows)
        assert kernel.shape == (rows, columns)
        np.testing.assert_allclose(kernel.var(), 1.0, rtol=0.1)
        # Truncated at two standard deviations of the normal it is cut from.
        assert 1.8 < abs(kernel).max() < 2 / 0.8796


def test_a_program_is_a_hashable_value():
    program = DenseProgram(Arch.parse("relu:5x1"))
    assert {program: 1}[DenseProgram(Arch.parse("1;relu:5"))] == 1
    assert program != DenseProgram(program.arch, jax.lax.Precision.DEFAULT)
    assert (program.inputs, program.outputs[-1]) == (("x", "y", "d", "bias"), "brightness")


@pytest.mark.parametrize("precision", jax.lax.Precision)
@pytest.mark.parametrize("function", [render_params, feature_maps_params])
def test_every_product_has_the_programs_precision(function, precision):
    program = DenseProgram(Arch.parse("relu:5x3"), precision)
    params = jnp.zeros(program.arch.parameter_count)
    text = function.lower(program, params, size=4).as_text()
    products = [line for line in text.splitlines() if "dot_general" in line]
    assert len(products) == 4
    wanted = f"precision = [{precision.name}, {precision.name}]"
    assert all(
        wanted in line or (precision.name == "DEFAULT" and "precision" not in line)
        for line in products
    )


def test_drawing_and_the_module_multiply_in_full_precision_unless_told():
    network = Cppn.from_flat("relu:5x3", np.zeros(5 * (4 + 5 + 5 + 3)))
    assert network.program.precision is jax.lax.Precision.HIGHEST
    assert DenseCppn(network.arch).precision is jax.lax.Precision.HIGHEST
    apply = functools.partial(DenseCppn(network.arch).apply, to_flax(network.arch, network.params))
    text = str(jax.make_jaxpr(apply)(jnp.zeros((2, 4))))
    assert text.count("dot_general") == text.count("Precision.HIGHEST, Precision.HIGHEST") == 4


def test_from_flat():
    arch = Arch.parse("relu:4x2")
    network = Cppn.from_flat("2;relu:4", np.arange(44.0))
    assert network.arch == arch
    assert network.flat_params.dtype == np.float32
    assert network.params is network.flat_params
    for kernel, wanted in zip(network.kernels, unflatten(arch, network.params), strict=True):
        np.testing.assert_array_equal(kernel, wanted)
    for given in (jnp.arange(44), np.arange(44, dtype=np.int64)):
        assert Cppn.from_flat(arch, given).flat_params.tolist() == network.flat_params.tolist()


@pytest.mark.parametrize("shape", [(43,), (45,), (1, 44), (4, 11), ()])
def test_weights_that_do_not_fit(shape):
    with pytest.raises(NetworkError, match="2;relu:4 has 44 parameters in one flat vector; got"):
        Cppn.from_flat("relu:4x2", np.zeros(shape))
    with pytest.raises(NetworkError, match="44 parameters"):
        Cppn(Arch.parse("relu:4x2"), np.zeros(shape, np.float32))


def test_no_arch():
    with pytest.raises(ArchError, match="unknown activation 'rleu'"):
        Cppn.from_flat("rleu:4x2", np.zeros(44))

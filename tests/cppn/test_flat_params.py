import flax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import flatten, from_flax, kernel_offsets, to_flax, unflatten
from fer_jax.cppn.network import DenseCppn
from fer_jax.errors import NetworkError

DEEP = Arch.parse("sin:3x12")
SPECS = st.builds("tanh:{}x{}".format, st.integers(1, 5), st.integers(1, 25))


def counting(arch: Arch) -> np.ndarray:
    return np.arange(arch.parameter_count, dtype=np.float32)


def test_dense_10_comes_before_dense_2():
    offsets = kernel_offsets(DEEP)
    order = sorted(range(13), key=lambda layer: offsets[layer])
    assert order == [0, 1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9]
    kernels = unflatten(DEEP, counting(DEEP))
    np.testing.assert_array_equal(kernels[0], np.arange(12).reshape(4, 3))
    np.testing.assert_array_equal(kernels[1], 12 + np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(kernels[10], 21 + np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(kernels[12], 39 + np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(kernels[2], 48 + np.arange(9).reshape(3, 3))


@given(SPECS)
def test_the_order_is_that_of_string_sorted_flax_keys(spec):
    arch = Arch.parse(spec)
    params = to_flax(arch, counting(arch))["params"]
    leaves = flax.traverse_util.flatten_dict(params, sep="/")
    joined = np.concatenate([np.ravel(leaves[key]) for key in sorted(leaves)])
    np.testing.assert_array_equal(joined, counting(arch))


@settings(max_examples=8)
@given(SPECS)
def test_round_trips(spec):
    arch = Arch.parse(spec)
    flat = counting(arch)
    np.testing.assert_array_equal(flatten(arch, unflatten(arch, flat)), flat, strict=True)
    assert from_flax(arch, to_flax(arch, jnp.asarray(flat))).tolist() == flat.tolist()


def test_from_flax_can_be_traced_and_differentiated():
    def loss(variables):
        return jnp.sum(from_flax(DEEP, variables) * counting(DEEP))

    gradient = jax.jit(jax.grad(loss))(to_flax(DEEP, jnp.ones(DEEP.parameter_count)))
    np.testing.assert_array_equal(from_flax(DEEP, gradient), counting(DEEP))


def test_the_variables_are_those_of_the_module():
    made = jax.eval_shape(DenseCppn(DEEP).init, jax.random.key(0), jnp.zeros(4))
    given_ = to_flax(DEEP, jnp.zeros(DEEP.parameter_count))
    assert jax.tree.map(jnp.shape, made) == jax.tree.map(jnp.shape, given_)


def test_wrong_lengths_and_shapes():
    for shape in [(DEEP.parameter_count + 1,), (0,)]:
        with pytest.raises(NetworkError, match=r"has 120 parameters in one flat vector; got"):
            unflatten(DEEP, np.zeros(shape, np.float32))
    with pytest.raises(NetworkError, match=r"kernels of .* have shapes .*; got \(\(4, 3\),\)"):
        flatten(DEEP, [np.zeros((4, 3))])

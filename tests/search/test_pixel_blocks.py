import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.cppn.fast_sine import fast_cos, fast_sin, sine_and_cosine
from fer_jax.errors import ConfigError
from fer_jax.search.pixel_blocks import BLOCK, GROUPS, PixelBlocks, tree_sum


@given(st.integers(1, 100_000))
def test_every_pixel_is_in_one_block(pixels):
    cut = PixelBlocks.of(pixels)
    places = cut.groups * cut.blocks * cut.block
    assert cut.groups & (cut.groups - 1) == 0
    assert cut.groups <= GROUPS
    assert cut.block <= BLOCK
    assert pixels <= places
    # Little is filled up: at most a block in each group and what makes blocks even.
    assert places - pixels < 8 * cut.groups * cut.blocks


@given(st.integers(1, 3000))
def test_cutting_keeps_order_and_fills_up_with_weight_0(pixels):
    cut = PixelBlocks.of(pixels)
    values = np.arange(1, 2 * pixels + 1, dtype=np.float32).reshape(2, pixels)
    blocks = np.asarray(cut.cut(values))
    assert blocks.shape == (cut.groups, cut.blocks, 2, cut.block)
    back = np.moveaxis(blocks, 2, 0).reshape(2, -1)
    np.testing.assert_array_equal(back[:, :pixels], values)
    assert not back[:, pixels:].any()
    weights = np.asarray(cut.weights).ravel()
    np.testing.assert_array_equal(weights, np.arange(weights.size) < pixels)


def test_a_block_of_ones_own():
    assert PixelBlocks.of(4096, block=128) == PixelBlocks(4096, 16, 2, 128)
    assert PixelBlocks.of(1600, block=200) == PixelBlocks(1600, 8, 1, 200)
    assert PixelBlocks.of(9, block=3) == PixelBlocks(9, 1, 3, 3)
    for block, near in ((300, 256), (0, 1), (-8, 1), (5000, 4096)):
        with pytest.raises(ConfigError, match=f"block_size is {block}, .* 4096 .* is {near}$"):
            PixelBlocks.of(4096, block=block)


def test_the_tree():
    parts = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    by_hand = [parts[i] + parts[i + 1] for i in range(0, 8, 2)]
    by_hand = (by_hand[0] + by_hand[1]) + (by_hand[2] + by_hand[3])
    np.testing.assert_array_equal(tree_sum(jnp.asarray(parts)), by_hand)


def test_sine_and_cosine_to_the_last_digit():
    near = np.linspace(-40, 40, 200_001)
    far = np.random.default_rng(0).uniform(-8192, 8192, 100_000)
    multiples = np.arange(-2000, 2001) * np.pi / 4
    z = np.concatenate([near, far, multiples]).astype(np.float32)
    sine, cosine = sine_and_cosine(jnp.asarray(z))
    np.testing.assert_allclose(sine, np.sin(z.astype(np.float64)), atol=1.2e-7, rtol=0)
    np.testing.assert_allclose(cosine, np.cos(z.astype(np.float64)), atol=1.2e-7, rtol=0)


def test_sine_and_cosine_of_anything():
    z = jnp.asarray([1e5, -1e9, 3e38, jnp.inf, -jnp.inf, jnp.nan, 0.0, -0.0])
    for values in sine_and_cosine(z):
        assert np.isfinite(values[:3]).all()
        assert np.abs(values[:3]).max() <= 1
        assert np.isnan(values[3:6]).all()


def test_their_slopes_are_each_other():
    z = jnp.linspace(-5, 5, 101)
    np.testing.assert_array_equal(jax.vmap(jax.grad(fast_sin))(z), fast_cos(z))
    np.testing.assert_array_equal(jax.vmap(jax.grad(fast_cos))(z), -fast_sin(z))

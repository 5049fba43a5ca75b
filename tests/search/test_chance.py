"""Draws that are made together are those that `jax.random` makes one by one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.search.chance import among, bits, either_side, splits, unit

KEYS = jax.random.split(jax.random.key(7), 5)


def test_keys_and_bits_are_those_of_each_key():
    np.testing.assert_array_equal(
        jax.random.key_data(splits(KEYS, 3)),
        jnp.stack([jax.random.key_data(jax.random.split(key, 3)) for key in KEYS]),
    )
    drawn = bits(KEYS, 40)
    np.testing.assert_array_equal(drawn, jnp.stack([jax.random.bits(key, 40) for key in KEYS]))
    # The first ones of many are those of few, and bytes are the lowest eight.
    np.testing.assert_array_equal(drawn[:, :7], bits(KEYS, 7))
    np.testing.assert_array_equal(drawn[:, 0], jax.vmap(jax.random.bits)(KEYS))
    np.testing.assert_array_equal(
        drawn.astype(jnp.uint8), jax.vmap(lambda key: jax.random.bits(key, 40, jnp.uint8))(KEYS)
    )


def test_numbers_are_made_alike():
    drawn = bits(KEYS, 40)
    for place, key in enumerate(KEYS):
        np.testing.assert_array_equal(unit(drawn[place]), jax.random.uniform(key, 40))
        np.testing.assert_array_equal(
            either_side(drawn[place]), jax.random.uniform(key, 40, minval=-1.0, maxval=1.0)
        )


@pytest.mark.parametrize(("least", "end"), [(0, 1), (4, 9), (-3, 2**30), (5, 5), (5, 2)])
def test_whole_numbers_are_made_alike(least, end):
    for key in KEYS:
        np.testing.assert_array_equal(
            among(bits(jax.random.split(key), 40), least, end),
            jax.random.randint(key, 40, least, end),
        )

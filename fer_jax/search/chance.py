"""Many draws at a time, of the numbers that `jax.random` draws one call after another.

On a processor a call to `jax.random` takes a loop of its own, however few numbers it draws, and one
genome's mutation needs dozens of calls. Here the bits for several keys come out of one loop, and
become numbers as they do there.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key, UInt


def splits(keys: Key[Array, "keys"], count: int) -> Key[Array, "keys count"]:
    """Each key split into so many.

    Example:
        >>> keys = jax.random.split(jax.random.key(0))
        >>> bool((splits(keys, 3)[1] == jax.random.split(keys[1], 3)).all())
        True
    """
    return jax.vmap(lambda key: jax.random.split(key, count))(keys)


def bits(keys: Key[Array, "keys"], count: int) -> UInt[Array, "keys count"]:
    """So many times 32 bits of each key; the first ones are the same however many there are.

    Example:
        >>> keys = jax.random.split(jax.random.key(0))
        >>> bool((bits(keys, 3)[1] == jax.random.bits(keys[1], 3)).all())
        True
    """
    return jax.vmap(lambda key: jax.random.bits(key, (count,)))(keys)


def unit(drawn: UInt[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Numbers in [0, 1), as `jax.random.uniform` makes them of the bits of its key.

    Example:
        >>> key = jax.random.key(0)
        >>> float(unit(jax.random.bits(key))) == float(jax.random.uniform(key))
        True
    """
    # The bits of a number from 1 to 2.
    return jax.lax.bitcast_convert_type((drawn >> 9) | jnp.uint32(0x3F800000), jnp.float32) - 1.0


def either_side(drawn: UInt[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Numbers in [-1, 1), likewise."""
    return jnp.maximum(-1.0, unit(drawn) * 2.0 - 1.0)


def among(
    drawn: UInt[Array, "2 *shape"], least: Int[Array, "..."] | int, end: Int[Array, "..."] | int
) -> Int[Array, "*shape"]:
    """Whole numbers from `least` to below `end`, as `jax.random.randint` makes them.

    Args:
        drawn: the bits of both keys into which `jax.random.randint` splits its own.
        least: of the numbers.
        end: beyond the largest; where it is no larger than `least`, the number is `least`.

    Example:
        >>> key = jax.random.key(0)
        >>> number = among(bits(jax.random.split(key), 1), 3, 9)[0]
        >>> int(number) == int(jax.random.randint(key, (), 3, 9))
        True
    """
    least, end = jnp.asarray(least, jnp.int32), jnp.asarray(end, jnp.int32)
    span = jnp.where(end > least, end - least, 1).astype(jnp.uint32)
    # 2**32 in the ring of the span, by squaring, since it has no place in 32 bits.
    carried = (jnp.uint32(2**16) % span) ** 2 % span
    high, low = drawn
    return least + ((high % span * carried + low % span) % span).astype(jnp.int32)

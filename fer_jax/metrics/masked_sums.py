"""Sums over a picture's regions of what is costly to sum, block by block of its pixels.

A region lies in few blocks, and elsewhere there is nothing to sum. So there may be many regions, as
the cells of a symmetric picture are, for little more than the price of one.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

BLOCK = 256
"""Pixels at a time: what is known of them stays in a processor's cache."""


def masked_sums(
    of_block: Callable[[Float[Array, "block inputs"]], Any],
    of_mask: Callable[[Any, Float[Array, "block"]], Array],
    inputs: Float[Array, "pixels inputs"],
    masks: Float[Array, "regions pixels"],
) -> Float[Array, "regions *shape"]:
    """Sums over each region; neighbours in the order of the pixels should be near to each other.

    Args:
        of_block: what the sums are made of, from the inputs of a block of pixels.
        of_mask: from that, the sum over the block's pixels, each as far as a region holds it.
        inputs: of the pixels.
        masks: of each region, how far each pixel belongs to it.

    Returns:
        For each region the sum of `of_mask` over all blocks.

    Example:
        >>> pixels = jnp.arange(600.0)[:, None]
        >>> masks = jnp.stack([jnp.ones(600), jnp.zeros(600).at[7].set(2.0)])
        >>> sums = masked_sums(lambda block: block, lambda block, mask: mask @ block, pixels, masks)
        >>> sums.ravel().tolist()
        [179700.0, 14.0]
    """
    missing = -len(inputs) % BLOCK
    # The last pixel again, since the middle of a network need not be finite where nothing is.
    blocks = jnp.pad(inputs, [(0, missing), (0, 0)], "edge").reshape(-1, BLOCK, inputs.shape[1])
    cut = jnp.pad(masks, [(0, 0), (0, missing)]).reshape(len(masks), -1, BLOCK)

    def add_block(sums: Array, block: tuple[Array, Array]) -> tuple[Array, None]:
        known, own = of_block(block[0]), block[1]
        touched = jnp.any(own != 0, axis=1)
        first = jnp.argsort(~touched)

        def add_region(place: Array, sums: Array) -> Array:
            region = first[place]
            return sums.at[region].add(of_mask(known, own[region]))

        return jax.lax.fori_loop(0, jnp.sum(touched), add_region, sums), None

    shape = jax.eval_shape(lambda x, mask: of_mask(of_block(x), mask), blocks[0], cut[0, 0])
    sums = jnp.zeros((len(masks), *shape.shape), shape.dtype)
    sums, _ = jax.lax.scan(add_block, sums, (blocks, jnp.moveaxis(cut, 1, 0)))
    return sums

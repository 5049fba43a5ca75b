"""Minibatches: at every step another few pixels, drawn at random."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, UInt

from fer_jax.search.pixel_blocks import PixelBlocks


@dataclass(frozen=True)
class PixelBatch:
    """How many pixels a step looks at, and in which blocks; hashable, so static in jit.

    Pixels are drawn uniformly and with replacement. Which ones is a function of the seed and the
    step alone, whatever the number of devices.

    Attributes:
        blocks: the cut of one batch.
        axis_name: the mesh axis along which the groups of pixels lie.
    """

    blocks: PixelBlocks
    axis_name: str

    def draw(
        self,
        seed: UInt[Array, ""],
        step: Int[Array, ""],
        inputs: Float[Array, "rows pixels"],
        targets: Float[Array, "3 pixels"],
    ) -> tuple[Array, Array, Array]:
        """This device's share of a step's batch.

        Args:
            seed: of the network.
            step: taken before.
            inputs: of every pixel there is.
            targets: of every pixel there is.

        Returns:
            Inputs, targets and weights in blocks, as `BlockedLoss` takes them.
        """
        blocks = self.blocks
        key = jax.random.fold_in(jax.random.PRNGKey(seed), step)
        shape = (blocks.groups, blocks.blocks, blocks.block)
        drawn = jax.random.randint(key, shape, 0, inputs.shape[1])
        weights = blocks.weights / (3 * blocks.pixels)
        groups = blocks.groups // jax.lax.axis_size(self.axis_name)
        start = jax.lax.axis_index(self.axis_name) * groups
        drawn, weights = (
            jax.lax.dynamic_slice_in_dim(whole, start, groups) for whole in (drawn, weights)
        )
        return _picked(inputs, drawn), _picked(targets, drawn), weights


def _picked(
    rows: Float[Array, "rows pixels"], places: Int[Array, "groups blocks block"]
) -> Float[Array, "groups blocks rows block"]:
    return jnp.moveaxis(jnp.take(rows, places, axis=1), 0, 2)

"""The loss of many members of a population, each of one picture: forward alone, block by block."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from fer_jax.cppn.flat_params import unflatten
from fer_jax.search.blocked_loss import BlockedLoss, padded
from fer_jax.search.pixel_blocks import tree_sum
from fer_jax.search.sgd_step import Pixels

Tree = TypeVar("Tree")


@dataclass(frozen=True)
class PictureLoss(BlockedLoss):
    """The loss that training descends, without its gradient; hashable, so static in jit.

    Attributes:
        at_once: members whose pictures a device draws side by side.
    """

    at_once: int = 1

    def __call__(
        self, members: Float[Array, "members params"], pixels: Pixels
    ) -> Float[Array, "members"]:
        """The loss of each member, of the one picture: the mean over pixels and channels."""

        def group_sums(params: Float[Array, "params"]) -> Float[Array, "groups"]:
            kernels = [padded(jnp.asarray(kernel)) for kernel in unflatten(self.arch, params)]
            transposed = [kernel.T for kernel in kernels]

            def add_block(total: Array, block: tuple) -> tuple[Array, None]:
                # Where all that is in it is filled up, nothing weighs; of others nobody knows.
                loss = apart(
                    block[2].any(),
                    lambda: self.block_loss(kernels, transposed, 0.0, *block)[1],
                    jnp.float32(0),
                )
                return total + loss, None

            def group_sum(group: tuple) -> Float[Array, ""]:
                return jax.lax.scan(add_block, jnp.float32(0), group)[0]

            return jax.lax.map(group_sum, (pixels.inputs, pixels.targets, pixels.weights))

        batch = self.at_once if self.at_once > 1 else None
        parts = jax.lax.map(group_sums, members, batch_size=batch)
        # Gathered in order and once for all members, so that every device sums all parts alike.
        return tree_sum(jax.lax.all_gather(parts, self.axis_name, axis=1, tiled=True).T)


def apart(holds: Bool[Array, ""], function: Callable[[], Tree], otherwise: Tree) -> Tree:
    """What a function gives, compiled apart from what surrounds it.

    Where a device has all of the pixels or a part of them, its program is another, and XLA would
    fuse other operations with those of the function, and so round its sums differently. It leaves
    the branches of a condition alone whose outcome it cannot know.

    Args:
        holds: true, which nobody knows at compile time.
        function: what to compute.
        otherwise: anything of the same types.
    """
    return jax.lax.cond(holds, function, lambda: otherwise)

"""A picture's pixels in groups of blocks, and the fixed tree by which sums over them are taken.

Sums of floats depend on their order. So the order is fixed by the picture's size alone: blocks are
added up one after another within a group, and the groups' sums pairwise, whatever the number of
devices that the groups lie on.
"""

import functools
import itertools
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.errors import ConfigError

BLOCK = 256
"""Pixels in a block on a CPU: its activations stay in the cache, and XLA's products of this size
stay on one thread, so that their sums do not depend on the number of cores."""

GROUPS = 16
"""Most groups, and so most devices over which one seed's pixels can be spread."""

_ALIGNMENT = 8


@dataclass(frozen=True)
class PixelBlocks:
    """How pixels are cut: `groups x blocks x block`, at the end filled up with pixels of weight 0.

    Attributes:
        pixels: of the picture, or of the part of it that a step looks at.
        groups: a power of two.
        blocks: in each group.
        block: pixels in each block.

    Example:
        >>> PixelBlocks.of(256 * 256)
        PixelBlocks(pixels=65536, groups=16, blocks=16, block=256)
    """

    pixels: int
    groups: int
    blocks: int
    block: int

    @classmethod
    def of(cls, pixels: int, block: int | None = None, groups: int = GROUPS) -> "PixelBlocks":
        """Cut so that blocks have about 256 pixels and few pixels are filled up.

        Args:
            pixels: at least 1.
            block: pixels in a block instead; must divide `pixels`.
            groups: most groups.

        Returns:
            The cut.

        Raises:
            ConfigError: if `block` does not divide `pixels`.
        """
        if block is not None:
            if block < 1 or pixels % block:
                near = min(_divisors(pixels), key=functools.partial(_distance, block))
                raise ConfigError(
                    f"block_size is {block}, which does not divide {pixels} pixels; the nearest "
                    f"that does is {near}"
                )
            groups = min(groups, _power_of_two(pixels // block & -(pixels // block)))
            return cls(pixels, groups, pixels // block // groups, block)
        groups = min(groups, _power_of_two(-(-pixels // BLOCK)))
        blocks = -(-pixels // (BLOCK * groups))
        block = -(-pixels // (groups * blocks))
        block = -(-block // _ALIGNMENT) * _ALIGNMENT
        return cls(pixels, groups, blocks, block)

    def cut(
        self, values: Float[Array | np.ndarray, "*lead rows pixels"]
    ) -> Float[Array, "*lead groups blocks rows block"]:
        """Cut arrays whose last axis is the pixels; what is filled up is 0."""
        *lead, rows, pixels = values.shape
        missing = self.groups * self.blocks * self.block - pixels
        filled = jnp.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)])
        cut = filled.reshape(*lead, rows, self.groups, self.blocks, self.block)
        return jnp.moveaxis(cut, len(lead), -2)

    @property
    def weights(self) -> Float[Array, "groups blocks 1 block"]:
        """1 for a pixel, 0 for what is filled up."""
        return self.cut(jnp.ones((1, self.pixels), jnp.float32))


def tree_sum(parts: Float[Array, "parts *shape"]) -> Float[Array, "*shape"]:
    """The sum over the first axis, of a power of two, by halves: a fixed order on any machine."""
    while len(parts) > 1:
        parts = parts[0::2] + parts[1::2]
    return parts[0]


def _power_of_two(number: int) -> int:
    """The largest power of two up to a number."""
    return 1 << (number.bit_length() - 1)


def _divisors(number: int) -> list[int]:
    low = [
        d
        for d in itertools.takewhile(lambda d: d * d <= number, itertools.count(1))
        if number % d == 0
    ]
    return [*low, *(number // d for d in low)]


def _distance(one: int, other: int) -> int:
    return abs(one - other)

"""At which pixels the steps of a training look, and how these are cut."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import image_count
from fer_jax.errors import ConfigError
from fer_jax.search.devices import PIXELS
from fer_jax.search.pictures import cut_pictures, different_pictures
from fer_jax.search.pixel_batches import PixelBatch
from fer_jax.search.pixel_blocks import PixelBlocks
from fer_jax.search.sgd_step import Pixels


@dataclass(frozen=True, eq=False)
class PixelWork:
    """The pixels of all pictures, in the shape that this machine is fast at.

    Attributes:
        arch: of the networks.
        target: `(size, size, 3)`, or a sequence of those, as `different_pictures` takes it.
        seeds: how many there are.
        loss: a name of `PIXEL_LOSSES`.
        slopes: whether the slopes of the inputs are needed.
        batch_size: pixels of which a step looks at as many, or None for all.
        block_size: pixels in a block; None: chosen by the kind of device.

    Raises:
        ConfigError: once it is asked for what a wrong value decides.
    """

    arch: Arch
    target: np.ndarray | Sequence[np.ndarray]
    seeds: int
    loss: str
    slopes: bool
    batch_size: int | None
    block_size: int | None

    @property
    def places(self) -> np.ndarray:
        """Which of the pictures each seed is to draw, int32 `(seeds,)`."""
        return self._pictures[1]

    @functools.cached_property
    def blocks(self) -> PixelBlocks:
        """The cut of all pixels."""
        return self._cut_of(self._count)

    @functools.cached_property
    def step_blocks(self) -> PixelBlocks:
        """The cut of the pixels at which a step looks."""
        if self.batch_size is None:
            return self.blocks
        if not 1 <= self.batch_size <= self._count:
            raise ConfigError(
                f"batch_size is {self.batch_size}; expected 1 ... {self._count}, the pixels there "
                f"are"
            )
        return self._cut_of(self.batch_size)

    @property
    def batch(self) -> PixelBatch | None:
        """How batches are drawn."""
        return None if self.batch_size is None else PixelBatch(self.step_blocks, PIXELS)

    @functools.cached_property
    def pixels(self) -> Pixels:
        """What the steps are given."""
        if self.batch_size is None:
            return self.whole
        # A batch is drawn from pixels that lie side by side.
        return self._in(PixelBlocks(self._count, 1, 1, self._count))

    @functools.cached_property
    def whole(self) -> Pixels:
        """All pixels, in blocks."""
        return self._in(self.blocks)

    @functools.cached_property
    def _pictures(self) -> tuple[np.ndarray, np.ndarray]:
        return different_pictures(self.target, self.seeds, image_count(self.arch))

    @property
    def _count(self) -> int:
        _, images, rows, columns, _ = self._pictures[0].shape
        return images * rows * columns

    def _cut_of(self, pixels: int) -> PixelBlocks:
        whole = self.block_size is None and jax.default_backend() != "cpu"
        return PixelBlocks.of(pixels, pixels if whole else self.block_size)

    def _in(self, blocks: PixelBlocks) -> Pixels:
        return cut_pictures(
            self._pictures[0], self.arch, blocks, loss=self.loss, slopes=self.slopes
        )

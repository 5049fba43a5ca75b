"""The pictures that seeds are to draw, as arrays of pixels."""

import functools
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import image_count
from fer_jax.cppn.coordinates import pixel_input_slopes, pixel_inputs
from fer_jax.errors import ConfigError
from fer_jax.search.pixel_blocks import PixelBlocks
from fer_jax.search.pixel_losses import PIXEL_LOSSES
from fer_jax.search.sgd_step import Pixels


def different_pictures(
    target: np.ndarray | Sequence[np.ndarray], seeds: int, images: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The different things to draw, and which of them each seed is to draw.

    Args:
        target: `(size, size, 3)`, or a sequence of those: one a seed; for a conditional network
            one an image.
        seeds: how many.
        images: that a conditional network draws; 0 for an ordinary network.

    Returns:
        float32 `(different, images or 1, size, size, 3)`, each once, and int32 places among them,
        `(seeds,)`.

    Raises:
        ConfigError: if there are too few or many targets, or of different sizes.

    Example:
        >>> black, white = np.zeros((2, 2, 3)), np.ones((2, 2, 3))
        >>> pictures, places = different_pictures([white, black, white], 3)
        >>> pictures.shape, places.tolist()
        ((2, 1, 2, 2, 3), [0, 1, 0])
    """
    one = isinstance(target, np.ndarray) and target.ndim == 3
    targets = [np.asarray(t, np.float32) for t in ([target] if one else target)]
    if images and len(targets) != images:
        raise ConfigError(f"{len(targets)} targets for a network of {images} images; give one each")
    if not images and len(targets) != seeds and not one:
        raise ConfigError(f"{len(targets)} targets for {seeds} seed(s); give one, or one a seed")
    shapes = sorted({t.shape for t in targets})
    square = all(len(shape) == 3 and shape[0] == shape[1] and shape[2] == 3 for shape in shapes)
    if len(shapes) > 1 or not square:
        came = " and ".join(map(str, shapes))
        raise ConfigError(f"targets have shape {came}; expected (size, size, 3), all alike")
    if images:
        return np.stack(targets)[None], np.zeros(seeds, np.int32)
    places: dict[bytes, int] = {}
    own = [places.setdefault(t.tobytes(), len(places)) for t in targets]
    pictures = [np.frombuffer(data, np.float32).reshape(1, *shapes[0]) for data in places]
    return np.stack(pictures), np.broadcast_to(np.array(own, np.int32), seeds).copy()


@functools.partial(jax.jit, static_argnames=("arch", "blocks", "loss", "slopes"))
def cut_pictures(
    pictures: Float[Array | np.ndarray, "different images size size 3"],
    arch: Arch,
    blocks: PixelBlocks,
    *,
    loss: str,
    slopes: bool,
) -> Pixels:
    """Inputs, targets and weights of every pixel, in blocks.

    Args:
        pictures: of `different_pictures`.
        arch: of the networks.
        blocks: the cut of all pixels of all images.
        loss: a name of `PIXEL_LOSSES`.
        slopes: whether the inputs' slopes along x and y are rows behind them.

    Returns:
        The blocks.
    """
    different, images, size, _, channels = pictures.shape
    planes = jnp.asarray(pictures).reshape(different, images * size * size, channels)
    wanted = jnp.stack([PIXEL_LOSSES[loss].wanted(plane.T) for plane in planes])
    inputs = _input_rows(arch, images, size, slopes)
    return Pixels(blocks.cut(inputs), blocks.cut(wanted), blocks.weights / wanted[0].size)


def _input_rows(arch: Arch, images: int, size: int, slopes: bool) -> Float[Array, "rows pixels"]:
    """The inputs of every pixel of one image after another, and perhaps their slopes."""
    names = arch.inputs[: len(arch.inputs) - image_count(arch)]
    planes = [pixel_inputs(size, names)]
    if slopes:
        planes += [*jnp.moveaxis(pixel_input_slopes(size, names), 2, 0)]
    which = jnp.repeat(jnp.eye(images)[: image_count(arch)], size * size, axis=1)
    rows = []
    for place, plane in enumerate(planes):
        rows.append(jnp.tile(plane.reshape(size * size, -1).T, images))
        # Along a picture, which one it is does not change.
        rows.append(which if place == 0 else jnp.zeros_like(which))
    return jnp.concatenate(rows)

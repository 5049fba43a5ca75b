"""The pictures that seeds are to draw, as arrays of pixels."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.errors import ConfigError
from fer_jax.search.pixel_blocks import PixelBlocks
from fer_jax.search.sgd_step import Pixels


def different_pictures(
    target: np.ndarray | Sequence[np.ndarray], seeds: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """The different targets, and which of them each seed is to draw.

    Args:
        target: `(size, size, 3)`, or a sequence of those, one a seed.
        seeds: how many.

    Returns:
        float32 pictures, each once, and int32 places among them, `(seeds,)`.

    Raises:
        ConfigError: if there are neither one nor `seeds` targets, or of different sizes.

    Example:
        >>> black, white = np.zeros((2, 2, 3)), np.ones((2, 2, 3))
        >>> pictures, places = different_pictures([white, black, white], 3)
        >>> len(pictures), places.tolist()
        (2, [0, 1, 0])
    """
    one = isinstance(target, np.ndarray) and target.ndim == 3
    targets = [np.asarray(t, np.float32) for t in ([target] if one else target)]
    if len(targets) != seeds and not one:
        raise ConfigError(f"{len(targets)} targets for {seeds} seed(s); give one, or one a seed")
    shapes = sorted({t.shape for t in targets})
    if len(shapes) > 1 or len(shapes[0]) != 3 or shapes[0][2] != 3:
        came = " and ".join(map(str, shapes))
        raise ConfigError(f"targets have shape {came}; expected (size, size, 3), all alike")
    places: dict[bytes, int] = {}
    own = [places.setdefault(t.tobytes(), len(places)) for t in targets]
    pictures = [np.frombuffer(data, np.float32).reshape(shapes[0]) for data in places]
    return pictures, np.broadcast_to(np.array(own, np.int32), seeds).copy()


def cut_pictures(
    pictures: Sequence[np.ndarray], input_names: tuple[str, ...], blocks: PixelBlocks
) -> Pixels:
    """Inputs, targets and weights of every pixel, in blocks."""
    size = len(pictures[0])
    inputs = pixel_inputs(size, input_names).reshape(size * size, -1).T
    targets = jnp.stack([jnp.asarray(picture).reshape(size * size, 3).T for picture in pictures])
    return Pixels(blocks.cut(inputs), blocks.cut(targets), blocks.weights / (3 * size * size))

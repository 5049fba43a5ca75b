"""Which weights of each seed may move, and what the others stay."""

import numpy as np
from jax.typing import ArrayLike

from fer_jax.errors import ConfigError


def weight_masks(
    trainable: ArrayLike | None,
    held: ArrayLike | None,
    *,
    seeds: int,
    length: int,
    pruned: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """The masks of all seeds, checked.

    Args:
        trainable: `(length,)` or `(seeds, length)` of booleans; None: all may move.
        held: `(length,)`, what weights stay that may not move; None: 0.
        seeds: how many.
        length: weights of a network.
        pruned: whether weights are to be taken away on the way.

    Returns:
        Booleans, `(seeds, length)`, or `(seeds, 1)` where all weights may move and none is taken
        away, so that one program serves whatever is held; and float32 `(length,)`.

    Raises:
        ConfigError: if shapes or types are others.

    Example:
        >>> mask, held = weight_masks(np.array([True, False]), None, seeds=2, length=2)
        >>> mask.tolist(), held.tolist()
        ([[True, False], [True, False]], [0.0, 0.0])
    """
    stay = np.zeros(length) if held is None else np.asarray(held)
    if stay.shape != (length,):
        raise ConfigError(f"held has shape {stay.shape}; expected {(length,)}")
    if trainable is None:
        return np.ones((seeds, length if pruned else 1), bool), stay.astype(np.float32)
    mask = np.asarray(trainable)
    if mask.dtype != np.bool_ or mask.shape not in ((length,), (seeds, length)):
        raise ConfigError(
            f"trainable is {mask.dtype} of shape {mask.shape}; "
            f"expected booleans of shape {(length,)} or {(seeds, length)}"
        )
    return np.broadcast_to(mask, (seeds, length)), stay.astype(np.float32)

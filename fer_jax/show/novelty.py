"""Which feature maps say something new, and which repeat an earlier one."""

from collections.abc import Sequence

import numpy as np

TOLERANCE = 1e-3
"""Largest difference of two maps that count as the same, where 1 is the end of the colour scale;
a quarter of one of 256 colour steps."""


def novel_maps(layers: Sequence[np.ndarray], tolerance: float = TOLERANCE) -> list[np.ndarray]:
    """Mark the maps that were not seen before, in the sense of the original study's figures.

    A map is novel if no map of an earlier layer, nor one further left in its own layer, is the
    same. Two maps are the same if they differ nowhere by more than `tolerance`, times the larger
    map's greatest value where that exceeds 1. The inputs are novel. A map and its negative are two
    maps. A map that is zero everywhere is no function of the input and never novel; neither is one
    with values that are not finite.

    Args:
        layers: per layer `(height, width, neurons)`, inputs first, as `feature_maps` gives them.
        tolerance: see above, positive.

    Returns:
        Per layer a boolean array `(neurons,)`.

    Raises:
        ValueError: if the layers are not arrays of maps of one and the same size.

    Example:
        >>> x = np.linspace(-1, 1, 4).reshape(2, 2, 1)
        >>> copy_and_square = np.concatenate([x, x**2], axis=-1)
        >>> [novel.tolist() for novel in novel_maps([x, copy_and_square])]
        [[True], [False, True]]
    """
    for layer in layers:
        if layer.ndim != 3 or layer.shape[:2] != layers[0].shape[:2]:
            raise ValueError(
                f"feature maps are (height, width, neurons) of one size; got shape {layer.shape} "
                f"beside {layers[0].shape}"
            )
    if not layers:
        return []
    maps = np.concatenate([layer.reshape(-1, layer.shape[-1]).T for layer in layers])
    peaks = np.abs(maps).max(axis=1, initial=0.0)
    scales = np.maximum(1.0, peaks)
    # Means differ by no more than the maps do, so only maps of nearly equal mean are compared.
    means = maps.mean(axis=1, dtype=np.float64)
    novel = np.zeros(len(maps), dtype=bool)
    for index in np.flatnonzero(np.isfinite(peaks) & (peaks > tolerance)):
        seen = np.flatnonzero(novel[:index])
        limits = tolerance * np.maximum(scales[seen], scales[index])
        near = np.abs(means[seen] - means[index]) <= limits
        differences = np.abs(maps[seen[near]] - maps[index]).max(axis=1, initial=0.0)
        novel[index] = not np.any(differences <= limits[near])
    ends = np.cumsum([layer.shape[-1] for layer in layers])[:-1]
    return np.split(novel, ends)

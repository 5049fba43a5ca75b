"""From pixels of any kind to a square picture of RGB in [0, 1], and what identifies it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from fer_jax.errors import TargetError

BACKGROUND = "white"
"""What shows through transparent pixels."""

MAX_PIXELS = 32_000_000
MAX_SIDE = 2**16
LIMIT = f"the limit is {MAX_PIXELS // 10**6} million, and {MAX_SIDE} along a side: make it smaller"

_BLOCK = 2**20
"""Pixels that are worked on at a time, so that memory hardly grows with a picture."""


@dataclass(frozen=True)
class Picture:
    """A square picture.

    Attributes:
        image: `(size, size, 3)` float32 RGB in [0, 1], row 0 on top.
        content_hash: SHA-256 of the exact pixels that it was made of, and of its size.
        told: what was done to it, such as "640 x 480 resampled to 64 x 64 by a Lanczos filter".
    """

    image: np.ndarray
    content_hash: str
    told: tuple[str, ...] = ()


def square(pixels: np.ndarray, size: int) -> Picture:
    """Make a picture of checked pixels.

    Transparent pixels are laid on white. A picture of another size is resampled by Pillow's Lanczos
    filter, which is as much wider as the picture is made smaller, so that nothing aliases; where it
    overshoots, it is clipped to [0, 1]. A picture that is not square is stretched: nothing of it is
    cut off. Values are taken as they are stored, without a gamma or a colour profile, as most tools
    do and as the original study compares them.

    Args:
        pixels: `(height, width)` or `(height, width, 1 to 4)`, as `check_pixels` lets them pass.
        size: pixels along one side.

    Returns:
        The picture. Its hash does not depend on how a machine rounds: it is taken before anything
        is resampled, and until then every step is exact or rounded once.

    Example:
        >>> square(np.zeros((3, 4), np.uint8), 2).told[0]
        '4 x 3 resampled to 2 x 2 by a Lanczos filter, which changes its proportions'
    """
    height, width = pixels.shape[:2]
    told = (f"its transparent pixels laid on {BACKGROUND}",) if _is_clear(pixels) else ()
    seen = hashlib.sha256(f"{height} x {width}".encode())
    if (height, width) == (size, size):
        image = np.concatenate(list(_hashed(_blocks(pixels), seen)))
        return Picture(image, seen.hexdigest(), told)
    for _ in _hashed(_blocks(pixels), seen):
        pass
    seen.update(f"Lanczos to {size}".encode())
    # Whole rows are made narrow block by block; of a high picture, the columns are.
    upright = height <= width
    blocks = _blocks(pixels if upright else pixels.swapaxes(0, 1))
    narrow = np.concatenate([_resampled(block, size, len(block)) for block in blocks])
    image = np.clip(_resampled(narrow, size, size), 0, 1)
    image = np.ascontiguousarray(image if upright else image.swapaxes(0, 1))
    how = f"{width} x {height} resampled to {size} x {size} by a Lanczos filter"
    if height != width:
        how += ", which changes its proportions"
    return Picture(image, seen.hexdigest(), (how, *told))


def check_pixels(array: Any) -> np.ndarray:
    """An array that can be a picture, as it is.

    Args:
        array: `(height, width)`, or `(height, width, channels)` of grey, grey and opacity, RGB, or
            RGB and opacity; bool, uint8, uint16, or floats in [0, 1].

    Raises:
        TargetError: in one line, if it is of another shape or type or has values out of range.

    Example:
        >>> check_pixels([[True, False]]).shape
        (1, 2)
    """
    try:
        pixels = np.asarray(array)
    except Exception as error:  # ragged lists, and whatever objects that pose as arrays raise
        told = " ".join(str(error).split())[:120]
        raise TargetError(f"a target array cannot be made of that: {told}") from None
    if pixels.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):  # JAX's, not NumPy's
        pixels = pixels.astype(np.float32)
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and 1 <= pixels.shape[2] <= 4)):
        raise TargetError(
            f"a target array is (height, width) or (height, width, 1 to 4 channels); "
            f"got shape {pixels.shape}"
        )
    check_size(pixels.shape[1], pixels.shape[0])
    if np.issubdtype(pixels.dtype, np.floating):
        low, high = pixels.min(), pixels.max()
        if not (low >= 0 and high <= 1):  # NaN is neither
            raise TargetError(
                f"has values from {low:.6g} to {high:.6g}; floats must lie in [0, 1]: "
                "divide by the full range"
            )
    elif pixels.dtype not in (np.dtype(bool), np.dtype(np.uint8), np.dtype(np.uint16)):
        raise TargetError(
            f"is of type {pixels.dtype}, whose white is not known; "
            "expected bool, uint8, uint16, or floats in [0, 1]"
        )
    return pixels


def check_size(width: int, height: int) -> None:
    """Refuse a picture of no pixels, or of too many.

    Raises:
        TargetError: naming the limit.
    """
    if not width * height:
        raise TargetError(f"has {width} x {height} pixels; a picture has some")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise TargetError(f"has {width} x {height} pixels; {LIMIT}")


def _is_clear(pixels: np.ndarray) -> bool:
    if pixels.ndim == 2 or pixels.shape[2] in (1, 3):
        return False
    return bool(pixels[..., -1].min() < _full(pixels))


def _full(pixels: np.ndarray) -> float:
    return 1.0 if pixels.dtype.kind in "bf" else float(np.iinfo(pixels.dtype).max)


def _blocks(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """Rows of RGB, float32 in [0, 1], laid on white; rounded once, so the same everywhere."""
    full = _full(pixels)
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    channels = pixels.shape[2]
    rows = max(1, _BLOCK // pixels.shape[1])
    for start in range(0, len(pixels), rows):
        values = pixels[start : start + rows].astype(np.float64)
        color = values[..., :3] if channels >= 3 else values[..., :1]
        if channels in (2, 4):
            opacity = values[..., -1:]
            color = (color * opacity + full * (full - opacity)) / full
        block = (color / full).astype(np.float32)
        yield np.broadcast_to(block, (*block.shape[:2], 3))


def _hashed(blocks: Iterator[np.ndarray], seen: Any) -> Iterator[np.ndarray]:
    for block in blocks:
        seen.update(np.ascontiguousarray(block, dtype="<f4"))
        yield block


def _resampled(image: np.ndarray, width: int, height: int) -> np.ndarray:
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(image[..., channel])).resize(
                (width, height), Image.Resampling.LANCZOS
            )
        )
        for channel in range(3)
    ]
    return np.stack(channels, axis=-1)

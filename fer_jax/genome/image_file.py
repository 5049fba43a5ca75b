"""Image files as exact pixels, without ever unpacking one that is too large.

Pillow is called directly: only so can the formats be restricted (some of those that it knows start
other programs), the size be seen before anything is decoded, and 16 bits a channel be kept.
"""

import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from fer_jax.errors import TargetError
from fer_jax.genome.picture import LIMIT, check_size

_READERS = (
    PngImagePlugin.PngImageFile,
    JpegImagePlugin.JpegImageFile,
    GifImagePlugin.GifImageFile,
    TiffImagePlugin.TiffImageFile,
    BmpImagePlugin.BmpImageFile,
    WebPImagePlugin.WebPImageFile,
)
FORMATS = tuple(str(reader.format) for reader in _READERS)
"""Those that Pillow may try. JPEG includes MPO, as cameras write it: several pictures in a file."""

MAX_BYTES = 512 * 2**20

_WHITE_IS_0, _PHOTOMETRIC, _BITS, _PLANES = 0, 262, 258, 284
_OTHER_BYTE = {"B": "L", "L": "B", "N": "B" if np.little_endian else "L"}
"""Pillow reads the upper byte of 16 bits; told the other order of bytes, it reads the lower one."""


_ONE_AT_A_TIME = threading.Lock()
"""Of two threads, the second would take the first one's silence for stderr, and bring it back."""


def read_image(path: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Read the first picture of an image file.

    Args:
        path: a file of one of the `FORMATS`.

    Returns:
        `(height, width)` or `(height, width, channels)` pixels as they are stored: uint8, uint16 or
        float32; 2 and 4 channels end with opacity. The picture is upright (EXIF). And what a
        careful user would want to know of how it was read.

    Raises:
        TargetError: in one line, if it is no such file, damaged, too large, or of a kind whose
            colours are not known.
    """
    with _told_of(path), path.open("rb") as file:
        return _read(file)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Whatever goes wrong with a file becomes one line that names it."""
    try:
        with warnings.catch_warnings(), _quiet_tiff(path):
            warnings.simplefilter("ignore")  # Pillow's are about damage and size: told below
            yield
    except TargetError as error:
        raise TargetError(f"{path}: {error}") from None
    except UnidentifiedImageError:
        raise TargetError(f"{path}: {_what_else(path)}") from None
    except Image.DecompressionBombError as error:
        pixels = next(iter(re.findall("[0-9]+", str(error))), "far too many")
        raise TargetError(f"{path}: has {pixels} pixels; {LIMIT}") from None
    except Exception as error:  # a codec may raise anything on a damaged file
        said = (isinstance(error, OSError) and error.strerror) or str(error)
        told = " ".join(said.split())[:120] or type(error).__name__
        raise TargetError(f"{path}: is damaged or cannot be read: {told}") from None


def image_size(path: Path) -> tuple[int, int]:
    """Width and height of an image file, by its header alone, before it is turned upright.

    Raises:
        TargetError: in one line, if it is no such file or too large.
    """
    with _told_of(path), path.open("rb") as file:
        return _open(file).size


@contextmanager
def _quiet_tiff(path: Path) -> Iterator[None]:
    """Keep libtiff from writing to stderr, past Python, what the error tells once more."""
    with path.open("rb") as file:
        if file.read(2) not in (b"II", b"MM"):
            yield
            return
    with _ONE_AT_A_TIME:
        try:
            stderr = os.dup(2)
        except OSError:  # there is none
            yield
            return
        try:
            with open(os.devnull, "wb") as nothing:
                os.dup2(nothing.fileno(), 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _read(file: BinaryIO) -> tuple[np.ndarray, tuple[str, ...]]:
    image = _open(file)
    if image.format == "PNG":
        image.verify()  # the checksums; it uses the image up
        image = _open(file)
    notes = []
    if getattr(image, "is_animated", False):
        notes.append("the first of its pictures")
    profile = image.info.get("icc_profile") or b""
    if profile and b"sRGB" not in profile.replace(b"\0", b""):
        notes.append("without its colour profile")
    return _pixels(image, file), tuple(notes)


def _pixels(image: Any, file: BinaryIO) -> np.ndarray:
    tags = image.tag_v2 if image.format == "TIFF" else {}
    rawmode = _rawmode(image)
    if re.search(";16[BLN]$", rawmode) and image.mode in ("RGB", "RGBA", "LA"):
        return _deep_color(image, file, rawmode, tags)
    if image.mode.startswith("I;16") or image.mode == "F":
        if image.mode != "F" and (bits := _bits(image, file, tags)) != 16:
            raise TargetError(f"has {bits} bits a channel; save it with 8 or 16")
        # Before it is loaded: a TIFF forgets its tags when it is turned upright.
        inverted = tags.get(_PHOTOMETRIC) == _WHITE_IS_0
        grey = np.asarray(ImageOps.exif_transpose(image))
        grey = grey.astype(np.float32 if image.mode == "F" else np.uint16)
        if inverted:
            grey = (1 if image.mode == "F" else np.uint16(65535)) - grey
        return _with_key(grey, image.info.get("transparency"))
    if image.mode == "I":
        raise TargetError(
            "has signed or 32-bit whole numbers, whose white is not known; use 16 bits"
        )
    if image.mode not in ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX"):
        raise TargetError(f"has {image.mode} colours, which depend on a profile; convert it to RGB")
    if _bits(image, file, tags) > 8:
        raise TargetError(f"has 16 bits a channel, laid out as {rawmode}; save it as a PNG")
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data or image.mode in ("La", "RGBa"):
        return _converted(image, "RGBA")
    return _converted(image, "L" if image.mode in ("1", "L") else "RGB")


def _deep_color(image: Any, file: BinaryIO, rawmode: str, tags: Any) -> np.ndarray:
    """Colour, or grey with opacity, of 16 bits a channel, of which Pillow keeps 8 at a time."""
    if rawmode == "LA;16B" and image.mode == "RGBA":
        # Two bytes of grey and two of opacity pass for one pixel of four channels.
        _set_rawmode(image, "RGBA")
        quads = np.asarray(ImageOps.exif_transpose(image)).astype(np.uint16)
        return quads[..., ::2] * np.uint16(256) + quads[..., 1::2]
    if tags.get(_PLANES, 1) != 1 or rawmode[:-4] != image.mode:
        raise TargetError(f"has 16 bits a channel, laid out as {rawmode}; save it as a PNG")
    lower = _open(file)
    _set_rawmode(lower, rawmode[:-1] + _OTHER_BYTE[rawmode[-1]])
    low = np.asarray(ImageOps.exif_transpose(lower))
    upper = _open(file)
    high = np.asarray(ImageOps.exif_transpose(upper)).astype(np.uint16)
    high *= 256
    high += low
    return _with_key(high, upper.info.get("transparency"))


def _converted(image: Any, mode: str) -> np.ndarray:
    return np.asarray(image if image.mode == mode else image.convert(mode))


def _with_key(pixels: np.ndarray, key: Any) -> np.ndarray:
    """With opacity, where a PNG says that pixels of one value are transparent."""
    if key is None or isinstance(key, bytes):
        return pixels
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    clear = (pixels == np.asarray(key)).all(axis=-1, keepdims=True)
    opacity = np.where(clear, pixels.dtype.type(0), np.iinfo(pixels.dtype).max)
    return np.concatenate([pixels, opacity.astype(pixels.dtype)], axis=-1)


def _bits(image: Any, file: BinaryIO, tags: Any) -> int:
    """Bits a channel in the file, which may be more than Pillow's mode holds."""
    if image.format == "PNG":
        file.seek(24)  # in the header, which always comes first
        return file.read(1)[0]
    bits = tags.get(_BITS, 8)
    return max(bits) if isinstance(bits, tuple) else bits


def _open(file: BinaryIO) -> Any:
    _check_bytes(file)
    image = Image.open(file, formats=FORMATS)
    check_size(*image.size)
    return image


def _rawmode(image: Any) -> str:
    """How pixels lie in the file, in Pillow's words, or "" where it does not tell."""
    arguments = image.tile[0].args if image.tile else ""
    raw = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return raw if isinstance(raw, str) else ""


def _set_rawmode(image: Any, rawmode: str) -> None:
    image.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in image.tile
    ]


def _check_bytes(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise TargetError("is an empty file")
    if size > MAX_BYTES:
        raise TargetError(f"has {size / 2**20:.0f} MiB; the limit is {MAX_BYTES // 2**20} MiB")


def _what_else(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    if b"<svg" in start:
        return "is an SVG drawing; export it as a PNG"
    if start[:2] in (b"II", b"MM"):
        return "is a TIFF of a rare kind; save it with 8 or 16 bits a channel, or as grey float32"
    return "is not a readable PNG, JPEG, GIF, TIFF, BMP or WebP image"

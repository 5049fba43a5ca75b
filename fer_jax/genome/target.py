"""What a network is asked to draw: a genome's picture, an image file or an array."""

import difflib
import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from jax.typing import ArrayLike
from PIL import Image

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.errors import FerJaxError, TargetError
from fer_jax.genome.files import embedded_names, load_genome
from fer_jax.genome.graph import Genome

GENOME_SUFFIXES = (".zip", ".xml", ".json")
DEFAULT_SIZE = 256
"""Pixels along one side, as in the original study."""

MAX_PIXELS = 32 * 2**20
"""Limit on an image file's pixels; a target is resampled to a few hundred on a side anyway."""


@dataclass(frozen=True, eq=False)
class Target:
    """A square image to draw.

    Attributes:
        name: what to call it.
        image: `(size, size, 3)` float32 RGB in [0, 1], row 0 on top.
        source: where it came from: "genome", "network", "file" or "array".
        genome: the genome that draws it, where there is one.
    """

    name: str
    image: np.ndarray
    source: str
    genome: Genome | None = None

    @property
    def size(self) -> int:
        """Pixels along one side."""
        return self.image.shape[0]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the picture as 16-bit RGB with its size, in hexadecimal.

        Sixteen bits are far finer than any picture and coarse enough that the last digits of
        another machine's arithmetic do not make it another target.
        """
        levels = np.round(self.image.astype(np.float64) * 65535.0).astype("<u2")
        return hashlib.sha256(repr(levels.shape).encode() + levels.tobytes()).hexdigest()


def load_target(
    target: "str | os.PathLike[str] | Genome | Cppn | ArrayLike | Target", size: int | None = None
) -> Target:
    """Find or draw a target at a given size.

    Args:
        target: an embedded genome's name; a genome file (.zip, .xml, .json), which is drawn; an
            image file; a `Genome` or `Cppn`, which is drawn; an array, taken as it is; or a
            `Target`.
        size: pixels along one side; by default an array's own, otherwise `DEFAULT_SIZE`. An image
            file of another size is resampled (Lanczos); one that is not square, and an array or
            `Target` of another size, are refused.

    Returns:
        The target.

    Raises:
        TargetError: in one line, if there is no such target or it is no square image.
        GenomeError: if it is a genome file that cannot be read.

    Example:
        >>> load_target("sunrise", size=32).image.shape
        (32, 32, 3)
    """
    if size is not None and (not isinstance(size, int) or size < 2):
        raise TargetError(f"size is {size!r}; expected a whole number of pixels, at least 2")
    if not isinstance(target, Target | Genome | Cppn | str | os.PathLike):
        target = Target("array", _checked(np.asarray(target)), "array")
    if isinstance(target, Target):
        return _of_size(target, size or target.size)
    size = size or DEFAULT_SIZE
    match target:
        case Genome():
            return Target(target.name or "genome", render(target, size), "genome", target)
        case Cppn():
            return Target("network", render(target, size), "network")
    return _named(os.fspath(target), size)


def _named(text: str, size: int) -> Target:
    path = Path(text)
    if text in embedded_names() or path.suffix.lower() in GENOME_SUFFIXES:
        genome = load_genome(text)
        return Target(genome.name, render(genome, size), "genome", genome)
    if not os.path.isfile(path):  # Path.is_file raises where a name is too long
        near = difflib.get_close_matches(text, embedded_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise TargetError(
            f"target {text[:200]!r} is neither a file nor an embedded genome{hint} "
            f"The embedded ones are {', '.join(embedded_names())}"
        )
    return Target(path.stem, _read(path, size), "file")


def _read(path: Path, size: int) -> np.ndarray:
    try:
        # One plugin for all files: the others do not know `mode`, or ask for what is not installed.
        properties = iio.improps(path, index=0, plugin="pillow")
        shape, depth = properties.shape, properties.dtype
        if shape[0] * shape[1] > MAX_PIXELS:
            raise TargetError(
                f"{path}: has {shape[0]} x {shape[1]} pixels; the limit is {MAX_PIXELS // 2**20} Mi"
            )
        if depth not in (np.dtype(bool), np.dtype(np.uint8)):
            raise TargetError(
                f"{path}: has {depth} pixels; a target has 8 bits a channel, convert it"
            )
        pixels = np.asarray(iio.imread(path, index=0, plugin="pillow", mode="RGB"))
    except FerJaxError:
        raise
    except Exception as error:  # a codec may raise anything on a damaged file
        told = " ".join(str(error).split())[:120]
        raise TargetError(f"{path}: is not a readable image: {told}") from None
    if pixels.shape[0] != pixels.shape[1]:
        raise TargetError(
            f"{path}: is {pixels.shape[1]} x {pixels.shape[0]} pixels; a target is square: crop it"
        )
    if pixels.shape[0] != size:
        resized = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS)
        pixels = np.asarray(resized)
    return pixels.astype(np.float32) / np.float32(255.0)


def _checked(image: np.ndarray) -> np.ndarray:
    if image.ndim != 3 or image.shape[2] != 3 or image.shape[0] != image.shape[1]:
        raise TargetError(f"a target array is (size, size, 3); got shape {image.shape}")
    if image.shape[0] < 2:
        raise TargetError(f"a target has at least 2 pixels along a side, not {image.shape[0]}")
    if image.dtype == np.uint8:
        return image.astype(np.float32) / np.float32(255.0)
    if not np.issubdtype(image.dtype, np.floating):
        raise TargetError(f"a target array is uint8 or float RGB in [0, 1]; got {image.dtype}")
    if not np.isfinite(image).all() or image.min() < 0 or image.max() > 1:
        raise TargetError("a float target array has values in [0, 1]; divide by its full range")
    return image.astype(np.float32)


def _of_size(target: Target, size: int) -> Target:
    if target.size != size:
        raise TargetError(
            f"the target is {target.size} pixels a side but {size} was asked for; resample it first"
        )
    return target

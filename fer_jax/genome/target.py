"""What a network is asked to draw: a genome's picture, an image file or an array."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jax.typing import ArrayLike

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.errors import TargetError
from fer_jax.genome import library
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, OnCycle
from fer_jax.genome.image_file import read_image
from fer_jax.genome.picture import check_pixels, square

DEFAULT_SIZE = 256
"""Pixels along one side, as in the original study."""


@dataclass(frozen=True, eq=False)
class Target:
    """A square image to draw.

    Attributes:
        name: what to call it.
        image: `(size, size, 3)` float32 RGB in [0, 1], row 0 on top.
        source: where it came from: the name or path that was given, or "genome", "network" or
            "array" for one of these.
        content_hash: SHA-256 of what is drawn, in hexadecimal: of a genome, what it computes; of a
            picture, its exact pixels; and of the size. It does not depend on names, nor on how a
            machine rounds. By default that of `image`.
        genome: the genome that draws it, where there is one.
        told: what was done to the picture, in one line for people, or "".
    """

    name: str
    image: np.ndarray
    source: str
    content_hash: str = ""
    genome: Genome | None = None
    told: str = ""

    def __post_init__(self) -> None:
        if not self.content_hash:
            object.__setattr__(self, "content_hash", square(self.image, self.size).content_hash)

    @property
    def size(self) -> int:
        """Pixels along one side."""
        return self.image.shape[0]


def load_target(
    target: "str | os.PathLike[str] | Genome | Cppn | ArrayLike | Target",
    size: int | None = None,
    on_cycle: OnCycle = "error",
) -> Target:
    """Find or draw a target at a given size.

    Args:
        target: a name of `fer_jax.genome.library`; a genome file (.zip, .xml, .json), which is
            drawn; an image file (PNG, JPEG, GIF, TIFF, BMP, WebP); a `Genome` or `Cppn`, which is
            drawn; an array; or a `Target`. What kinds of pictures and arrays there are, and what is
            done to them, is in `image_file.read_image`, `picture.check_pixels` and
            `picture.square`.
        size: pixels along one side, at least 2; by default that of a `Target` or a square array,
            otherwise `DEFAULT_SIZE`. Pictures and arrays of another size are resampled.
        on_cycle: what to do about links of a genome file that close a cycle: "error" or "cut".

    Returns:
        The target.

    Raises:
        TargetError: in one line, if there is no such target or it is no image.
        GenomeError: if it is a genome file that cannot be read.

    Example:
        >>> load_target("sunrise", size=32).image.shape
        (32, 32, 3)
        >>> load_target(np.zeros((480, 640), np.uint8), size=32).told
        '640 x 480 resampled to 32 x 32 by a Lanczos filter, which changes its proportions'
    """
    if size is not None and (not isinstance(size, int) or size < 2):
        raise TargetError(f"size is {size!r}; expected a whole number of pixels, at least 2")
    match target:
        case Target():
            return _of_size(target, size or target.size)
        case Genome():
            return _of_genome(target, size or DEFAULT_SIZE, "genome")
        case Cppn():
            image = render(target, size or DEFAULT_SIZE)
            seen = str(target.arch).encode() + np.asarray(target.flat_params, "<f4").tobytes()
            return Target("network", image, "network", _digest(seen, image))
        case str() | os.PathLike():
            return _named(os.fspath(target), size or DEFAULT_SIZE, on_cycle)
    try:
        pixels = check_pixels(target)
    except TargetError as error:
        raise TargetError(f"the target: {error}") from None
    return _of_pixels("array", "array", pixels, size or _side(pixels))


def _named(text: str, size: int, on_cycle: OnCycle) -> Target:
    entry = library.find(text)
    if entry is not None and entry.problem:
        raise TargetError(f"target {entry.problem}")
    path = Path(text) if entry is None or entry.path is None else entry.path
    if library.is_genome(text):
        return _of_genome(load_genome(text, on_cycle), size, text)
    if text and os.path.isdir(path):
        raise TargetError(f"target {text[:200]!r} is a folder; name a genome or an image file")
    if not os.path.isfile(path):  # Path.is_file raises where a name is too long
        raise TargetError(f"target {library.not_found(text)}")
    pixels, notes = read_image(path)
    try:
        check_pixels(pixels)
    except TargetError as error:
        raise TargetError(f"{path}: {error}") from None
    return _of_pixels(path.stem, text, pixels, size, notes)


def _of_genome(genome: Genome, size: int, source: str) -> Target:
    image, program = render(genome, size), genome.program
    weights = [float(weight) for weight in genome.params]
    computed = [program.activations, program.incoming, program.output_slots, weights]
    seen = _digest(json.dumps(computed).encode(), image)
    return Target(genome.name or "genome", image, source, seen, genome)


def _of_pixels(
    name: str, source: str, pixels: np.ndarray, size: int, notes: tuple[str, ...] = ()
) -> Target:
    picture = square(pixels, size)
    told = "; ".join((*notes, *picture.told))
    return Target(name, picture.image, source, picture.content_hash, told=told)


def _side(pixels: np.ndarray) -> int:
    height, width = pixels.shape[:2]
    if height != width or height < 2:
        raise TargetError(
            f"the target array is {width} x {height}; give a size to have it resampled to a square"
        )
    return height


def _of_size(target: Target, size: int) -> Target:
    if target.size != size:
        raise TargetError(
            f"the target is {target.size} pixels a side but {size} was asked for; "
            "load it anew at that size"
        )
    return target


def _digest(content: bytes, image: np.ndarray) -> str:
    return hashlib.sha256(content + f" at {len(image)}".encode()).hexdigest()

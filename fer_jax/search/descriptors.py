"""What can be said of an image in one number: the axes of an archive, and what novelty compares.

Each descriptor is a pure function of a batch of images, and every one has a value for a constant
image. A NaN in an image makes its values NaN, which no archive takes. Complexity and edge density
depend on the size at which an image is drawn, so that values compare at one size only.
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float

from fer_jax.errors import ConfigError, nearest

FAINT = 1e-6
"""Energy of a pixel that is nothing to the eye: about that of rounding to 8 bits, 1 / 255**2 / 12.
Below it an image counts as constant, since rounding alone would decide what it is like."""

EDGE = 0.05
"""Least change of luminance a pixel at an edge: that beside a step of a tenth."""

MOST_COLORFUL = math.sqrt((1.0 + 0.5**2) * (1.0 + 0.3**2))
"""Colourfulness of the most colourful of all images, of a pure colour and its complement. In units
of 255 it is 298; Hasler and Suesstrunk's observers call 109 extremely colourful."""

Images = Float[Array | np.ndarray, "n size size 3"]


@dataclass(frozen=True)
class Descriptor:
    """One axis along which images differ; make one to use your own beside the registered ones.

    Attributes:
        name: as it stands in tables.
        compute: `(n, size, size, 3)` float32 RGB in [0, 1] -> `(n,)` float32; pure, so that it can
            be jitted, and finite for every image.
        range: least and greatest value.
        summary: what it is, in one sentence.

    Example:
        >>> brightness = Descriptor("brightness", lambda images: images.mean(axis=(1, 2, 3)))
        >>> describe(jnp.ones((1, 8, 8, 3)), [brightness, "color"]).tolist()
        [[1.0, 0.0]]
    """

    name: str
    compute: Callable[[Array], Array]
    range: tuple[float, float] = (0.0, 1.0)
    summary: str = ""


def symmetry(images: Images) -> Float[Array, "n"]:
    """How far an image is its own mirror image, left to right.

    The share of its energy about each channel's mean that the mean of the image and its mirror
    image keeps: 1 minus the squared distance to the nearest symmetric image, whatever the contrast.

    Returns:
        `(n,)` float32 in [0, 1]: 1 where the image is symmetric, about 0.5 for noise, 0 where its
        mirror image is its negative. A constant image is symmetric: 1.

    Source: Zabrodsky, Peleg and Avnir, "Symmetry as a continuous feature", IEEE Transactions on
    Pattern Analysis and Machine Intelligence 17(12), 1995.

    Example:
        >>> halves = jnp.zeros((1, 8, 8, 3)).at[:, :, 4:].set(1.0)
        >>> float(symmetry(halves + jnp.flip(halves, axis=2))[0]), round(float(symmetry(halves)[0]))
        (1.0, 0)
    """
    # Channels first: the variance of strided values takes five times as long.
    channels = jnp.moveaxis(images, -1, 1)
    energy = channels.var(axis=(2, 3)).mean(axis=1)
    lost = 0.25 * jnp.square(channels - jnp.flip(channels, axis=3)).mean(axis=(1, 2, 3))
    return jnp.maximum(1.0 - lost / (energy + FAINT), 0.0)


def complexity(images: Images) -> Float[Array, "n"]:
    """How many spatial frequencies an image is made of: the entropy of its spectrum.

    The Shannon entropy of the shares that the cosines of a DCT have in the energy of the luminance,
    divided by its greatest, the logarithm of their number. Not of contrast, except that a constant
    takes part with an energy of `FAINT` a pixel, so that what is all but constant is simple.

    Args:
        images: of at least two pixels a side.

    Returns:
        `(n,)` float32 in [0, 1]: 0 for a constant image, little for a ramp or a few stripes, more
        the finer and the more irregular the details are, about 0.9 for noise.

    Source: the spectral entropy of Liu, Liu, Huang and Bovik, "No-reference image quality
    assessment based on spatial and spectral entropies", Signal Processing: Image Communication
    29(8), 2014; there of blocks, here of the whole image.

    Example:
        >>> noise = np.random.default_rng(0).random((1, 32, 32, 3), np.float32)
        >>> [round(float(complexity(image)[0]), 1) for image in (noise, 0.0 * noise)]
        [0.9, 0.0]
    """
    size = images.shape[1]
    # As a matrix: a fifth of the time of JAX's own transform, which is of another length and FFTs.
    cosines = scipy.fft.dct(np.eye(size), axis=0, norm="ortho").astype(np.float32)
    light = _luminance(images)
    light = light - light.mean(axis=(1, 2), keepdims=True)
    high = jax.lax.Precision.HIGHEST
    waves = jnp.einsum("ki,nij,lj->nkl", cosines, light, cosines, precision=high)
    energies = jnp.square(waves / size).at[:, 0, 0].set(FAINT)
    shares = energies / energies.sum(axis=(1, 2), keepdims=True)
    entropies = jax.scipy.special.entr(shares).sum(axis=(1, 2))
    return jnp.clip(entropies / math.log(size**2), 0.0, 1.0)


def color(images: Images) -> Float[Array, "n"]:
    """How colourful an image is: Hasler and Suesstrunk's M3, divided by its greatest value.

    With the opponents `rg = R - G` and `yb = (R + G) / 2 - B`, the root of the sum of their
    variances plus 0.3 times that of their squared means.

    Returns:
        `(n,)` float32 in [0, 1]: 0 for grey, 1 for a pure colour beside its complement. A constant
        image has 0.3 times the distance of its colour from grey, at most 0.29.

    Source: Hasler and Suesstrunk, "Measuring colourfulness in natural images", Human Vision and
    Electronic Imaging VIII, SPIE 5007, 2003.

    Example:
        >>> red = jnp.zeros((1, 8, 8, 3)).at[..., 0].set(1.0)
        >>> round(float(color(red)[0]), 2), float(color(jnp.ones_like(red))[0])
        (0.29, 0.0)
    """
    red, green, blue = jnp.moveaxis(images, -1, 0)
    opponents = jnp.stack([red - green, 0.5 * (red + green) - blue])
    spread = jnp.sqrt(opponents.var(axis=(2, 3)).sum(axis=0))
    mean = jnp.sqrt(jnp.square(opponents.mean(axis=(2, 3))).sum(axis=0))
    return jnp.minimum((spread + 0.3 * mean) / MOST_COLORFUL, 1.0)


def edge_density(images: Images) -> Float[Array, "n"]:
    """The share of pixels that lie at an edge.

    Those at which the luminance changes by more than `EDGE` a pixel, by Sobel's filters (divided by
    8, so that they give the slope of a ramp; what lies outside is as the nearest pixel).

    Returns:
        `(n,)` float32 in [0, 1]: 0 for a constant image, and for one of slow changes.

    Source: edge density as in Mack and Oliva, "Computational estimation of visual complexity",
    2004, and Rosenholtz, Li and Nakano, "Measuring visual clutter", Journal of Vision 7(2), 2007.

    Example:
        >>> halves = jnp.zeros((1, 8, 8, 3)).at[:, :, 4:].set(1.0)
        >>> float(edge_density(halves)[0])
        0.25
    """
    light = jnp.pad(_luminance(images), ((0, 0), (1, 1), (1, 1)), mode="edge")
    across, down = (_slopes(jnp.moveaxis(light, axis, 1)) for axis in (2, 1))
    steep = jnp.hypot(jnp.moveaxis(across, 1, 2), down)
    # A comparison alone would hide a NaN.
    return jnp.where(jnp.isnan(steep), steep, steep > EDGE).mean(axis=(1, 2))


DESCRIPTORS: MappingProxyType[str, Descriptor] = MappingProxyType(
    {
        compute.__name__: Descriptor(compute.__name__, compute, summary=summary)
        for compute, summary in (
            (symmetry, "how far an image is its own mirror image, left to right"),
            (complexity, "entropy of an image's spectrum"),
            (color, "colourfulness of an image"),
            (edge_density, "share of an image's pixels that lie at an edge"),
        )
    }
)
"""Every descriptor by name. All have the range [0, 1]."""


def chosen(names: Sequence[str | Descriptor]) -> tuple[Descriptor, ...]:
    """The descriptors of these names; what is a descriptor already stays what it is.

    Raises:
        ConfigError: if there is none, one is unknown, or two have the same name.

    Example:
        >>> [descriptor.range for descriptor in chosen(["symmetry", "color"])]
        [(0.0, 1.0), (0.0, 1.0)]
    """
    found = []
    for name in names:
        if isinstance(name, str) and name not in DESCRIPTORS:
            raise ConfigError(f"unknown descriptor {name!r}; {nearest(name, DESCRIPTORS)}")
        found.append(DESCRIPTORS[name] if isinstance(name, str) else name)
    called = [descriptor.name for descriptor in found]
    if not found or len(set(called)) < len(called):
        raise ConfigError(f"expected one or more different descriptors; got {called}")
    return tuple(found)


def describe(images: Images, names: Sequence[str | Descriptor]) -> Float[Array, "n descriptors"]:
    """The values of some descriptors for every image; each compiled once a shape of images.

    Args:
        images: `(n, size, size, 3)` float32 RGB in [0, 1], of at least two pixels a side.
        names: of registered descriptors, or your own ones, in the order of the columns.

    Returns:
        `(n, len(names))` float32, each column within its descriptor's range.

    Raises:
        ConfigError: if a name is unknown or comes twice, images are too small, or a descriptor of
            your own does not return one value an image.

    Example:
        >>> describe(jnp.zeros((2, 8, 8, 3)), ["symmetry", "color"]).tolist()
        [[1.0, 0.0], [1.0, 0.0]]
    """
    # One program each: all in one take twice the time, since what they share is fused anew in each.
    return jnp.stack([described(images, descriptor) for descriptor in chosen(names)], axis=-1)


@functools.partial(jax.jit, static_argnames="descriptor")
def described(images: Images, descriptor: Descriptor) -> Float[Array, "n"]:
    """The values of one descriptor, `(n,)`; as `describe` otherwise."""
    if images.shape[1] < 2:
        raise ConfigError("an image of a single pixel has no descriptors; draw at a larger size")
    values = descriptor.compute(jnp.asarray(images))
    if values.shape != images.shape[:1]:
        raise ConfigError(
            f"the descriptor {descriptor.name!r} returned the shape {values.shape}; expected one "
            f"value an image, {images.shape[:1]}"
        )
    return values


def embedding(images: Images, side: int = 8) -> Float[Array, "n values"]:
    """Small copies of images, whose distances say how novel one is.

    Each of `side` x `side` pixels is the mean of the area that it covers. The Euclidean distance of
    two, divided by the root of the number of values, is the root mean square of their difference.

    Args:
        images: `(n, size, size, 3)` float32.
        side: pixels along one side of the copies, a divisor of `size`.

    Returns:
        `(n, side * side * 3)` float32 of the range of the images, row by row.

    Raises:
        ConfigError: if `side` does not divide the size of the images.

    Example:
        >>> embedding(jnp.ones((2, 32, 32, 3))).shape
        (2, 192)
    """
    count, size = images.shape[:2]
    if side < 1 or size % side:
        raise ConfigError(f"side={side} does not divide the images' size, {size}; give a divisor")
    area = size // side
    small = jnp.asarray(images).reshape(count, side, area, side, area, 3).mean(axis=(2, 4))
    return small.reshape(count, side * side * 3)


def _luminance(images: Images) -> Float[Array, "n size size"]:
    """Of gamma-coded RGB, by the weights of ITU-R BT.601."""
    return jnp.asarray(images) @ jnp.array([0.299, 0.587, 0.114], jnp.float32)


def _slopes(padded: Float[Array, "n rows columns"]) -> Float[Array, "n inner_rows inner_columns"]:
    """Sobel's filter down the rows, smooth along the columns; of what lies within the padding."""
    change = 0.5 * (padded[:, 2:] - padded[:, :-2])
    return 0.25 * (change[:, :, :-2] + 2.0 * change[:, :, 1:-1] + change[:, :, 2:])

"""One network that draws several images: further inputs say which.

A conditional network has an input for each image, 1 for the one that is drawn and 0 for the
others. For one image these are constants, as the bias is, so the network that draws it is an
ordinary one: the image's row of the first kernel joins the bias's. `select` gives that network,
which is drawn, scored and saved as any other.
"""

from dataclasses import replace

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import flatten
from fer_jax.cppn.names import IMAGE_INPUT, INPUT_NAMES
from fer_jax.cppn.network import Cppn
from fer_jax.errors import ArchError, NetworkError


def conditional_arch(arch: Arch, images: int) -> Arch:
    """The same architecture with an input for each of several images.

    Args:
        arch: of an ordinary network.
        images: how many, at least 1.

    Raises:
        ArchError: if it is conditional already, or there is no image.

    Example:
        >>> conditional_arch(Arch.parse("relu:8x2"), 2).inputs
        ('x', 'y', 'd', 'bias', 'image_0', 'image_1')
    """
    if image_count(arch):
        raise ArchError(f"{arch} draws {image_count(arch)} images already; give the plain arch")
    if images < 1:
        raise ArchError(f"a conditional network draws at least 1 image, not {images}")
    return replace(arch, inputs=arch.inputs + tuple(f"{IMAGE_INPUT}{i}" for i in range(images)))


def image_count(arch: Arch) -> int:
    """How many images a conditional network draws; 0 for an ordinary one.

    Example:
        >>> image_count(Arch.parse("relu:8x2"))
        0
    """
    return sum(name.startswith(IMAGE_INPUT) for name in arch.inputs)


def select(network: Cppn, image: int) -> Cppn:
    """The ordinary network that draws one image of a conditional one.

    Args:
        network: a conditional network.
        image: which, from 0.

    Returns:
        A network of the ordinary inputs, with the same units.

    Raises:
        NetworkError: if the network does not draw that many images.

    Example:
        >>> arch = conditional_arch(Arch.parse("relu:8x2"), 2)
        >>> select(Cppn(arch, np.zeros(arch.parameter_count, np.float32)), 1).arch.inputs
        ('x', 'y', 'd', 'bias')
    """
    arch, images = network.arch, image_count(network.arch)
    if not 0 <= image < images:
        raise NetworkError(f"{arch} draws {images} images; there is no image {image}")
    first, *others = network.kernels
    rows = {name: first[row] for row, name in enumerate(arch.inputs)}
    rows["bias"] = rows["bias"] + rows[f"{IMAGE_INPUT}{image}"]
    plain = replace(arch, inputs=INPUT_NAMES)
    return Cppn(plain, flatten(plain, [np.stack([rows[name] for name in INPUT_NAMES]), *others]))

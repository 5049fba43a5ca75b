"""Architectures by name: the paper's, and the layerized one of any genome."""

from types import MappingProxyType

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ArchError
from fer_jax.genome.files import embedded_names, load_genome
from fer_jax.genome.layerize import layerize

PAPER_ARCHS = MappingProxyType(
    {
        "apple": "33;cache:28,gaussian:3,sigmoid:5,sin:2",
        "butterfly": "16;cache:17,gaussian:4,sigmoid:1,sin:1",
        "skull": "12;cache:15,gaussian:4,identity:2,sin:1",
    }
)
"""The layerized Picbreeder genomes of Kumar et al., arXiv 2505.11581."""


def resolve_arch(name_or_spec: str | Arch) -> Arch:
    """The architecture that a name or a specification stands for.

    Args:
        name_or_spec: "skull", "butterfly" or "apple" (the paper's), an embedded genome's name (its
            layerized arch), or a specification such as `relu:64x6`.

    Returns:
        The architecture.

    Raises:
        ArchError: in one line, if it is neither a name nor a specification.

    Example:
        >>> str(resolve_arch("skull"))
        '12;cache:15,gaussian:4,identity:2,sin:1'
    """
    if isinstance(name_or_spec, str):
        if name_or_spec in PAPER_ARCHS:
            return Arch.parse(PAPER_ARCHS[name_or_spec])
        if name_or_spec in embedded_names():
            return layerize(load_genome(name_or_spec)).arch
        if name_or_spec and not any(mark in name_or_spec for mark in ":;,/"):
            names = ", ".join([*PAPER_ARCHS, *embedded_names()])
            raise ArchError(
                f"arch {name_or_spec[:80]!r} is neither a name nor a specification such as "
                f"'relu:64x6'; the names are {names}"
            )
    return Arch.parse(name_or_spec)

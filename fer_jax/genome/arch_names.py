"""Architectures by name: the paper's, and the layerized one of any genome that has a name."""

from types import MappingProxyType

from fer_jax.cppn import arch_spelling
from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import Arch
from fer_jax.errors import ArchError
from fer_jax.genome import library
from fer_jax.genome.files import load_genome
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
        name_or_spec: "skull", "butterfly" or "apple" (the paper's, fetched or not), the name of
            another genome of `fer_jax.genome.library` (its layerized arch), or a specification such
            as `relu:64x6`.

    Returns:
        The architecture.

    Raises:
        ArchError: in one line, if it is neither a name nor a specification.
        GenomeError: if it is the name of a genome that cannot be read.

    Example:
        >>> str(resolve_arch("skull"))
        '12;cache:15,gaussian:4,identity:2,sin:1'
    """
    if not isinstance(name_or_spec, str):
        return Arch.parse(name_or_spec)
    text = name_or_spec.strip()
    if text in PAPER_ARCHS:
        return Arch.parse(PAPER_ARCHS[text])
    entry = library.find(text)
    if entry is not None:
        if entry.problem:
            raise ArchError(f"arch {entry.problem}")
        if entry.kind != "genome":
            raise ArchError(f"arch {text!r} is the image {entry.path}; expected a genome")
        return layerize(load_genome(text)).arch
    is_word = bool(text) and text not in ACTIVATIONS and not set(text) & set(":;,/")
    if is_word and not arch_spelling.guess(text):
        told = library.not_found(text, "a specification such as 'relu:64x6'")
        raise ArchError(f"arch {told}")
    return Arch.parse(text)

import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ArchError
from fer_jax.genome.arch_names import PAPER_ARCHS, resolve_arch
from fer_jax.genome.files import embedded_names, load_genome
from fer_jax.genome.layerize import layerize


def test_the_papers_names():
    # Kumar et al., arXiv 2505.11581, and their released files: parameters of the dense networks.
    counts = {name: resolve_arch(name).parameter_count for name in PAPER_ARCHS}
    assert counts == {"skull": 5478, "butterfly": 8096, "apple": 46474}
    for name, spec in PAPER_ARCHS.items():
        assert str(resolve_arch(name)) == spec


def test_an_embedded_genome_stands_for_its_layerized_arch():
    for name in set(embedded_names()) - set(PAPER_ARCHS):
        assert resolve_arch(name) == layerize(load_genome(name)).arch


def test_specifications():
    arch = Arch.parse("relu:64x6")
    for given in (arch, "relu:64x6", "6;relu:64", "6/relu:64"):
        assert resolve_arch(given) == arch


def test_no_arch():
    for name in ("skul", "relu64x6"):
        with pytest.raises(
            ArchError, match=f"{name}' is neither a name nor a specification such as"
        ):
            resolve_arch(name)
    with pytest.raises(ArchError, match=r"the names are apple, butterfly, skull, .*sunrise"):
        resolve_arch("skul")
    with pytest.raises(ArchError, match="unknown activation 'rleu'; did you mean 'relu'"):
        resolve_arch("rleu:64x6")
    with pytest.raises(ArchError, match="is empty"):
        resolve_arch("")

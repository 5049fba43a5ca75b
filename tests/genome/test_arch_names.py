import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ArchError
from fer_jax.genome.arch_names import PAPER_ARCHS, resolve_arch
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import embedded_names


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
    for name, near in (("skul", "skull"), ("SKULL", "skull"), ("moht", "moth")):
        with pytest.raises(ArchError) as caught:
            resolve_arch(name)
        assert str(caught.value).startswith(
            f"arch {name!r} is neither a specification such as 'relu:64x6' nor a name; "
            f"did you mean {near!r}? The names are balloon, boat, "
        )
    with pytest.raises(ArchError, match=r"has no ':'; .*; did you mean 'relu:64x6'"):
        resolve_arch("relu64x6")
    with pytest.raises(ArchError, match=r"unknown activation 'rleu', .*; did you mean 'relu:64x6'"):
        resolve_arch("rleu:64x6")
    with pytest.raises(ArchError, match="is empty"):
        resolve_arch("")


@pytest.mark.usefixtures("unchecked_types")
def test_no_string():
    with pytest.raises(ArchError, match="an arch is a string such as 'relu:64x6', not '12'"):
        resolve_arch(12)


def test_a_picture_has_no_arch(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_JAX_DATA", str(tmp_path))
    save_genome(load_genome("moth"), tmp_path / "mine.json")
    (tmp_path / "cat.png").touch()
    assert resolve_arch("mine") == resolve_arch("moth")
    with pytest.raises(ArchError, match=r"arch 'cat' is the image .*cat\.png; expected a genome"):
        resolve_arch("cat")

import numpy as np
import pytest

from fer_jax.cppn.render import feature_maps
from fer_jax.genome.files import load_genome
from fer_jax.genome.layerize import layerize
from fer_jax.show.novelty import novel_maps


def layer(*maps: np.ndarray) -> np.ndarray:
    return np.stack(maps, axis=-1)


X, Y = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(-1, 1, 12))
ONE, ZERO = np.ones_like(X), np.zeros_like(X)


def test_inputs_are_novel_and_carried_copies_are_not():
    novel = novel_maps([layer(X, Y, ONE), layer(X, ONE, X * Y), layer(X * Y, Y)])
    assert [flags.tolist() for flags in novel] == [
        [True, True, True],
        [False, False, True],
        [False, False],
    ]


def test_duplicates_within_a_layer_count_once():
    assert novel_maps([layer(X), layer(Y, Y, Y)])[1].tolist() == [True, False, False]


def test_an_output_that_equals_an_earlier_map_is_not_novel():
    assert novel_maps([layer(X), layer(X**2), layer(X**2, X**3)])[2].tolist() == [False, True]


def test_zero_is_never_novel_but_another_constant_is():
    assert novel_maps([layer(ZERO, 1e-5 * X, 0.5 * ONE)])[0].tolist() == [False, False, True]


def test_a_map_and_its_negative_are_two():
    assert novel_maps([layer(X, -X)])[0].tolist() == [True, True]


def test_what_is_not_finite_is_not_novel_and_hides_nothing():
    broken = np.where(X > 0, np.nan, X)
    assert novel_maps([layer(broken, X, np.inf * ONE)])[0].tolist() == [
        False,
        True,
        False,
    ]


def test_rounding_makes_no_map_novel_whatever_its_size():
    large = 1e4 * X
    rounded = large * np.float32(1 + 1e-6)
    assert novel_maps([layer(X, large), layer(rounded, X + 1e-5)])[1].tolist() == [False, False]


def test_a_difference_at_a_single_pixel_counts():
    spot = X.copy()
    spot[7, 5] += 0.1
    assert novel_maps([layer(X), layer(spot)])[1].tolist() == [True]


def test_agrees_with_comparing_every_pair():
    draws = np.random.default_rng(0)
    basis = draws.normal(size=(12, 12, 9))
    layers = [basis[..., draws.integers(0, 9, size=7)] for _ in range(5)]
    seen: list[np.ndarray] = []
    for maps, flags in zip(layers, novel_maps(layers), strict=True):
        for index, flag in enumerate(flags):
            new = not any(np.array_equal(maps[..., index], other) for other in seen)
            assert flag == new
            seen.append(maps[..., index])


def test_maps_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="of one size"):
        novel_maps([np.zeros((4, 4, 1)), np.zeros((5, 5, 1))])


def test_no_layers_have_no_maps():
    assert novel_maps([]) == []


@pytest.mark.golden
@pytest.mark.parametrize("size", [32, 48])
def test_the_skull_has_the_novel_maps_that_the_paper_counts(size: int):
    """The paper (arXiv 2505.11581, Fig. 5) says 24, in all layers with inputs and outputs.

    That is every distinct map of the layerized genome; one of them is the map that is zero
    everywhere, of hue, saturation and all unused neurons, which is not framed here.
    """
    from tests.reference import reference_dir

    genome = load_genome(reference_dir() / "genomes" / "skull.zip")
    layers = feature_maps(layerize(genome), size=size)
    counts = [int(flags.sum()) for flags in novel_maps(layers)]
    assert counts == [4, 2, 2, 4, 3, 1, 1, 2, 1, 1, 1, 1, 0, 0]
    silent = any(np.abs(maps).max(axis=(0, 1)).min() == 0 for maps in layers)
    assert sum(counts) + silent == 24

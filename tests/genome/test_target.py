from dataclasses import replace

import imageio.v3 as iio
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError, TargetError
from fer_jax.genome import target as target_module
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.target import DEFAULT_SIZE, Target, load_target
from tests.genome.genomes import small_genome

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)


def scaled(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)


def test_a_genome_in_every_way_it_can_be_named(tmp_path):
    genome = load_genome("sunrise")
    path = tmp_path / "mine.json"
    save_genome(genome, path)
    for given in ("sunrise", path, str(path), genome):
        found = load_target(given, 16)
        assert (found.name, found.genome, found.told) == ("sunrise", genome, "")
        assert found.source == ("genome" if given is genome else str(given))
        np.testing.assert_array_equal(found.image, render(genome, 16), strict=True)
    assert load_target("sunrise").size == DEFAULT_SIZE == 256


def test_a_network():
    network = layerize(small_genome())
    found = load_target(network, 16)
    assert (found.name, found.source, found.genome) == ("network", "network", None)
    np.testing.assert_array_equal(found.image, render(network, 16), strict=True)


def test_an_image_file(tmp_path):
    path = tmp_path / "my.cat.png"
    iio.imwrite(path, PIXELS)
    for given in (path, str(path)):
        found = load_target(given, 8)
        assert (found.name, found.source, found.genome) == ("my.cat", str(path), None)
        assert found.told == ""
        np.testing.assert_array_equal(found.image, scaled(PIXELS), strict=True)
    assert load_target(path).size == DEFAULT_SIZE


def test_what_was_done_to_an_image_is_told(tmp_path):
    path = tmp_path / "cat.png"
    clear = np.dstack([PIXELS, PIXELS[..., 0]])[:6]
    iio.imwrite(path, clear)
    found = load_target(path, 4)
    assert found.told == (
        "8 x 6 resampled to 4 x 4 by a Lanczos filter, which changes its proportions; "
        "its transparent pixels laid on white"
    )
    with_array = load_target(clear, 4)
    assert (with_array.told, with_array.content_hash) == (found.told, found.content_hash)
    np.testing.assert_array_equal(with_array.image, found.image, strict=True)


def test_floats_of_a_file_must_lie_in_the_range(tmp_path):
    path = tmp_path / "deep.tiff"
    values = scaled(PIXELS[..., 0])
    Image.fromarray(values).save(path)
    np.testing.assert_array_equal(load_target(path, 8).image[..., 1], values, strict=True)
    Image.fromarray(values * 255).save(path)
    with pytest.raises(TargetError) as caught:
        load_target(path, 8)
    top = PIXELS[..., 0].max()
    assert str(caught.value) == (
        f"{path}: has values from {PIXELS[..., 0].min()} to {top}; floats must lie in [0, 1]: "
        "divide by the full range"
    )


def test_arrays():
    for dtype in (np.float32, np.float64, np.float16):
        found = load_target(scaled(PIXELS).astype(dtype))
        assert (found.name, found.source, found.image.dtype) == ("array", "array", np.float32)
        np.testing.assert_allclose(found.image, scaled(PIXELS), atol=1e-3)
    np.testing.assert_array_equal(load_target(PIXELS, 8).image, scaled(PIXELS), strict=True)
    np.testing.assert_array_equal(load_target(jnp.asarray(PIXELS)).image, scaled(PIXELS))
    assert load_target(jnp.ones((4, 4), jnp.bfloat16)).image.min() == 1
    assert load_target(PIXELS[:5], 4).image.shape == (4, 4, 3)
    assert load_target(PIXELS[0, :1, :1], 4).told == "1 x 1 resampled to 4 x 4 by a Lanczos filter"


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (PIXELS[:5], "the target array is 8 x 5; give a size to have it resampled to a square"),
        (np.zeros((1, 1)), "the target array is 1 x 1; give a size"),
        (5, r"the target: a target array is \(height, width\) or .*; got shape \(\)"),
        (PIXELS.astype(np.int64), "the target: is of type int64, whose white is not known"),
        (PIXELS.astype(float), "the target: has values from .* floats must lie in"),
    ],
)
def test_arrays_that_are_no_target(array, message):
    with pytest.raises(TargetError, match=message):
        load_target(array)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("size", [1, 0, -4, 8.0, "8", True])
def test_sizes_that_are_none(size):
    with pytest.raises(TargetError, match="expected a whole number of pixels, at least 2"):
        load_target("sunrise", size)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("nothing", [None, object(), {"a": 1}])
def test_what_is_no_target_at_all(nothing):
    with pytest.raises(TargetError, match=r"the target: a target array is .*; got shape"):
        load_target(nothing)


def test_a_target_is_kept_as_it_is():
    found = load_target(PIXELS)
    assert load_target(found) is found
    assert load_target(found, 8) is found
    with pytest.raises(TargetError, match="is 8 pixels a side but 16 was asked for; load it anew"):
        load_target(found, 16)


def test_not_found(tmp_path):
    with pytest.raises(TargetError, match=r"target 'sunrsie' is .*; did you mean 'sunrise'"):
        load_target("sunrsie")
    for name in (tmp_path / "a.png", "", "a\nb", "a\0b", "x" * 5000):
        with pytest.raises(TargetError, match=r"target .* is neither a file nor a name") as caught:
            load_target(name)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 600
    with pytest.raises(TargetError, match="is a folder; name a genome or an image file"):
        load_target(tmp_path)
    with pytest.raises(GenomeError, match="is neither a file nor a name"):
        load_target(tmp_path / "a.zip")


def test_the_content_hash_of_a_picture(tmp_path):
    for name in ("a.png", "b.bmp"):
        iio.imwrite(tmp_path / name, PIXELS)
    one, other = (load_target(tmp_path / name, 8) for name in ("a.png", "b.bmp"))
    assert one.content_hash == other.content_hash == load_target(PIXELS).content_hash
    assert one.content_hash == load_target(scaled(PIXELS)).content_hash
    assert one.content_hash == Target("mine", one.image, "mine").content_hash
    assert one.content_hash != load_target(PIXELS, 16).content_hash
    assert one.content_hash != load_target(PIXELS[::-1]).content_hash


@pytest.mark.parametrize("model", [small_genome(), layerize(small_genome())], ids=["genome", "net"])
def test_the_content_hash_of_what_is_drawn_is_of_what_it_computes(monkeypatch, model):
    before = load_target(model, 16)
    assert load_target(model, 8).content_hash != before.content_hash
    # Another machine's arithmetic differs in its last digits.
    monkeypatch.setattr(target_module, "render", lambda *_: before.image * np.float32(1 - 1e-6))
    assert load_target(model, 16).content_hash == before.content_hash


def test_names_of_a_genome_do_not_count_and_its_weights_do():
    genome = small_genome()
    before = load_target(genome, 8).content_hash
    assert load_target(replace(genome, name="other"), 8).content_hash == before
    first, *others = genome.links
    nearly = replace(first, weight=first.weight + 1e-4)
    assert load_target(replace(genome, links=(nearly, *others)), 8).content_hash != before
    sine = tuple(replace(n, activation="sin") if not n.role else n for n in genome.nodes)
    assert load_target(replace(genome, nodes=sine), 8).content_hash != before
    assert load_target(layerize(genome), 8).content_hash != before

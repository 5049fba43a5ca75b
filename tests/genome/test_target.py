import imageio.v3 as iio
import numpy as np
import pytest

from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError, TargetError
from fer_jax.genome import target as target_module
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.target import DEFAULT_SIZE, Target, load_target
from tests.genome.genomes import small_genome

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
GREY = np.repeat(PIXELS[..., :1], 3, axis=-1)


def scaled(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)


def test_a_genome_in_every_way_it_can_be_named(tmp_path):
    genome = load_genome("sunrise")
    path = tmp_path / "mine.json"
    save_genome(genome, path)
    for given in ("sunrise", path, str(path), genome):
        found = load_target(given, 16)
        assert (found.name, found.source, found.genome) == ("sunrise", "genome", genome)
        np.testing.assert_array_equal(found.image, render(genome, 16), strict=True)
    assert load_target("sunrise").size == DEFAULT_SIZE == 256


def test_a_network():
    network = layerize(small_genome())
    found = load_target(network, 16)
    assert (found.name, found.source, found.genome) == ("network", "network", None)
    np.testing.assert_array_equal(found.image, render(network, 16), strict=True)


@pytest.mark.parametrize(
    ("name", "pixels", "expected"),
    [
        ("rgb.png", PIXELS, PIXELS),
        ("rgb.bmp", PIXELS, PIXELS),
        ("rgb.tiff", PIXELS, PIXELS),
        ("grey.png", PIXELS[..., 0], GREY),
        ("rgba.png", np.dstack([PIXELS, PIXELS[..., 0]]), PIXELS),
        ("grey_alpha.png", PIXELS[..., :2], GREY),
    ],
)
def test_image_files(tmp_path, name, pixels, expected):
    iio.imwrite(tmp_path / name, pixels, plugin="pillow")
    found = load_target(tmp_path / name, 8)
    assert (found.name, found.source, found.genome) == (name.split(".")[0], "file", None)
    np.testing.assert_array_equal(found.image, scaled(expected), strict=True)


def test_a_palette(tmp_path):
    few = (PIXELS // 128) * 255
    for suffix in ("png", "gif"):
        path = tmp_path / f"few.{suffix}"
        # Eight colours are kept by a palette as they are.
        target_module.Image.fromarray(few).quantize(8).save(path)
        assert np.unique(iio.imread(path, mode="P")).size <= 8
        np.testing.assert_array_equal(load_target(path, 8).image, scaled(few), strict=True)


def test_black_and_white(tmp_path):
    path = tmp_path / "bits.png"
    target_module.Image.fromarray(PIXELS[..., 0] > 99).save(path)
    image = load_target(path, 8).image
    np.testing.assert_array_equal(image[..., 1], (PIXELS[..., 0] > 99).astype(np.float32))


def test_jpeg(tmp_path):
    smooth = np.tile(np.linspace(0, 255, 32, dtype=np.uint8)[:, None, None], (1, 32, 3))
    iio.imwrite(tmp_path / "smooth.jpg", smooth, quality=95)
    np.testing.assert_allclose(
        load_target(tmp_path / "smooth.jpg", 32).image, scaled(smooth), atol=0.02
    )


def test_another_size_is_resampled(tmp_path):
    smooth = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[:, None, None], (1, 64, 3))
    iio.imwrite(tmp_path / "smooth.png", smooth)
    for size in (32, 256):
        image = load_target(tmp_path / "smooth.png", size).image
        assert (image.shape, image.dtype) == ((size, size, 3), np.float32)
        ramp = np.clip((np.arange(size) + 0.5) / size * 64 - 0.5, 0, 63) / 63
        np.testing.assert_allclose(image[:, 5, 0], ramp, atol=0.02)
    assert load_target(tmp_path / "smooth.png").size == DEFAULT_SIZE


@pytest.mark.parametrize(
    ("name", "pixels", "message"),
    [
        ("wide.png", PIXELS[:5], "is 8 x 5 pixels; a target is square: crop it"),
        # 16-bit grey would be clipped to white, and floats cut to 0 and 1.
        ("deep.png", PIXELS[..., 0] * np.uint16(257), "has uint16 pixels; a target has 8 bits"),
        ("deep.tiff", scaled(PIXELS[..., 0]), "has float32 pixels; a target has 8 bits a channel"),
    ],
)
def test_images_that_are_no_target(tmp_path, name, pixels, message):
    target_module.Image.fromarray(pixels).save(tmp_path / name)
    with pytest.raises(TargetError, match=message):
        load_target(tmp_path / name, 8)


def test_files_that_are_no_image(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    iio.imwrite(path, PIXELS)
    data = path.read_bytes()
    for damaged in (b"", b"hello", data[:40], data[:100] + b"\0" * 50 + data[150:]):
        path.write_bytes(damaged)
        with pytest.raises(TargetError, match=r"a\.png: is not a readable image: ") as caught:
            load_target(path, 8)
        assert "\n" not in str(caught.value)
    path.write_bytes(data)
    monkeypatch.setattr(target_module, "MAX_PIXELS", 63)
    with pytest.raises(TargetError, match="has 8 x 8 pixels; the limit is"):
        load_target(path, 8)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.png"
    target_module.Image.new("1", (7000, 7000)).save(path)
    assert path.stat().st_size < 2**15
    with pytest.raises(TargetError, match=r"bomb\.png: has 7000 x 7000 pixels; the limit is 32 Mi"):
        load_target(path)


def test_arrays():
    for dtype in (np.float32, np.float64, np.float16):
        found = load_target(scaled(PIXELS).astype(dtype))
        assert (found.name, found.source, found.image.dtype) == ("array", "array", np.float32)
        np.testing.assert_allclose(found.image, scaled(PIXELS), atol=1e-3)
    np.testing.assert_array_equal(load_target(PIXELS, 8).image, scaled(PIXELS), strict=True)
    found = load_target(PIXELS)
    assert load_target(found) is found
    assert load_target(found, 8) is found


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((8, 8)), r"is \(size, size, 3\); got shape \(8, 8\)"),
        (np.zeros((8, 8, 4)), r"got shape \(8, 8, 4\)"),
        (np.zeros((8, 9, 3)), r"got shape \(8, 9, 3\)"),
        (np.zeros((2, 8, 8, 3)), r"got shape \(2, 8, 8, 3\)"),
        (np.zeros((0, 0, 3)), "at least 2 pixels along a side, not 0"),
        (np.zeros((1, 1, 3)), "at least 2 pixels along a side, not 1"),
        (5, r"got shape \(\)"),
        (PIXELS.astype(np.int64), "is uint8 or float RGB in .*; got int64"),
        (PIXELS > 99, "got bool"),
        (PIXELS.astype(float), "has values in .0, 1.; divide by its full range"),
        (-scaled(PIXELS), "has values in"),
        (np.full((8, 8, 3), np.nan), "has values in"),
    ],
)
def test_arrays_that_are_no_target(array, message):
    with pytest.raises(TargetError, match=message):
        load_target(array)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("size", [1, 0, -4, 8.0, "8"])
def test_sizes_that_are_none(size):
    with pytest.raises(TargetError, match="expected a whole number of pixels, at least 2"):
        load_target("sunrise", size)


def test_an_array_of_another_size_is_refused():
    for given in (PIXELS, load_target(PIXELS)):
        with pytest.raises(TargetError, match="is 8 pixels a side but 16 was asked for; resample"):
            load_target(given, 16)


def test_not_found(tmp_path):
    with pytest.raises(TargetError, match=r"target 'sunrsie' is .*; did you mean 'sunrise'"):
        load_target("sunrsie")
    for name in (tmp_path, tmp_path / "a.png", "", "a\nb", "x" * 5000):
        with pytest.raises(TargetError, match="is neither a file nor an embedded genome") as caught:
            load_target(name)
        assert "\n" not in str(caught.value)
    with pytest.raises(GenomeError, match="is neither a file nor an embedded genome"):
        load_target(tmp_path / "a.zip")


def test_the_content_hash_is_that_of_the_picture(tmp_path):
    for name in ("a.png", "b.bmp"):
        iio.imwrite(tmp_path / name, PIXELS)
    one, other = (load_target(tmp_path / name, 8) for name in ("a.png", "b.bmp"))
    assert one.content_hash == other.content_hash == load_target(PIXELS).content_hash
    assert len(one.content_hash) == 64
    changed = PIXELS.copy()
    changed[3, 4, 1] ^= 1
    hashes = {load_target(pixels).content_hash for pixels in (PIXELS, changed, PIXELS[::-1])}
    assert len(hashes) == 3
    # The last digits, which another machine's arithmetic may change, do not count.
    nearly = Target("a", np.clip(one.image + np.float32(1e-7), 0, 1), "array")
    assert nearly.content_hash == one.content_hash
    square, wide = np.zeros((4, 4, 3), np.float32), np.zeros((2, 8, 3), np.float32)
    assert Target("", square, "").content_hash != Target("", wide, "").content_hash

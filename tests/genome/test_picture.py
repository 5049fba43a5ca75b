"""Pictures from pixels: exact where nothing is resampled, without aliasing where something is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fer_jax.errors import TargetError
from fer_jax.genome import picture
from fer_jax.genome.picture import check_pixels, square

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (6, 6, 4), dtype=np.uint8)
DEEP = RANDOM.integers(0, 2**16, (6, 6, 4), dtype=np.uint16)
LANCZOS = "resampled to {0} x {0} by a Lanczos filter"


def test_opaque_pixels_are_taken_as_they_are():
    for pixels, full in ((BYTES, 255), (DEEP, 65535)):
        expected = pixels.astype(np.float32) / np.float32(full)
        found = square(pixels[..., :3], 6)
        np.testing.assert_array_equal(found.image, expected[..., :3], strict=True)
        assert found.told == ()
        for grey in (pixels[..., 0], pixels[..., :1]):
            image = square(grey, 6).image
            np.testing.assert_array_equal(image, np.repeat(expected[..., :1], 3, axis=2))
    np.testing.assert_array_equal(square(BYTES[..., 0] > 99, 6).image[..., 2], BYTES[..., 0] > 99)


def test_transparent_pixels_lie_on_white():
    for pixels, full in ((BYTES, 255), (DEEP, 65535), (BYTES / 255, 1.0)):
        for channels in (4, 2):
            opacity = pixels[..., channels - 1 : channels] / full
            expected = 1 + (pixels[..., : 3 if channels == 4 else 1] / full - 1) * opacity
            found = square(pixels[..., :channels], 6)
            np.testing.assert_allclose(
                found.image, np.broadcast_to(expected, (6, 6, 3)), rtol=0, atol=1e-7
            )
            assert found.told == ("its transparent pixels laid on white",)
    opaque = np.dstack([BYTES[..., :3], np.full((6, 6), 255, np.uint8)])
    np.testing.assert_array_equal(square(opaque, 6).image, square(BYTES[..., :3], 6).image)
    assert square(opaque, 6).told == ()


def lanczos(old: int, new: int) -> np.ndarray:
    """The weights of Lanczos-3, slowly: as wide as three pixels of the coarser grid."""
    scale = max(old / new, 1)
    weights = np.zeros((new, old))
    for i in range(new):
        center = (i + 0.5) * old / new
        for j in range(
            max(0, int(center - 3 * scale + 0.5)), min(old, int(center + 3 * scale + 0.5))
        ):
            z = (j + 0.5 - center) / scale
            weights[i, j] = np.sinc(z) * np.sinc(z / 3) if abs(z) < 3 else 0
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("height", "width"), [(6, 6), (40, 40), (40, 7), (7, 40), (1, 50), (1, 1)])
@pytest.mark.parametrize("size", [2, 9, 33])
def test_resampling_agrees_with_its_definition(height, width, size):
    image = RANDOM.random((height, width, 3))
    down, across = lanczos(height, size), lanczos(width, size)
    expected = np.clip(np.einsum("ih,hwc,jw->ijc", down, image, across), 0, 1)
    found = square(image, size)
    np.testing.assert_allclose(found.image, expected, rtol=0, atol=2e-6)
    assert found.image.dtype == np.float32
    assert found.image.flags.c_contiguous
    changed = "" if height == width else ", which changes its proportions"
    assert found.told == (f"{width} x {height} {LANCZOS.format(size)}{changed}",)


def test_nothing_aliases():
    # Stripes finer than the small picture can hold become their mean, wherever they lie.
    for period in (2, 3, 5):
        stripes = np.broadcast_to(np.arange(320) % period == 0, (320, 320))
        image = square(stripes, 16).image[2:-2, 2:-2]
        np.testing.assert_allclose(image, 1 / period, atol=0.01)


def test_constant_pictures_stay_constant():
    for height, width in ((1, 1), (1, 700), (700, 1), (3, 5)):
        image = square(np.full((height, width), 51, np.uint8), 16).image
        np.testing.assert_allclose(image, 0.2, atol=1e-6)


def test_blocks_change_nothing(monkeypatch):
    cases = [(pixels, size) for pixels in (BYTES, BYTES[:5], BYTES[:, :4]) for size in (4, 6)]
    whole = [square(pixels, size) for pixels, size in cases]
    monkeypatch.setattr(picture, "_BLOCK", 7)
    for before, (pixels, size) in zip(whole, cases, strict=True):
        found = square(pixels, size)
        np.testing.assert_array_equal(found.image, before.image, strict=True)
        assert found.content_hash == before.content_hash


def test_the_hash_is_of_the_exact_pixels_and_the_size(monkeypatch):
    hashes = {square(BYTES[..., :3], size).content_hash for size in (4, 6, 8)}
    changed = BYTES[..., :3].copy()
    changed[3, 4, 1] ^= 1
    wide, high = np.zeros((2, 8), np.uint8), np.zeros((8, 2), np.uint8)
    others = (changed, BYTES[::-1, :, :3], BYTES[:, :5, :3], wide, high, wide + np.uint8(1))
    hashes |= {square(pixels, 6).content_hash for pixels in others}
    assert len(hashes) == 9
    for same in (BYTES[..., :3] / np.float32(255), BYTES[..., :3].astype(float) / 255):
        assert square(same, 4).content_hash == square(BYTES[..., :3], 4).content_hash
    # Another machine's filter may differ in its last digits.
    before = square(BYTES, 4).content_hash
    exact = picture._resampled
    monkeypatch.setattr(picture, "_resampled", lambda *a: exact(*a) * np.float32(1 + 1e-6))
    assert square(BYTES, 4).content_hash == before


def test_sixteen_bits_are_finer_than_eight():
    coarse = BYTES[..., :3]
    fine = coarse.astype(np.uint16) * 257
    assert square(coarse, 6).content_hash == square(fine, 6).content_hash
    assert square(fine, 6).content_hash != square(fine ^ 1, 6).content_hash


SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9)) | st.tuples(
    st.integers(1, 9), st.integers(1, 9), st.integers(1, 4)
)
DTYPES = st.sampled_from([np.bool_, np.uint8, np.uint16, np.float16, np.float32, np.float64])


@given(st.data())
def test_every_allowed_array_becomes_a_picture(data):
    dtype = data.draw(DTYPES)
    unit = st.floats(0, 1, width=16) if np.issubdtype(dtype, np.floating) else None
    pixels = data.draw(arrays.arrays(dtype, data.draw(SHAPES), elements=unit))
    size = data.draw(st.integers(2, 12))
    found = square(check_pixels(pixels), size)
    assert (found.image.shape, found.image.dtype) == ((size, size, 3), np.float32)
    assert 0 <= found.image.min() <= found.image.max() <= 1
    assert len(found.content_hash) == 64


class Broken:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no\npixels")


WHITE = "whose white is not known; expected bool, uint8, uint16, or floats in [0, 1]"
SHAPE = "a target array is (height, width) or (height, width, 1 to 4 channels); got shape "
RANGE = "floats must lie in [0, 1]: divide by the full range"


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (5, SHAPE + "()"),
        (np.zeros((8, 8, 5)), SHAPE + "(8, 8, 5)"),
        (np.zeros((3, 8, 8)), SHAPE + "(3, 8, 8)"),
        (np.zeros((8, 8, 0)), SHAPE + "(8, 8, 0)"),
        (np.zeros((2, 8, 8, 3)), SHAPE + "(2, 8, 8, 3)"),
        (np.zeros((0, 8, 3)), "has 8 x 0 pixels; a picture has some"),
        (np.zeros((8, 2**16 + 1), bool), "has 65537 x 8 pixels; the limit is 32 million, and"),
        (np.zeros((8000, 8000), bool), "has 8000 x 8000 pixels; the limit is 32 million, and"),
        (BYTES.astype(np.int64), f"is of type int64, {WHITE}"),
        (BYTES.astype(np.int8), f"is of type int8, {WHITE}"),
        (BYTES.astype(complex), f"is of type complex128, {WHITE}"),
        (np.array([["a"]]), f"is of type <U1, {WHITE}"),
        (np.array([[None]]), f"is of type object, {WHITE}"),
        (np.array([[0.0, 255.0]]), f"has values from 0 to 255; {RANGE}"),
        (np.array([[-0.25, 0.5]]), f"has values from -0.25 to 0.5; {RANGE}"),
        (np.array([[math.nan, 0.5]]), f"has values from nan to nan; {RANGE}"),
        (np.array([[math.inf, 0.5]]), f"has values from 0.5 to inf; {RANGE}"),
        ([[1, 2], [3]], "a target array cannot be made of that: setting an array element"),
        (Broken(), "a target array cannot be made of that: no pixels"),
    ],
)
def test_arrays_that_are_no_picture(array, told):
    with pytest.raises(TargetError) as caught:
        check_pixels(array)
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)

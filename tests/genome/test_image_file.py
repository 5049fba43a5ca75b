"""Every kind of image file gives exactly the pixels that it holds, or one clear line."""

import contextlib
import os
import struct
import time
import tracemalloc
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fer_jax.errors import TargetError
from fer_jax.genome.image_file import read_image
from tests.genome.image_bytes import GREY, GREY_ALPHA, RGB, RGBA, png, tiff

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (6, 5, 4), dtype=np.uint8)
DEEP = RANDOM.integers(0, 2**16, (6, 5, 4), dtype=np.uint16)
FLOATS = RANDOM.random((6, 5), dtype=np.float32)


def read(path, data=None):
    if data is not None:
        path.write_bytes(data)
    return read_image(path)[0]


def refused(path, data=None):
    with pytest.raises(TargetError) as caught:
        read(path, data)
    told = str(caught.value)
    assert told.startswith(f"{path}: ")
    assert "\n" not in told
    return told.removeprefix(f"{path}: ")


@pytest.mark.parametrize("suffix", ["png", "gif", "tiff", "bmp", "webp"])
def test_eight_bits_are_kept_exactly(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(BYTES[..., 0]).save(path, **({"lossless": True} if suffix == "webp" else {}))
    grey = read(path)
    assert grey.dtype == np.uint8
    expected = np.repeat(BYTES[..., :1], 3, axis=2) if grey.ndim == 3 else BYTES[..., 0]
    np.testing.assert_array_equal(grey, expected)
    if suffix not in ("gif", "webp"):
        Image.fromarray(BYTES[..., :3]).save(path)
        np.testing.assert_array_equal(read(path), BYTES[..., :3], strict=True)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_opacity(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(BYTES).save(path)
    np.testing.assert_array_equal(read(path), BYTES, strict=True)
    Image.fromarray(BYTES[..., :2]).save(path)
    np.testing.assert_array_equal(read(path), BYTES[..., [0, 0, 0, 1]], strict=True)


def test_black_and_white(tmp_path):
    Image.fromarray(BYTES[..., 0] > 99).save(tmp_path / "a.png")
    expected = (BYTES[..., 0] > 99).astype(np.uint8) * np.uint8(255)
    np.testing.assert_array_equal(read(tmp_path / "a.png"), expected, strict=True)


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_palettes(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    colors = np.array([[255, 0, 0], [0, 128, 0], [7, 8, 9]], np.uint8)
    image = Image.fromarray((BYTES[..., 0] % 3).astype(np.uint8))
    image.putpalette(colors.tobytes())
    image.save(path)
    np.testing.assert_array_equal(read(path), colors[BYTES[..., 0] % 3], strict=True)
    image.save(path, transparency=1)
    found = read(path)
    assert found.shape == (6, 5, 4)
    np.testing.assert_array_equal(found[..., 3] == 0, BYTES[..., 0] % 3 == 1)
    opaque = found[..., 3] == 255
    np.testing.assert_array_equal(found[opaque][:, :3], colors[BYTES[..., 0] % 3][opaque])


def test_few_bits_of_grey_fill_the_range(tmp_path):
    # Two bits a pixel: 0, 85, 170, 255.
    data = png(np.array([[[0b00011011]]]), GREY, bits=8)
    head = data.index(b"IHDR") + 4
    header = struct.pack(">IIBBBBB", 4, 1, 2, 0, 0, 0, 0)
    data = (
        data[:head] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[head + 17 :]
    )
    np.testing.assert_array_equal(read(tmp_path / "a.png", data), [[0, 85, 170, 255]])


@pytest.mark.parametrize(
    ("kind", "channels"), [(GREY, 1), (RGB, 3), (GREY_ALPHA, 2), (RGBA, 4)], ids=str
)
def test_sixteen_bits_of_a_png_are_kept_exactly(tmp_path, kind, channels):
    pixels = DEEP[..., :channels]
    found = read(tmp_path / "a.png", png(pixels, kind))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found.reshape(pixels.shape), pixels)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_of_a_tiff_are_kept_exactly(tmp_path, order, deflate, channels):
    pixels = DEEP[..., 0] if channels == 1 else DEEP[..., :channels]
    found = read(tmp_path / "a.tif", tiff(pixels, order=order, deflate=deflate))
    np.testing.assert_array_equal(found, pixels, strict=True)


def test_one_value_of_a_png_may_be_transparent(tmp_path):
    for bits, pixels in ((8, BYTES), (16, DEEP)):
        clear = (2**bits) - 1
        for kind, channels in ((GREY, 1), (RGB, 3)):
            key = tuple(int(value) for value in pixels[2, 3, :channels])
            found = read(tmp_path / "a.png", png(pixels[..., :channels], kind, key=key, bits=bits))
            assert found[2, 3, -1] == 0
            assert (found[..., -1] == clear).sum() == 29
            np.testing.assert_array_equal(
                found[..., :-1] if bits == 16 else found[..., :channels], pixels[..., :channels]
            )


def test_floats(tmp_path):
    for order in "<>":
        found = read(tmp_path / "a.tif", tiff(FLOATS, order=order))
        np.testing.assert_array_equal(found, FLOATS, strict=True)


def test_where_0_is_white(tmp_path):
    data = tiff(DEEP[..., 0], white_is_0=True)
    np.testing.assert_array_equal(read(tmp_path / "a.tif", data), 65535 - DEEP[..., 0])
    data = tiff(BYTES[..., 0], white_is_0=True)
    np.testing.assert_array_equal(read(tmp_path / "a.tif", data), 255 - BYTES[..., 0])


UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_picture_is_upright(tmp_path, orientation):
    # What each number means: EXIF 2.3, tag 274; 6 is a camera turned to the left.
    exif = Image.Exif()
    exif[274] = orientation
    for pixels in (BYTES[..., :3], DEEP[..., 0]):
        Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
        np.testing.assert_array_equal(read(tmp_path / "a.png"), UPRIGHT[orientation](pixels))
    for pixels in (BYTES[..., 0], DEEP[..., 0], DEEP[..., :3], FLOATS):
        data = tiff(pixels, orientation=orientation)
        np.testing.assert_array_equal(read(tmp_path / "a.tif", data), UPRIGHT[orientation](pixels))
    blocks = np.kron(np.array([[0, 255], [90, 180]], np.uint8), np.ones((16, 16), np.uint8))
    Image.fromarray(blocks).save(tmp_path / "a.jpg", exif=exif, quality=100)
    difference = read(tmp_path / "a.jpg").astype(int) - UPRIGHT[orientation](blocks)
    assert np.abs(difference).max() <= 2


def test_the_first_of_several_pictures(tmp_path):
    frames = [Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (0, 90, 200)]
    for suffix in ("gif", "tiff", "png"):
        path = tmp_path / f"a.{suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        pixels, notes = read_image(path)
        assert notes == ("the first of its pictures",)
        assert (pixels == 0).all()


def test_a_colour_profile_is_not_applied_and_that_is_said(tmp_path):
    image = Image.fromarray(BYTES[..., :3])
    image.save(tmp_path / "a.png", icc_profile=b"Display P3")
    assert read_image(tmp_path / "a.png")[1] == ("without its colour profile",)
    image.save(tmp_path / "a.png", icc_profile=b"...s\0R\0G\0B\0 IEC61966")
    assert read_image(tmp_path / "a.png")[1] == ()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is an empty file"),
        (b"hello\n", "is not a readable PNG, JPEG, GIF, TIFF, BMP or WebP image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is not a readable PNG"),  # Pillow would start ghostscript
        (b"P6 2 2 255\n" + b"\0" * 12, "is not a readable PNG"),
        (b'<?xml version="1.0"?><svg width="9"/>', "is an SVG drawing; export it as a PNG"),
        (tiff(DEEP.astype(np.int16)[..., 0]), "has signed or 32-bit whole numbers"),
        (tiff(DEEP.astype(np.uint32)[..., 0]), "has signed or 32-bit whole numbers"),
        (tiff(BYTES.astype(np.float32)), "is a TIFF of a rare kind; save it with 8 or 16 bits"),
        (tiff(DEEP[..., :3], planar=True), "has 16 bits a channel, laid out as R; save it as"),
        (tiff(DEEP[..., :3], planar=True, deflate=True), "has 16 bits a channel, laid out as"),
        (tiff(DEEP[..., 0], bits=12), "has 12 bits a channel; save it with 8 or 16"),
    ],
)
def test_files_that_are_no_picture(tmp_path, data, told):
    assert refused(tmp_path / "a.png", data).startswith(told)


def test_printers_colours(tmp_path):
    for mode, suffix in (("CMYK", "jpg"), ("CMYK", "tif"), ("LAB", "tif")):
        path = tmp_path / f"a.{suffix}"
        Image.new(mode, (4, 4)).save(path)
        assert refused(path) == f"has {mode} colours, which depend on a profile; convert it to RGB"


def test_a_file_that_cannot_be_opened(tmp_path):
    assert "Is a directory" in refused(tmp_path)
    assert "No such file" in refused(tmp_path / "none.png")


def test_a_damaged_png_never_passes(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(BYTES).save(path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        for damaged in (whole[:place], bytes(flipped)):
            if place < len(whole) - 12:
                refused(path, damaged)
                continue
            # The last 12 bytes only say that the file ends.
            with contextlib.suppress(TargetError):
                np.testing.assert_array_equal(read(path, damaged), BYTES)


@pytest.mark.parametrize("suffix", ["jpg", "gif", "tif", "bmp", "webp"])
def test_a_truncated_file(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(np.kron(BYTES[..., :3], np.ones((8, 8, 1), np.uint8))).save(path)
    whole = path.read_bytes()
    for kept in (1, 10, len(whole) // 3, len(whole) // 2, len(whole) - 200):
        refused(path, whole[:kept])


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_a_damaged_tiff_is_told_by_us_alone(tmp_path, capfd, compression):
    path = tmp_path / "a.tif"
    Image.fromarray(np.kron(BYTES[..., :3], np.ones((8, 8, 1), np.uint8))).save(
        path, compression=compression
    )
    data = bytearray(path.read_bytes())
    with Image.open(path) as image:
        start = image.tag_v2[273][0]
    data[start : start + 100] = b"\xff" * 100
    refused(path, bytes(data))
    assert capfd.readouterr().err == ""
    os.write(2, b"still there")
    assert capfd.readouterr().err == "still there"


def test_threads_leave_stderr_as_it_is(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(DEEP, deflate=True))
    before = os.fstat(2)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(read, [path] * 40):
            np.testing.assert_array_equal(found, DEEP)
    assert os.path.samestat(before, os.fstat(2))


SEEDS = (png(DEEP[..., :3], RGB), png(BYTES, RGBA, bits=8), tiff(DEEP), tiff(FLOATS, deflate=True))


@given(st.sampled_from(SEEDS), st.data())
def test_any_bytes_are_pixels_or_one_clear_line(tmp_path_factory, seed, data):
    path = tmp_path_factory.getbasetemp() / "any"
    changed = bytearray(seed)
    for place in data.draw(st.lists(st.integers(0, len(seed) - 1), min_size=1, max_size=4)):
        changed[place] = data.draw(st.integers(0, 255))
    told = ""
    try:
        pixels = read(path, bytes(changed[: data.draw(st.integers(0, len(seed)))]))
        assert pixels.dtype in (np.uint8, np.uint16, np.float32)
    except TargetError as error:
        told = str(error)
    assert "\n" not in told


LARGE = [
    (suffix, size)
    for suffix in ("png", "jpg", "gif", "tif", "bmp")
    for size in ((7100, 7100), (14000, 14000), (70000, 1))
    if max(size) < 2**16 or suffix in ("png", "bmp")
]


@pytest.mark.parametrize(("suffix", "size"), LARGE, ids=str)
def test_a_picture_that_is_too_large_is_not_unpacked(tmp_path, suffix, size):
    path = tmp_path / f"bomb.{suffix}"
    # A small picture whose header says that it is a large one.
    Image.new("L", (99, 77)).save(path)
    data = path.read_bytes()
    order = "little" if suffix in ("gif", "tif", "bmp") else "big"
    width = 4 if suffix in ("png", "bmp") else 2
    for old, new in zip((99, 77), size, strict=True):
        data = data.replace(old.to_bytes(width, order), new.to_bytes(width, order), 1)
    if suffix == "png":
        data = _with_checksum(data)
    path.write_bytes(data)
    tracemalloc.start()
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = refused(path)
    assert time.process_time() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
    limit = "pixels; the limit is 32 million, and 65536 along a side: make it smaller"
    assert told in (f"has {size[0]} x {size[1]} {limit}", f"has {size[0] * size[1]} {limit}")


def _with_checksum(data):
    return data[:29] + zlib.crc32(data[12:29]).to_bytes(4, "big") + data[33:]


def test_a_file_that_is_too_long_is_not_read(tmp_path):
    path = tmp_path / "a.png"
    path.touch()
    os.truncate(path, 2**30)  # a hole, which takes no room
    assert refused(path) == "has 1024 MiB; the limit is 512 MiB"

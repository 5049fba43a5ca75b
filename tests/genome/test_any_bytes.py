"""Whatever the bytes, a reader gives a genome or says in one short line why it does not."""

import base64
import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fer_jax.genome.files import load_genome
from fer_jax.genome.json_format import write_json
from fer_jax.genome.picbreeder_writer import write_xml, write_zip
from tests.fuzz.round_trips import check
from tests.genome import xml_files
from tests.genome.genomes import small_genome


@functools.cache
def files() -> list[bytes]:
    """Valid files: a small genome and embedded ones, with labels and without, in every format."""
    genomes = [small_genome(), *map(load_genome, ("heart", "panda", "moth"))]
    found = []
    for genome in genomes:
        found += [write_json(genome).encode(), write_zip(genome), write_xml(genome)]
    return found


@given(st.binary(max_size=300))
@example(b"PK\3\4")
@example(b"\xef\xbb\xbf{}")
@example(b"\xff\xfe<")
@example(b'<?xml version="1.0" encoding="utf-32"?><a>')
def test_arbitrary_bytes(data):
    check(data)


@given(st.text(st.sampled_from('<>/="&;[]{}:,.-0159eax \n') | st.characters(), max_size=200))
def test_arbitrary_text(text):
    check(text.encode("utf-8", "surrogatepass"))


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """Flipped bits, bytes that are left out, doubled or taken from another file."""
    valid = st.sampled_from(files())
    damaged = bytearray(draw(valid))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["flip", "cut", "truncate", "double", "splice"])):
            case "flip" if start < len(damaged):
                damaged[start] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del damaged[start:end]
            case "truncate":
                del damaged[start:]
            case "double":
                damaged[end:end] = damaged[start:end]
            case "splice":
                other = draw(valid)
                damaged[start:end] = other[start : start + draw(st.integers(0, 400))]
    return bytes(damaged)


TOKENS = [b"7_5", b"x", b"hue", b"1e999", b"-1", b"null", b"", b"sin(x)", b"hidden", b"\xff", b"\0"]


@st.composite
def changed_files(draw: st.DrawFn) -> bytes:
    """Damage that keeps the form, and so gets further: one word for another, zips unpacked."""
    text = draw(st.sampled_from([file for file in files() if file[:2] != b"PK"]))
    words = draw(st.sampled_from([b'"', b">", b"\n"]))
    parts = text.split(words)
    place = draw(st.integers(0, len(parts) - 1))
    parts[place] = draw(st.sampled_from([*TOKENS, *parts[:200]]))
    text = words.join(parts)
    return xml_files.zipped(("a", text)) if draw(st.booleans()) else text


@given(damaged_files() | changed_files())
def test_damaged_files(data):
    check(data)


@pytest.mark.slow
@settings(max_examples=1000)
@given(damaged_files() | changed_files())
def test_many_damaged_files(data):
    check(data)


# What the fuzzer of tests/fuzz found.
FINDINGS = {
    "a zip on several disks, which Python refuses where it only looks whether it is one": (
        "UEsDAFBLBgcAAAAAAAkAAACAAQAAAABhUEsFBgAAAABBAAEALwAAAL8HAAAAAA=="
    ),
}


@pytest.mark.parametrize("about", FINDINGS)
def test_findings(about):
    assert check(base64.b64decode(FINDINGS[about])) is None


def test_the_valid_files_are_genomes():
    for data in files():
        assert check(data) is not None

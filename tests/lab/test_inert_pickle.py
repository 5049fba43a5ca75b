"""The reader agrees with pickle on what it reads, and runs nothing of what it refuses."""

import contextlib
import os
import pickle
import struct
import subprocess
import time

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fer_jax.errors import NetworkError
from fer_jax.lab.folders import inert_pickle
from fer_jax.lab.folders.inert_pickle import read_inert_pickle
from fer_jax.lab.folders.networks import load_network
from tests.reference import reference_dir

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pickles")


def read(folder, data):
    path = folder / "some.pkl"
    path.write_bytes(data)
    return read_inert_pickle(path)


def refused(folder, data):
    with pytest.raises(NetworkError, match=r"some\.pkl: ") as caught:
        read(folder, data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(value=PLAIN, protocol=st.integers(3, 5))
def test_plain_values_agree_with_pickle(folder, value, protocol):
    assert read(folder, pickle.dumps(value, protocol)) == value


@given(
    array=hnp.arrays(
        st.sampled_from(["<f4", ">f4", "<f8", "<f2", "<i4", ">i8", "u1", "?"]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
    ),
    fortran=st.booleans(),
    protocol=st.integers(3, 4),
)
def test_arrays_agree_with_pickle(folder, array, fortran, protocol):
    array = np.asarray(array, order="F" if fortran else "C")
    came = read(folder, pickle.dumps({"a": [array]}, protocol))["a"][0]
    assert came.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(came, array)


def test_an_array_of_jax(folder):
    array = jnp.arange(6, dtype=jnp.float32).reshape(2, 3)
    came = read(folder, pickle.dumps(array, 4))
    assert isinstance(came, np.ndarray)
    np.testing.assert_array_equal(came, np.asarray(array), strict=True)


class Calls:
    """Pickles as a call of anything."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def test_nothing_that_a_file_names_is_run(folder):
    mark = folder / "was-run"
    hostile = [
        (Calls(os.system, f"touch {mark}"), "posix.system"),
        (Calls(subprocess.getoutput, f"touch {mark}"), "subprocess.getoutput"),
        (Calls(eval, f"open({str(mark)!r}, 'w')"), "builtins.eval"),
        (Calls(exec, f"open({str(mark)!r}, 'w')"), "builtins.exec"),
        (Calls(open, str(mark), "w"), "io.open"),
        ({"a": [Calls(os.mkdir, str(mark))]}, "posix.mkdir"),
        (np.array([Calls(os.system, f"touch {mark}")], dtype=object), None),
        (jnp.float32, "jax"),
    ]
    for value, name in hostile:
        for protocol in (3, 4):
            told = refused(folder, pickle.dumps(value, protocol))
            assert name is None or name in told
    assert not mark.exists()


def test_a_name_is_never_imported(folder):
    (folder / "trap.py").write_text("raise SystemExit('imported')")
    for data in (b"ctrap\nthing\n.", b"\x80\x04\x8c\x04trap\x8c\x05thing\x93."):
        assert "'trap.thing'" in refused(folder, data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "cut short"),
        (b"\x80\x04", "cut short"),
        (b"not a pickle", "damaged"),
        (pickle.dumps("text", 4)[:-1], "cut short"),
        (pickle.dumps("text", 4) + b"more", "goes on behind its end"),
        (b"\x80\x04}K\x01K\x02s.", "a int as a key"),
        (b"\x80\x04(.", "one value"),
        (b"\x80\x04NN.", "one value"),
        (b"\x80\x04a.", "damaged"),
        (b"\x80\x04h\x07.", "damaged"),
        (b"\x80\x04P1\n.", "PERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x04cnumpy\nndarray\n.", "holds 'numpy.ndarray' as a value"),
        (b"\x80\x04cnumpy\nndarray\n(K\x01tR.", "makes no array"),
        (b"\x80\x04K\x01(K\x01tR.", "something that is no name"),
        (b"\x80\x04cnumpy\ndtype\n(\x8c\x02O8\x89\x88tR.", "expected numbers"),
        (b"\x80\x04cnumpy\ndtype\n(\x8c\x02f4\x89\x88tR.", "without data"),
        (b"\x80\x04]\x94h\x00a.", "levels"),
        (b"\x80\x04" + b"(" * 200_000 + b".", "instructions"),
        (b"\x80\x04N" + b"\x85" * 90_000 + b".", "levels"),
        (b"\x80\x04}N" + b"\x85" * 90_000 + b"Ns.", "a tuple as a key"),
    ],
)
def test_what_is_refused(folder, data, told):
    assert told in refused(folder, data)


def test_a_small_file_cannot_ask_for_much(folder):
    # Each level refers ten times to the one below: 10^12 values in 200 bytes.
    bomb = b"\x80\x04]\x94"
    for level in range(12):
        bomb += b"](" + (b"h" + bytes([level])) * 10 + b"e\x94"
    began = time.process_time()
    assert "over 100,000 values" in refused(folder, b"\x80\x04(" + bomb[2:] + b"t.")
    array = pickle.dumps(np.zeros(4, np.float32), 4)
    wrong = array.replace(struct.pack("<BB", 0x4B, 4), struct.pack("<BB", 0x4B, 5), 1)
    assert "bytes of data" in refused(folder, wrong)
    assert time.process_time() - began < 5


@given(data=st.data())
def test_any_damage_is_a_network_error(folder, data):
    whole = pickle.dumps({"a": [np.arange(5.0), "text", (1, None)]}, 4)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[place] ^ data.draw(st.integers(1, 255))
    damaged = whole[:place] + bytes([flipped]) + whole[place + 1 :]
    with contextlib.suppress(NetworkError):
        read(folder, damaged)  # anything else that it raised would fail the test


def test_files_that_cannot_be_read(folder, tmp_path, monkeypatch):
    with pytest.raises(NetworkError, match="cannot be read: No such file"):
        read_inert_pickle(tmp_path / "nothing.pkl")
    with pytest.raises(NetworkError, match="is not a file"):
        read_inert_pickle(tmp_path)
    monkeypatch.setattr(inert_pickle, "MAX_BYTES", 3)
    assert "MiB" in refused(folder, b"\x80\x04N.")


@pytest.mark.golden
@pytest.mark.parametrize("name", ["skull", "butterfly", "apple"])
def test_the_authors_networks(name):
    folder = reference_dir() / "networks"
    golden = np.load(reference_dir() / f"render_{name}.npz")
    for kind, params in (("picbreeder", "params"), ("sgd", "sgd_params")):
        network = load_network(folder / f"{kind}_{name}")
        assert str(network.arch) == str(golden["arch"])
        np.testing.assert_allclose(network.flat_params, golden[params], rtol=0, atol=1e-6)

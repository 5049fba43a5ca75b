import json

import numpy as np
import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.checkpoint import Checkpoint, CheckpointFolder
from fer_jax.lab.folders.formats import Format


def checkpoint(step, since):
    state = {
        ".params": np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::-1],
        ".step": np.array(step, np.int32),
        ".empty": np.zeros((2, 0), np.uint32),
    }
    return Checkpoint(step, state, {"losses": np.full((2, since), np.nan, np.float32)})


@pytest.fixture
def folder(tmp_path):
    folder = CheckpointFolder(tmp_path / "checkpoint")
    folder.save(checkpoint(3, 3))
    return folder


def test_nothing_there(tmp_path):
    assert CheckpointFolder(tmp_path / "checkpoint").load() is None


def test_comes_back_to_the_last_bit(folder):
    folder.save(checkpoint(7, 4))
    loaded, expected = folder.load(), checkpoint(7, 7)
    assert loaded.step == 7
    for came, wanted in ((loaded.state, expected.state), (loaded.records, expected.records)):
        assert set(came) == set(wanted)
        for name, array in wanted.items():
            np.testing.assert_array_equal(came[name], array, strict=True)
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "latest.json",
        "records-3.safetensors",
        "records-7.safetensors",
        "state-7.safetensors",
    ]


def test_a_crash_between_the_two_files_leaves_the_one_before(folder, monkeypatch):
    def fail(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fer_jax.lab.folders.checkpoint.write_json", fail)
    with pytest.raises(OSError, match="No space"):
        folder.save(checkpoint(7, 4))
    assert folder.load().step == 3


@pytest.mark.parametrize("file", ["latest.json", "state-3.safetensors", "records-3.safetensors"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_file_is_named(folder, file, damage):
    path = folder.path / file
    data = path.read_bytes()
    flipped = data[:20] + bytes([data[20] ^ 255]) + data[21:]
    path.write_bytes({"truncated": data[:-9], "flipped": flipped, "empty": b""}[damage])
    with pytest.raises(RunFolderError, match="checkpoint") as caught:
        folder.load()
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(folder):
    (folder.path / "state-3.safetensors").unlink()
    with pytest.raises(RunFolderError, match=r"state-3.safetensors: cannot be read: No such file"):
        folder.load()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", 2, "written by a newer fer_jax"),
        ("version", 0, "version 0 of its format, which this fer_jax does not read"),
        ("format", "other", 'not of the format "fer_jax checkpoint"'),
        ("state", {"file": "../x", "sha256": ""}, "outside of itself"),
        ("state", {}, "does not say what it should"),
        ("step", "many", "does not say what it should"),
    ],
)
def test_what_is_not_ours_is_refused(folder, key, value, message):
    latest = json.loads((folder.path / "latest.json").read_text())
    content = {name: item for name, item in latest.items() if name != "sha256"} | {key: value}
    # With a checksum that is right, as `Format` writes it.
    sealed = Format(content.pop("format"), content.pop("version")).seal(content)
    (folder.path / "latest.json").write_text(json.dumps(sealed))
    with pytest.raises(RunFolderError, match=message):
        folder.load()


def test_records_are_written_once(folder):
    first = (folder.path / "records-3.safetensors").stat().st_mtime_ns
    folder.save(checkpoint(7, 4))
    # Another process goes on, as after a crash.
    later = CheckpointFolder(folder.path)
    assert later.load().records["losses"].shape == (2, 7)
    later.save(checkpoint(9, 2))
    assert later.load().records["losses"].shape == (2, 9)
    assert (folder.path / "records-3.safetensors").stat().st_mtime_ns == first


def test_remove(folder):
    folder.remove()
    assert not folder.path.exists()
    folder.remove()

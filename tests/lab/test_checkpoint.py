import json

import numpy as np
import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.checkpoint import Checkpoint, CheckpointFolder


def checkpoint(step):
    state = {
        ".params": np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::-1],
        ".step": np.array(step, np.int32),
        ".empty": np.zeros((2, 0), np.uint32),
    }
    return Checkpoint(step, state, {"losses": np.full((2, step), np.nan, np.float32)})


@pytest.fixture
def folder(tmp_path):
    folder = CheckpointFolder(tmp_path / "checkpoint")
    folder.save(checkpoint(3))
    return folder


def test_nothing_there(tmp_path):
    assert CheckpointFolder(tmp_path / "checkpoint").load() is None


def test_comes_back_to_the_last_bit(folder):
    folder.save(checkpoint(7))
    loaded, expected = folder.load(), checkpoint(7)
    assert loaded.step == 7
    for came, wanted in ((loaded.state, expected.state), (loaded.records, expected.records)):
        assert set(came) == set(wanted)
        for name, array in wanted.items():
            np.testing.assert_array_equal(came[name], array, strict=True)
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "latest.json",
        "step-7.safetensors",
    ]


def test_a_crash_between_the_two_files_leaves_the_one_before(folder, monkeypatch):
    def fail(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fer_jax.lab.checkpoint.write_json", fail)
    with pytest.raises(OSError, match="No space"):
        folder.save(checkpoint(7))
    assert folder.load().step == 3


@pytest.mark.parametrize("file", ["latest.json", "step-3.safetensors"])
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
    (folder.path / "step-3.safetensors").unlink()
    with pytest.raises(RunFolderError, match=r"step-3.safetensors: is missing"):
        folder.load()


@pytest.mark.parametrize(
    ("key", "value"), [("version", 2), ("format", "other"), ("file", "../x"), ("step", "many")]
)
def test_another_format_is_refused(folder, key, value):
    latest = json.loads((folder.path / "latest.json").read_text())
    (folder.path / "latest.json").write_text(json.dumps(latest | {key: value}))
    with pytest.raises(RunFolderError):
        folder.load()


def test_remove(folder):
    folder.remove()
    assert not folder.path.exists()
    folder.remove()

import errno
import json
import os

import pytest

from fer_jax.lab.folders import atomic
from fer_jax.lab.folders.atomic import remove_parts, write_bytes, write_json
from tests.lab.faults import FaultyOs, disk_error


def test_replaces_what_was_there_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "file"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_content(tmp_path, monkeypatch, call):
    path = tmp_path / "file"
    write_bytes(path, b"old")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_rename_that_may_not_last_is_told(tmp_path, monkeypatch):
    folders = FaultyOs(-1, lambda: None)
    write_bytes(tmp_path / "file", b"old")
    monkeypatch.setattr(atomic, "os", folders)
    write_bytes(tmp_path / "file", b"old")
    flush = folders.calls - 1
    monkeypatch.setattr(atomic, "os", FaultyOs(flush, disk_error(errno.EIO)))
    with pytest.raises(OSError, match="Input/output"):
        write_bytes(tmp_path / "file", b"new")
    # Whereas some file systems do not flush folders at all.
    monkeypatch.setattr(atomic, "os", FaultyOs(flush, disk_error(errno.EINVAL)))
    write_bytes(tmp_path / "file", b"newer")
    assert (tmp_path / "file").read_bytes() == b"newer"


def test_what_killed_processes_left_aside_is_removed_and_nothing_else(tmp_path):
    for name in (".file.0123abcd.part", ".file", "file.part", ".other.99.part"):
        (tmp_path / name).touch()
    remove_parts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".file", "file.part"]
    remove_parts(tmp_path / "nowhere")


def test_json_holds_no_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "file", {"value": float("nan")})
    write_json(tmp_path / "file", {"value": 1})
    assert json.loads((tmp_path / "file").read_text()) == {"value": 1}

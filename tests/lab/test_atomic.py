import json
import os

import pytest

from fer_jax.lab.atomic import write_bytes, write_json


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


def test_json_holds_no_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "file", {"value": float("nan")})
    write_json(tmp_path / "file", {"value": 1})
    assert json.loads((tmp_path / "file").read_text()) == {"value": 1}

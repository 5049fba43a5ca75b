import pytest

from tests import reference
from tests.reference import reference_dir


def test_a_named_folder_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_JAX_REFERENCE", str(tmp_path))
    assert reference_dir() == tmp_path
    monkeypatch.setenv("FER_JAX_REFERENCE", str(tmp_path / "nowhere"))
    with pytest.raises(pytest.fail.Exception, match="nowhere', which is no folder"):
        reference_dir()


def test_then_the_one_beside_the_project_then_the_users(tmp_path, monkeypatch):
    beside, users = tmp_path / "shared" / "reference", tmp_path / "data" / "reference"
    monkeypatch.delenv("FER_JAX_REFERENCE", raising=False)
    monkeypatch.setattr(reference, "_PROJECT", tmp_path / "project")
    monkeypatch.setattr(
        reference.platformdirs, "user_data_dir", lambda name: str(tmp_path / "data")
    )
    with pytest.raises(pytest.skip.Exception, match=r"set FER_JAX_REFERENCE, or put them into"):
        reference_dir()
    users.mkdir(parents=True)
    assert reference_dir() == users
    beside.mkdir(parents=True)
    assert reference_dir() == beside

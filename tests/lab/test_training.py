import numpy as np
import pytest

from fer_jax.lab.folders.checkpoint import CheckpointFolder
from fer_jax.lab.runs import training
from fer_jax.lab.runs.training import drive
from tests.lab.small_runs import FakeSearch, Killed

STEPS = 200


@pytest.fixture
def folder(tmp_path):
    return CheckpointFolder(tmp_path / "checkpoint")


@pytest.fixture
def expected():
    search = FakeSearch((0, 1))
    state, records = search.advance(search.start(), STEPS)
    return search.result(state, records)


def same(found, expected):
    for came, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(came, wanted, strict=True)


@pytest.mark.parametrize("first_chunk", [1, 7, 10_000])
def test_the_length_of_chunks_does_not_matter(folder, expected, monkeypatch, first_chunk):
    monkeypatch.setattr(training, "FIRST_CHUNK", first_chunk)
    told = []
    same(
        drive(FakeSearch((0, 1)), STEPS, folder, on_chunk=lambda done, *_: told.append(done)),
        expected,
    )
    assert told[0] == 0
    assert told[-1] == STEPS
    assert folder.load() is None


def test_a_killed_search_goes_on_from_its_checkpoint(folder, expected):
    with pytest.raises(Killed):
        drive(FakeSearch((0, 1), kill_at=70), STEPS, folder, checkpoint_seconds=0)
    saved = folder.load().step
    assert 0 < saved <= 70
    search, notes = FakeSearch((0, 1)), []
    same(drive(search, STEPS, folder, checkpoint_seconds=0, note=notes.append), expected)
    assert search.advanced == STEPS - saved
    assert notes == [f"goes on from step {saved}"]


def test_a_damaged_checkpoint_is_told_and_left_aside(folder, expected):
    with pytest.raises(Killed):
        drive(FakeSearch((0, 1), kill_at=70), STEPS, folder, checkpoint_seconds=0)
    (folder.path / "latest.json").write_text("{")
    search, notes = FakeSearch((0, 1)), []
    same(drive(search, STEPS, folder, note=notes.append), expected)
    assert search.advanced == STEPS
    assert "starts over" in notes[0]

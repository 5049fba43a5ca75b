"""How runs stand: `fer-jax status`, and what sweeps have yet to do."""

import json
import math
import shutil
from pathlib import Path

import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.checkpoint import FORMAT as CHECKPOINT_FORMAT
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.launch.sweep_record import SweepRecord
from fer_jax.lab.runs.run_states import RunState, counts, seconds_left, states_of
from fer_jax.lab.runs.runner import execute
from tests.lab.small_runs import Killed, fake_config


@pytest.fixture
def study(tmp_path, fake_method):
    """A sweep of five, of which the first was done, the second failed and the third was killed."""
    configs = [fake_config(tmp_path, steps=40 + n, checkpoint_seconds=0.0) for n in range(5)]
    SweepRecord(configs).write()
    execute(configs[0])
    fake_method["fail_at"] = 20
    execute(configs[1])
    del fake_method["fail_at"]
    fake_method["kill_at"] = 30
    with pytest.raises(Killed):
        execute(configs[2])
    del fake_method["kill_at"]
    return tmp_path / "outputs"


def test_each_run_of_a_sweep_stands_somewhere(study):
    states = states_of(study)
    assert counts(states) == {"done": 1, "stopped": 1, "failed": 1, "planned": 2}
    told = {one.state: one for one in states}
    assert 0 < told["stopped"].share < 1
    assert "the machine is tired" in told["failed"].told
    assert told["failed"].told.endswith("log.txt")
    assert told["planned"].label == "fake · hill.json"
    assert seconds_left(states) > 0


def test_a_run_whose_lock_is_held_is_at_work(study):
    (stopped,) = (one for one in states_of(study) if one.state == "stopped")
    with locked(Path(stopped.folder), wait=False, on_wait=lambda: None):
        (running,) = (one for one in states_of(study) if one.state == "running")
    assert running.folder == stopped.folder
    assert running.seconds >= 0


def test_planned_runs_are_counted_until_they_are_there(study, tmp_path):
    configs = [fake_config(tmp_path, steps=40 + n) for n in range(5)]
    for config in configs[2:]:
        execute(config)
    assert counts(states_of(study)) == {"done": 4, "failed": 1}


def test_runs_that_are_there_by_another_name_are_known_once_the_sweep_has_ended(
    tmp_path, fake_method
):
    first = execute(fake_config(tmp_path))
    other = str(shutil.copy(tmp_path / "hill.json", tmp_path / "other.json"))
    same = fake_config(tmp_path, target=other)
    record = SweepRecord([same])
    record.write()
    assert counts(states_of(tmp_path)) == {"done": 1, "planned": 1}
    again = execute(same)
    assert (again.state, again.folder) == ("skipped", first.folder)
    record.write([again])
    assert counts(states_of(tmp_path)) == {"done": 1}


def test_damage_is_named_and_a_damaged_record_is_left_out(study):
    (path,) = (study / ".sweeps").iterdir()
    path.write_text(path.read_text()[:-20])
    (done,) = (one for one in states_of(study) if one.state == "done")
    (Path(done.folder) / "status.json").write_bytes(b"{")
    states = states_of(study)
    assert counts(states) == {"stopped": 1, "failed": 1, "corrupt": 1}
    assert any("status.json" in one.told for one in states)


def test_a_checkpoint_that_cannot_be_read_counts_for_nothing(study):
    (stopped,) = (one for one in states_of(study) if one.state == "stopped")
    latest = Path(stopped.folder) / "checkpoint" / "latest.json"
    latest.write_text(json.dumps(CHECKPOINT_FORMAT.seal({"step": "many"})))
    (stopped,) = (one for one in states_of(study) if one.state == "stopped")
    assert stopped.share == 0


def test_where_nothing_is_it_is_told(tmp_path):
    with pytest.raises(RunFolderError, match="holds no run folder"):
        states_of(tmp_path)


@pytest.mark.parametrize(
    ("states", "seconds"),
    [
        ([], 0.0),
        ([("done", 1.0, 10.0)], 0.0),
        ([("planned", 0.0, math.nan)], math.nan),
        ([("done", 1.0, 10.0), ("done", 1.0, 30.0), ("planned", 0.0, math.nan)], 20.0),
        ([("running", 0.25, 10.0)], 30.0),
        ([("done", 1.0, 40.0), ("running", 0.5, 9.0), ("running", 0.5, 9.0)], 20.0),
        ([("done", 1.0, 40.0), ("failed", 0.0, math.nan)], 0.0),
    ],
)
def test_the_time_left_follows_from_what_runs_took(states, seconds):
    told = seconds_left([RunState(state, "", "", share, took) for state, share, took in states])
    assert told == pytest.approx(seconds, nan_ok=True)

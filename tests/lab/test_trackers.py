import struct
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fer_jax.errors import ConfigError
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS, RunFolder
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import TRACKERS, RunConfig
from fer_jax.lab.trackers import registry as trackers
from fer_jax.lab.trackers.registry import chunk_numbers, final_numbers, tracking
from fer_jax.lab.trackers.writer import Followed
from tests.lab.small_runs import METRIC, Killed, fake_config


def events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """(step, value) by name, of all event files in the order in which they were begun."""
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.glob("events.*")):
        data = path.read_bytes()
        while data:  # a record: its length, a checksum of that, itself, a checksum of that
            (length,) = struct.unpack("<Q", data[:8])
            event = Event.FromString(data[12 : 12 + length])
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
            data = data[12 + length + 4 :]
    return found


def test_the_configuration_offers_what_there_is():
    assert (trackers.NONE, *trackers.TRACKERS) == TRACKERS
    with pytest.raises(ConfigError, match="tracker is 'wandbb'; did you mean 'wandb'"):
        RunConfig(target="sunrise", tracker="wandbb").check()


def test_quartiles_are_of_each_seeds_last_finite_value():
    losses = np.array([[4.0, 2.0], [3.0, np.nan], [np.nan, np.nan], [5.0, 8.0]])
    ended = {"diverged": np.array([False, True, True, False])}
    assert chunk_numbers({"losses": losses}, ended) == {
        "losses/lower": 2.5,
        "losses/median": 3.0,
        "losses/upper": 5.5,
        "seeds/diverged": 2.0,
    }
    assert chunk_numbers({"losses": np.empty((2, 0))}, {}) == {}


def test_final_numbers_are_of_whole_networks_and_finite():
    rows = [
        ("run", seed, layer, metric, "1", value, "")
        for seed in (0, 1)
        for layer, metric, value in (
            (None, "fracture", 0.2 + 0.2 * seed),
            (1, "fracture", 9.0),
            (None, "spread", np.nan),
        )
    ]
    table = pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)
    told = final_numbers(table)
    assert list(told) == [f"final/fracture/{which}" for which in ("mean", "low", "high")]
    assert told["final/fracture/mean"] == pytest.approx(0.3)


def test_a_run_without_a_tracker_writes_nothing_more(tmp_path, fake_method):
    folder = Path(execute(fake_config(tmp_path)).folder)
    assert not {"tensorboard", "wandb"} & {entry.name for entry in folder.iterdir()}


def test_tensorboard_holds_chunks_and_final_metrics(tmp_path, fake_method):
    outcome = execute(fake_config(tmp_path, tracker="tensorboard"))
    assert outcome.state == "done"
    folder = Path(outcome.folder)
    told = events(folder / "tensorboard")
    steps = [step for step, _ in told["losses/median"]]
    assert steps[-1] == 40
    assert steps == sorted(steps)
    with np.load(folder / "curves.npz") as curves:
        expected = np.quantile(curves["losses"][:, -1], 0.25)
    assert told["losses/lower"][-1][1] == pytest.approx(expected, rel=1e-6)
    ((step, value),) = told[f"final/{METRIC}/mean"]
    readings = RunFolder(folder).metrics()
    assert step == 40
    assert value == pytest.approx(readings.loc[readings["metric"] == METRIC, "value"].mean())


def test_a_tracker_decides_nothing(tmp_path, fake_method):
    config = fake_config(tmp_path)
    assert execute(config).state == "done"
    config.tracker = "tensorboard"
    again = execute(config)
    assert again.state == "skipped"
    assert not (Path(again.folder) / "tensorboard").exists()
    config.output_dir = str(tmp_path / "others")
    other = execute(config)
    assert Path(other.folder).name == Path(again.folder).name
    listed = RunFolder(Path(other.folder)).status["files"]
    assert not [name for name in listed if "tensorboard" in name]
    (Path(other.folder) / "tensorboard" / "more").write_text("anything")
    assert execute(config).state == "skipped"


def test_a_run_that_goes_on_hides_the_steps_it_takes_again(tmp_path, fake_method):
    config = fake_config(tmp_path, tracker="tensorboard", checkpoint_steps=10)
    fake_method["kill_at"] = 25
    with pytest.raises(Killed):
        execute(config)
    fake_method["kill_at"] = -1
    outcome = execute(config)
    folder = Path(outcome.folder) / "tensorboard"
    assert len(list(folder.glob("events.*"))) == 2
    steps = [step for step, _ in events(folder)["losses/median"]]
    assert steps[-1] == 40
    assert 20 in steps


def test_a_tracker_that_fails_is_told_and_left(tmp_path):
    told = []
    (tmp_path / "tensorboard").write_text("no folder")
    with tracking("tensorboard", Followed(tmp_path, "run", {"steps": 5}), told.append) as run:
        for done in (1, 2):
            run.on_chunk(done, {"losses": np.ones((2, 1))}, {})
    (line,) = told
    assert line.startswith("tensorboard is left, the run goes on: NotADirectoryError: ")


@pytest.mark.parametrize("name", list(trackers.TRACKERS))
def test_a_missing_package_is_one_line_that_names_the_extra(tmp_path, monkeypatch, name):
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda package: None)
    with pytest.raises(ConfigError, match=rf"tracker is {name}.*pip install 'fer-jax\[{name}\]'"):
        execute(fake_config(tmp_path, method="genome", tracker=name))
    assert not (tmp_path / "outputs").exists()


class FakeWandb(SimpleNamespace):
    """As much of the package as is used, with a list of what was asked of it."""

    def __init__(self):
        super().__init__(asked=[])

    def Settings(self, **settings):
        return settings

    def init(self, **arguments):
        self.asked.append(("init", arguments))
        return self

    def define_metric(self, name, step_metric):
        self.asked.append(("define_metric", name, step_metric))

    def log(self, numbers):
        self.asked.append(("log", numbers))

    def finish(self, exit_code):
        self.asked.append(("finish", exit_code))


@pytest.mark.parametrize(("mode", "expected"), [(None, "offline"), ("online", "online")])
def test_wandb_is_offline_unless_told_otherwise(tmp_path, fake_method, monkeypatch, mode, expected):
    fake = FakeWandb()
    monkeypatch.setitem(sys.modules, "wandb", fake)
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda package: fake)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    if mode:
        monkeypatch.setenv("WANDB_MODE", mode)
    folder = Path(execute(fake_config(tmp_path, tracker="wandb")).folder)
    (_, asked), *_ = fake.asked
    assert (asked["mode"], asked["dir"], asked["id"]) == (expected, str(folder), folder.name)
    assert asked["config"]["steps"] == 40
    logged = [entry[1] for entry in fake.asked if entry[0] == "log"]
    assert logged[-1]["step"] == 40
    assert f"final/{METRIC}/mean" in logged[-1]
    assert fake.asked[-1] == ("finish", 0)

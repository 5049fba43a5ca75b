"""Scores are made anew from what is saved: nothing is trained, and nothing else is changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fer_jax import cli
from fer_jax.errors import ConfigError
from fer_jax.lab.folders.formats import digest_of
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.folders.run_folder import RUN_FORMAT, RunFolder
from fer_jax.lab.runs import readings as lab_readings
from fer_jax.lab.runs import rescore as lab_rescore
from fer_jax.lab.runs.rescore import rescore
from fer_jax.lab.runs.runner import execute
from fer_jax.metrics import scoring
from fer_jax.metrics.registry import METRICS
from tests.lab.small_runs import METRIC, fake_config


def whole(folder):
    """All files but those that tell of scores."""
    left_out = ("status.json", "metrics.parquet")
    return {p.name: p.read_bytes() for p in Path(folder).iterdir() if p.name not in left_out}


def set_version(patch, version):
    """Let the metric be of a version, wherever it is looked up."""
    metrics = {**METRICS, METRIC: replace(METRICS[METRIC], version=version)}
    for module in (lab_readings, lab_rescore, scoring):
        patch.setattr(module, "METRICS", metrics)


@pytest.fixture
def newer(monkeypatch):
    """The metric has a new version."""
    set_version(monkeypatch, "99")


def test_a_new_version_scores_again_without_training(tmp_path, fake_method, newer, monkeypatch):
    with monkeypatch.context() as before:
        set_version(before, "98")
        done = execute(fake_config(tmp_path))
    kept, trained = whole(done.folder), len(fake_method["made"])
    (tmp_path / "hill.json").unlink()  # the folder alone is enough
    (told,) = rescore(tmp_path)
    assert (told.folder, told.state) == (done.folder, "rescored")
    table = RunFolder(Path(done.folder)).metrics()
    assert set(table.loc[table["metric"] == METRIC, "metric_version"]) == {"99"}
    assert len(fake_method["made"]) == trained
    assert whole(done.folder) == kept
    (told,) = rescore(tmp_path)
    assert told.state == "current"


def test_metrics_can_be_added_and_all_made_anew(tmp_path, fake_method):
    done = execute(fake_config(tmp_path))
    (told,) = rescore(tmp_path, [METRIC, "live_parameters"])
    assert told.state == "rescored"
    assert {METRIC, "live_parameters"} <= set(RunFolder(Path(done.folder)).metrics()["metric"])
    assert rescore(tmp_path)[0].state == "current"
    assert rescore(tmp_path, anew=True)[0].state == "rescored"
    with pytest.raises(ConfigError, match="did you mean 'fracture'"):
        rescore(tmp_path, ["fractur"])


def test_what_cannot_be_scored_is_told_and_the_rest_goes_on(tmp_path, fake_method, newer):
    damaged = execute(fake_config(tmp_path, steps=20))
    busy = execute(fake_config(tmp_path, steps=21))
    fake_method["fail_at"] = 3
    execute(fake_config(tmp_path, steps=22))
    del fake_method["fail_at"]
    (Path(damaged.folder) / "networks.safetensors").write_bytes(b"")
    for outcome in (damaged, busy):
        (Path(outcome.folder) / "metrics.parquet").unlink()
    with locked(Path(busy.folder), wait=False, on_wait=lambda: None):
        told = {one.folder: one for one in rescore(tmp_path)}
    assert told[damaged.folder].state == "failed"
    assert "networks.safetensors" in told[damaged.folder].told
    assert told[busy.folder].state == "busy"
    assert sorted(one.state for one in told.values()) == ["busy", "failed", "unfinished"]
    assert cli.main(["rescore", str(tmp_path)]) == 1


def test_a_run_of_before_there_was_a_copy_of_its_target(tmp_path, fake_method, newer):
    done = Path(execute(fake_config(tmp_path)).folder)
    (done / "target.json").unlink()
    status = json.loads((done / "status.json").read_text())
    status = {k: v for k, v in status.items() if k not in ("format", "version", "sha256")}
    del status["files"]["target.json"]
    (done / "metrics.parquet").unlink()
    (done / "status.json").write_text(json.dumps(RUN_FORMAT.seal(status)))
    assert rescore(tmp_path)[0].state == "rescored"
    assert digest_of((done / "metrics.parquet").read_bytes())
    (tmp_path / "hill.json").write_text((tmp_path / "hill.json").read_text().replace("1.5", "1.6"))
    (told,) = rescore(tmp_path, anew=True)
    assert told.state == "failed"
    assert "is no longer what it was" in told.told

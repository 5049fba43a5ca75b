import json
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import yaml

from fer_jax.errors import ConfigError, RunFolderError
from fer_jax.genome.target import load_target
from fer_jax.lab.folders import run_writer
from fer_jax.lab.folders.contents import genomes_in, networks_in
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS, RunFolder
from fer_jax.lab.runs import readings, runner, score_found
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from tests.lab.small_runs import ARCH, METRIC, Killed, fake_config, genome_file, small_genome


def contents(path):
    """Every file of a run, but for what tells times."""
    return {
        file.name: file.read_bytes()
        for file in path.iterdir()
        if file.name not in ("status.json", "environment.json")
    }


def folder_of(outcome):
    return RunFolder(Path(outcome.folder))


def test_a_run_leaves_a_whole_folder(tmp_path, fake_method):
    outcome = execute(fake_config(tmp_path), ["target=hill", "seeds=3"])
    assert outcome.state == "done"
    run = folder_of(outcome)
    assert sorted(path.name for path in run.path.iterdir()) == [
        ".lock",
        "config.yaml",
        "curves.npz",
        "environment.json",
        "metrics.parquet",
        "networks.safetensors",
        "overrides.yaml",
        "status.json",
        "target.json",
        "target.png",
    ]
    assert run.id == run.path.name
    assert run.state == "done"
    assert run.config["target_name"] == "hill"
    assert run.config["seeds"] == [0, 1, 2]
    assert yaml.safe_load((run.path / "overrides.yaml").read_text()) == ["target=hill", "seeds=3"]
    assert run.seed_status == {0: "ok", 1: "ok", 2: "ok"}
    seeds, losses = run.losses()
    assert seeds.tolist() == [0, 1, 2]
    assert losses.shape == (3, 40)
    assert [(seed, network.arch) for seed, network in networks_in(run)] == [
        (0, ARCH),
        (1, ARCH),
        (2, ARCH),
    ]
    assert genomes_in(run) == []
    target = load_target(small_genome(), 8).image
    np.testing.assert_allclose(run.target_image(), target, atol=0.5 / 255 + 1e-6)
    environment = json.loads((run.path / "environment.json").read_text())
    assert environment["packages"]["jax"]
    assert environment["precision"]["scoring"] == "highest"
    frame = run.metrics()
    assert list(frame.columns) == list(METRIC_COLUMNS)
    assert sorted(set(frame["metric"])) == ["loss", METRIC]
    assert len(frame) == 6


def test_a_done_run_is_skipped(tmp_path, fake_method, capsys):
    first = execute(fake_config(tmp_path))
    before = contents(folder_of(first).path)
    second = execute(fake_config(tmp_path))
    assert (second.state, second.folder) == ("skipped", first.folder)
    assert fake_method["made"][1].advanced == 0
    assert contents(folder_of(first).path) == before
    assert "already done, skipped" in capsys.readouterr().err


def test_other_scores_train_nothing(tmp_path, fake_method):
    first = execute(fake_config(tmp_path))
    environment = (folder_of(first).path / "environment.json").read_bytes()
    second = execute(fake_config(tmp_path, score_size=12))
    assert (second.state, second.folder) == ("done", first.folder)
    assert fake_method["made"][1].advanced == 0
    assert folder_of(second).status["scoring"]["score_size"] == 12
    assert (folder_of(second).path / "environment.json").read_bytes() == environment
    assert execute(fake_config(tmp_path, score_size=12)).state == "skipped"


def test_a_new_version_of_a_metric_scores_again(tmp_path, fake_method, monkeypatch):
    execute(fake_config(tmp_path))
    real = readings.scoring_of

    def newer(config):
        scoring = real(config)
        return readings.Scoring({METRIC: "newer"}, scoring.score_size, scoring.score_key)

    monkeypatch.setattr(runner, "scoring_of", newer)
    outcome = execute(fake_config(tmp_path))
    assert outcome.state == "done"
    assert fake_method["made"][1].advanced == 0


def test_fewer_metrics_than_there_are_need_nothing(tmp_path, fake_method):
    execute(fake_config(tmp_path, metrics=[METRIC, "fracture"]))
    assert execute(fake_config(tmp_path, metrics=["fracture"])).state == "skipped"


@pytest.mark.parametrize("file", ["networks.safetensors", "config.yaml", "status.json"])
def test_a_damaged_run_is_made_anew(tmp_path, fake_method, file):
    first = execute(fake_config(tmp_path))
    before = contents(folder_of(first).path)
    (folder_of(first).path / "metrics.parquet").unlink()
    (folder_of(first).path / file).write_bytes(b"")
    if file == "config.yaml":
        (folder_of(first).path / file).unlink()
    assert execute(fake_config(tmp_path)).state == "done"
    # What the run was asked for is known; networks are not, unless a status says that they are.
    assert fake_method["made"][1].advanced == (0 if file == "config.yaml" else 40)
    assert contents(folder_of(first).path) == before


def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(tmp_path, fake_method):
    elsewhere = tmp_path / "elsewhere"
    undisturbed = execute(fake_config(tmp_path, output_dir=str(elsewhere), steps=100))
    fake_method["kill_at"] = 60
    config = fake_config(tmp_path, steps=100, checkpoint_seconds=0.0)
    with pytest.raises(Killed):
        execute(config)
    (path,) = (tmp_path / "outputs").iterdir()
    assert RunFolder(path).state == "running"
    assert (path / "checkpoint" / "latest.json").exists()
    del fake_method["kill_at"]
    resumed = execute(config)
    assert 0 < fake_method["made"][-1].advanced < 100
    assert contents(folder_of(resumed).path) == contents(folder_of(undisturbed).path)


def test_a_failure_is_kept_with_its_traceback_and_can_be_retried(tmp_path, fake_method, capsys):
    fake_method["fail_at"] = 20
    outcome = execute(fake_config(tmp_path))
    assert outcome.state == "failed"
    assert outcome.error == "ArithmeticError: the machine is tired"
    assert not outcome.mistake
    run = folder_of(outcome)
    assert run.state == "failed"
    assert run.status["error"] == outcome.error
    log = (run.path / "log.txt").read_text()
    assert outcome.log == str(run.path / "log.txt")
    assert "Traceback" in log
    assert "in advance" in log
    assert "Traceback" not in capsys.readouterr().err
    del fake_method["fail_at"]
    left = execute(fake_config(tmp_path))
    assert (left.state, left.log) == ("failed", outcome.log)
    assert "not tried again without retry_failed=true: ArithmeticError" in left.error
    assert execute(fake_config(tmp_path, retry_failed=True)).state == "done"
    assert not (run.path / "log.txt").exists()


def test_a_failure_in_scoring_costs_no_training(tmp_path, fake_method, monkeypatch):
    def fail(*args):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(score_found, "read_all", fail)
        outcome = execute(fake_config(tmp_path))
    assert outcome.error == "MemoryError"
    assert execute(fake_config(tmp_path, retry_failed=True)).state == "done"
    assert fake_method["made"][-1].advanced == 0


def test_a_full_disk_gives_the_first_error(tmp_path, fake_method, monkeypatch):
    fake_method["fail_at"] = 20

    def fail(*args):
        raise OSError(28, "No space left on device")

    real = run_writer.RunWriter.open

    def open_and_fill(self, *args, **kwargs):
        real(self, *args, **kwargs)
        monkeypatch.setattr(run_writer, "write_text", fail)

    monkeypatch.setattr(run_writer.RunWriter, "open", open_and_fill)
    outcome = execute(fake_config(tmp_path))
    assert outcome.error.startswith("ArithmeticError: the machine is tired; and its log could not")
    assert outcome.log == ""


def test_a_folder_that_cannot_be_written(tmp_path, fake_method):
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match="cannot be written: "):
        execute(fake_config(tmp_path, output_dir=str(tmp_path / "file")))


def test_a_diverged_seed_keeps_its_rows(tmp_path, fake_method):
    fake_method["diverge"] = (1,)
    run = folder_of(execute(fake_config(tmp_path)))
    assert run.seed_status == {0: "ok", 1: "diverged", 2: "ok"}
    assert [seed for seed, _ in networks_in(run)] == [0, 2]
    frame = run.metrics()
    lost = frame[frame["seed"] == 1]
    assert sorted(lost["metric"]) == ["loss", METRIC]
    assert lost["value"].isna().all()
    assert set(lost["reason"]) == {"diverged at step 10"}
    # And scoring again remembers it.
    execute(fake_config(tmp_path, score_size=12))
    assert RunFolder(run.path).metrics()["reason"].tolist().count("diverged at step 10") == 2


def test_the_genome_itself(tmp_path):
    config = fake_config(tmp_path, method="genome")
    run = folder_of(execute(config))
    assert genomes_in(run) == [small_genome()]
    assert networks_in(run) == []
    assert run.losses() is None
    assert "arch" not in run.config
    frame = run.metrics()
    assert frame["seed"].isna().all()
    assert frame.loc[frame["metric"] == "loss", "value"].tolist() == [0.0]


def test_a_genome_is_needed_where_it_is_scored_or_gives_the_arch(tmp_path):
    path = tmp_path / "flat.png"
    iio.imwrite(path, np.zeros((8, 8, 3), np.uint8))
    config = RunConfig(target=str(path), size=8, output_dir=str(tmp_path / "out"))
    with pytest.raises(ConfigError, match="arch is missing, and the target 'flat' is no genome"):
        execute(config)
    config.method = "genome"
    with pytest.raises(ConfigError, match="method=genome scores the genome that draws the target"):
        execute(config)
    assert not (tmp_path / "out").exists()


def test_sgd_end_to_end(tmp_path):
    config = fake_config(tmp_path, method="sgd", arch="relu:2x1", seeds=2, steps=5)
    run = folder_of(execute(config))
    assert run.config["arch"] == "relu:2x1"
    assert run.losses()[1].shape == (2, 5)
    assert run.seed_status == {0: "ok", 1: "ok"}
    frame = run.metrics()
    losses = frame.loc[frame["metric"] == "loss", "value"].to_numpy()
    # The last loss was read before the last step, so they are near and not equal.
    np.testing.assert_allclose(losses, run.losses()[1][:, -1], rtol=0.2)


def test_without_an_arch_the_genome_gives_its_own(tmp_path):
    config = fake_config(tmp_path, method="sgd", seeds=1, steps=2)
    assert folder_of(execute(config)).config["arch"] == "2/cache:4/gaussian:1/identity:2"
    assert genome_file(tmp_path).exists()

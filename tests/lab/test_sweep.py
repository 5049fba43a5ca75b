import pytest

from fer_jax.errors import ConfigError, ConfigWarning, TargetError
from fer_jax.genome.library import evolved_names
from fer_jax.lab.launch import sweep
from fer_jax.lab.settings import compose
from tests.lab.small_runs import METRIC, genome_file


def plan(*overrides, multirun=True):
    with compose.hydra():
        return sweep.make_plan(overrides, multirun=multirun)


def settings(plan, *keys):
    return [tuple(getattr(job.config, key) for key in keys) for job in plan.jobs]


def test_the_demo_has_each_genome_once_and_each_arch_on_each_target():
    found = plan("experiment=demo")
    assert found.is_sweep
    methods = [method for (method,) in settings(found, "method")]
    assert methods == ["genome"] * 2 + ["sgd"] * 4
    assert len(set(settings(found, "target", "arch", "method"))) == 6
    assert set(settings(found, "seeds", "size", "output_dir")) == {(8, 64, "outputs/demo")}


def test_own_elites_has_each_method_on_each_evolved_genome():
    found = plan("experiment=own_elites")
    assert len(found.jobs) == 4 * len(evolved_names())
    assert {target for (target,) in settings(found, "target")} == set(evolved_names())
    assert set(settings(found, "method", "steps")) >= {("es", 500), ("neat", 200)}
    assert set(settings(found, "size", "seeds", "target_loss")) == {(64, 8, 1e-3)}


def test_the_experiment_of_the_breeder_sweeps_over_its_taste():
    found = plan("experiment=breeder")
    assert [weight for (weight,) in settings(found, "regularity_weight")] == [0, 0.1, 0.25, 0.5, 1]
    of_all = settings(found, "method", "way", "size", "seeds", "steps", "preset")
    assert set(of_all) == {("open_ended", "breeder", 32, 8, 400, "picbreeder")}


def test_scaling_width_has_four_widths_for_as_many_steps_and_the_genome_once():
    found = plan("experiment=scaling_width")
    assert [method for (method,) in settings(found, "method")] == ["genome"] + ["sgd"] * 4
    arches = {arch for method, arch in settings(found, "method", "arch") if method == "sgd"}
    assert arches == {f"relu:{width}x4" for width in (12, 24, 48, 96)}
    of_all = set(settings(found, "target", "size", "seeds", "steps", "output_dir"))
    assert of_all == {("moth", 64, 8, 2000, "outputs/scaling_width")}


def test_an_experiment_that_sweeps_needs_no_flag():
    assert plan("experiment=demo", multirun=False).is_sweep


def test_what_is_typed_replaces_the_values_of_the_experiment():
    found = plan("experiment=demo", "arch=tanh:2x1", "method=sgd", "steps=7")
    assert len(found.jobs) == 2
    assert set(settings(found, "arch", "steps")) == {("tanh:2x1", 7)}
    assert len(plan("experiment=demo", "target=a,b,c").jobs) == 3 + 6


def test_a_sweep_is_the_product_of_its_values():
    found = plan("target=a", "arch=relu:2x1,relu:3x1", "learning_rate=1e-3,1e-2")
    assert (
        sorted(settings(found, "arch", "learning_rate"))
        == [
            ("relu:2x1", 1e-3),
            ("relu:2x1", 1e-2),
            ("relu:3x1", 1e-3),
            ("relu:3x1", 1e-2),
        ]
        or len(set(settings(found, "arch", "learning_rate"))) == 4
    )
    assert found.jobs[0].overrides == ("target=a", "arch=relu:2x1", "learning_rate=0.001")


def test_the_same_work_is_done_once():
    with pytest.warns(ConfigWarning, match="seeds=N trains them side by side"):
        assert len(plan("target=a", "method=genome", "seeds=1,2", "steps=3,4").jobs) == 1
    with pytest.warns(ConfigWarning):
        assert len(plan("target=a", "method=sgd", "seeds=[0,1],[1,0],2").jobs) == 1


def test_one_experiment_at_a_time():
    with pytest.raises(ConfigError, match="one experiment at a time"):
        plan("experiment=demo,demo")


def test_a_mistake_anywhere_in_a_sweep_stops_it_before_it_writes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"learning_rate is -1\.0"):
        sweep.run(["target=a", "learning_rate=1e-3,-1", "output_dir=out"], multirun=True)
    assert list(tmp_path.iterdir()) == []


def test_a_single_run_raises_the_users_mistake_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError, match=r"nowhere\.png"):
        sweep.run(["target=nowhere.png", "arch=relu:2x1"])
    assert list(tmp_path.iterdir()) == []


def test_one_bad_job_does_not_end_a_sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep, "prepare", lambda **_: None)
    genome_file(tmp_path)
    overrides = ["method=genome", "target=nowhere.json,hill.json", "output_dir=out"]
    overrides += ["size=8", "score_size=8", f"metrics=[{METRIC}]"]
    outcomes = sweep.run(overrides, multirun=True)
    assert [outcome.state for outcome in outcomes] == ["failed", "done"]
    assert outcomes[0].mistake
    assert "nowhere.json" in outcomes[0].error
    # No litter of Hydra's: the run folder, and nothing else.
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["hill.json", "out"]
    record, folder = sorted((tmp_path / "out").iterdir())
    assert record.name == ".sweeps"
    assert folder.name.startswith("genome-")


def test_output_dir_can_be_swept_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep, "prepare", lambda **_: None)
    genome_file(tmp_path)
    overrides = ["method=genome", "target=hill.json", "output_dir=one,two"]
    overrides += ["size=8", "score_size=8", f"metrics=[{METRIC}]"]
    assert [o.state for o in sweep.run(overrides, multirun=True)] == ["done", "done"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["hill.json", "one", "two"]

"""What `conf/` holds composes, teaches, and means what it says."""

import json

import pytest

from fer_jax import cli
from fer_jax.lab.launch import sweep
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.listing import KINDS, listing
from fer_jax.metrics.registry import METRICS

with compose.hydra():
    EXPERIMENTS = compose.options("experiment")


def jobs(*overrides):
    with compose.hydra():
        return [job.config for job in sweep.make_plan(overrides, multirun=True).jobs]


@pytest.mark.parametrize("scale", ["smoke", "small", "paper"])
def test_a_scale_wins_over_experiment_and_method(scale):
    (config,) = jobs("target=moth", "method=neat", f"scale={scale}")
    alike = jobs("experiment=demo", f"scale={scale}")
    assert {(one.size, one.steps, one.seeds) for one in alike} == {
        (config.size, config.steps, config.seeds)
    }
    (typed,) = jobs("target=moth", f"scale={scale}", "steps=7")
    assert typed.steps == 7


def test_the_scale_of_the_paper_is_the_papers():
    (config,) = jobs("target=skull", "scale=paper")
    assert (config.size, config.steps, config.learning_rate) == (256, 100_000, 3e-3)
    assert (config.optimizer, config.normalize_gradient) == ("adam", True)


def test_scoring_presets_name_metrics_that_there_are():
    (headline,) = jobs("target=moth", "scoring=headline")
    (baselines,) = jobs("target=moth", "scoring=baselines")
    (every,) = jobs("target=moth", "scoring=all")
    assert headline.metric_list == ("fracture", "entanglement")
    expected = {name for name, metric in METRICS.items() if metric.kind == "baseline"}
    assert set(baselines.metric_list) == expected | set(headline.metric_list)
    assert every.metric_list is None


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_says_question_command_and_run_time(name):
    rows = {row[0]: row for row in listing_of("experiments").rows}
    _, question, command, run_time = rows[name]
    assert question.endswith("?")
    assert command == f"fer-jax run -m experiment={name}"
    assert run_time
    assert jobs(f"experiment={name}")


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_runs_at_smoke_scale(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = ["run", "-m", f"experiment={name}", "scale=smoke", "scoring=headline"]
    if name in ("own_elites", "breeder"):
        command.append("population_size=16")
    if name == "own_elites":
        command.append("target=tooth")
    assert cli.main(command) == 0


def listing_of(kind):
    with compose.hydra():
        return listing(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_listed_has_rows_and_can_be_read_by_programs(kind, capsys):
    assert cli.main(["list", kind, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    told = listing_of(kind)
    assert [list(row) for row in rows] == [list(told.columns)] * len(told.rows)
    assert all(row[told.columns[0]] for row in rows)
    assert cli.main(["list", kind]) == 0
    assert rows[0][told.columns[0]] in capsys.readouterr().out


def test_lists_are_of_what_is_registered():
    assert [row[0] for row in listing_of("methods").rows] == list(METHODS)
    assert [row[0] for row in listing_of("metrics").rows] == list(METRICS)
    assert all(row[1] for row in listing_of("methods").rows)


def test_what_keys_compose_is_shown_and_nothing_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "target=nowhere.png", "scale=smoke", "--cfg", "job"]) == 0
    told = capsys.readouterr().out
    assert "target: nowhere.png\n" in told
    assert "steps: 5\n" in told
    assert "hydra" not in told
    assert cli.main(["run", "target=a", "--cfg", "hydra"]) == 0
    assert capsys.readouterr().out.startswith("hydra:\n")
    assert cli.main(["run", "-m", "target=a,b", "--cfg", "job"]) == 2
    assert "has several values" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

"""Scores along training: every snapshot of every seed, resumable, and never half."""

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from fer_jax.lab.folders.kept_scores import KeptScores
from fer_jax.lab.folders.run_folder import ALONG, ALONG_COLUMNS, METRICS, RUN_FORMAT, RunFolder
from fer_jax.lab.methods import sgd as method_sgd
from fer_jax.lab.runs import readings, readings_along, runner
from fer_jax.lab.runs.pace import ScoringPace
from fer_jax.lab.runs.progress import Reporter
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.tables.collect_along import read_table_along
from tests.lab.small_runs import METRIC, Killed, genome_file

SEEDS, STEPS = (0, 3), (0, 1, 2, 5, 12)


@pytest.fixture
def config(tmp_path):
    def made(**options):
        given = {
            "target": str(genome_file(tmp_path)),
            "arch": "sin:3x2",
            "seeds": list(SEEDS),
            "size": 8,
            "steps": 12,
            "snapshots": 5,
            "metrics": [METRIC],
            "score_size": 8,
            "output_dir": str(tmp_path / "outputs"),
        }
        return RunConfig(**given | options)

    return made


@pytest.fixture
def scored(monkeypatch):
    """The flat weights of every snapshot that was scored; it may be told to stop before the nth."""
    calls = type("Calls", (list,), {"stop_at": None, "stop": KeyboardInterrupt})()
    real = readings_along.rows_of

    def counted(models, *args):
        if calls.stop_at == len(calls):
            raise calls.stop
        calls.extend(model.flat_params for model in models)
        return real(models, *args)

    monkeypatch.setattr(readings_along, "rows_of", counted)
    return calls


def run(config):
    outcome = execute(config)
    assert outcome.state in ("done", "skipped"), outcome.error
    return RunFolder(Path(outcome.folder))


def tables(folder):
    return {name: (folder.path / name).read_bytes() for name in (METRICS, ALONG)}


def test_a_row_for_each_seed_snapshot_and_metric(config, scored):
    folder = run(config())
    along = folder.metrics_along()
    assert list(along.columns) == list(ALONG_COLUMNS)
    places = list(along[["seed", "step", "metric"]].itertuples(index=False, name=None))
    assert places == [(s, t, m) for s in SEEDS for t in STEPS for m in ("loss", METRIC)]
    # Those behind the last step are the final networks, which are read once.
    assert len(scored) == len(SEEDS) * (len(STEPS) - 1)
    last = along[along["step"] == 12].drop(columns="step").reset_index(drop=True)
    pd.testing.assert_frame_equal(last, folder.metrics())
    losses = along[along["metric"] == "loss"].pivot(index="seed", columns="step", values="value")
    assert losses.loc[0].nunique() == losses.loc[3].nunique() == len(STEPS)


def test_what_is_read_is_the_network_of_that_step(config):
    along = run(config()).metrics_along()
    early = run(config(steps=5, snapshots=0)).metrics()
    of_step = along[along["step"] == 5].drop(columns=["run", "step"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(of_step, early.drop(columns="run"))


def test_no_snapshots_no_file(config):
    folder = run(config(snapshots=0))
    assert not (folder.path / ALONG).exists()
    assert folder.metrics_along() is None


def test_the_same_command_scores_nothing_twice(config, scored):
    before = tables(run(config()))
    count = len(scored)
    folder = run(config())
    assert (len(scored), tables(folder)) == (count, before)
    # A run of before there were such tables gets one, without training.
    (folder.path / ALONG).unlink()
    status = json.loads((folder.path / "status.json").read_text())
    status = RUN_FORMAT.unseal(status)
    del status["files"][ALONG]
    (folder.path / "status.json").write_text(json.dumps(RUN_FORMAT.seal(status)))
    assert tables(run(config())) == before


def test_a_new_version_of_a_metric_scores_snapshots_anew_and_trains_nothing(
    config, scored, monkeypatch
):
    run(config())
    first = len(scored)
    scoring = readings.Scoring({METRIC: "newer"}, 8, 0)
    monkeypatch.setattr(runner, "scoring_of", lambda _: scoring)
    monkeypatch.setattr(method_sgd.SgdSearch, "advance", None)
    run(config())
    assert len(scored) == 2 * first


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Killed])
def test_scoring_that_is_interrupted_leaves_the_old_tables_and_goes_on(config, scored, stop):
    """Ctrl-C loses nothing; a kill loses what was scored since scores were last kept."""
    folder = run(config())
    before = tables(folder)
    fresh = len(scored)
    scored.stop_at, scored.stop = fresh + 5, stop
    anew = config(score_size=12, checkpoint_seconds=0.0 if stop is Killed else 60.0)
    with pytest.raises(stop):
        execute(anew)
    assert tables(folder) == before
    scored.stop_at = None
    went_on = tables(run(anew))
    assert len(scored) == 2 * fresh  # none of the five was scored again
    assert not (folder.path / "checkpoint").exists()
    assert went_on == tables(run(config(score_size=12, output_dir=anew.output_dir + "2")))


def test_scores_of_other_weights_or_scorings_are_not_taken(tmp_path):
    rows = [(None, "spread", "1", math.nan, "why"), (2, "spread", "1", 0.1 + 0.2, "")]
    KeptScores(tmp_path, {"weights": "a"}).save({(3, 5): rows})
    kept = KeptScores(tmp_path, {"weights": "a"})
    assert repr(kept.load()) == repr({(3, 5): rows})
    kept.save({(3, 6): rows})
    assert set(KeptScores(tmp_path, {"weights": "a"}).load()) == {(3, 5), (3, 6)}
    (tmp_path / "scores-0.json").write_text("{")
    assert set(KeptScores(tmp_path, {"weights": "a"}).load()) == {(3, 6)}
    assert KeptScores(tmp_path, {"weights": "b"}).load() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_diverged_seed_is_read_until_it_diverges(config, monkeypatch):
    real = method_sgd.harvest_networks

    def harvest(result):
        return real(replace(result, diverged_at=np.array([-1, 2])))

    monkeypatch.setattr(method_sgd, "harvest_networks", harvest)
    folder = run(config())
    along = folder.metrics_along()
    undefined = along[along["value"].isna()]
    assert set(undefined["seed"]) == {3}
    assert sorted(set(undefined["step"])) == [5, 12]
    assert set(undefined["reason"]) == {"diverged at step 2"}
    table = read_table_along(folder.path)
    assert set(table.loc[table["seed"] == 3, "seed_status"]) == {"diverged"}


def test_a_tidy_table_counts_a_seed_of_two_runs_once(config, tmp_path):
    run(config())
    run(config(seeds=[0, 7]))
    table = read_table_along(tmp_path / "outputs")
    assert len(table) == 3 * len(STEPS) * 2
    assert set(table["arch"]) == {run(config()).config["arch"]}
    for _, own in table.groupby(["seed", "metric"]):
        assert tuple(own["step"]) == STEPS
    assert "step" not in run(config()).metrics()


def test_no_snapshots_make_an_empty_tidy_table(config):
    folder = run(config(snapshots=0))
    assert len(read_table_along(folder.path)) == 0


def test_a_damaged_table_is_told_and_made_anew(config, capsys):
    folder = run(config())
    before = tables(folder)
    (folder.path / ALONG).write_bytes(before[ALONG][:-9])
    assert len(read_table_along(folder.path)) == 0
    assert f"{ALONG}: does not match its checksum" in capsys.readouterr().err
    assert tables(run(config())) == before


def test_how_far_scoring_is():
    now = [0.0]
    pace = ScoringPace(lambda: now[0])
    pace.update(10, 40)
    assert pace.told() == "10 of 40 snapshots scored"
    now[0] += 100  # to compile
    pace.update(11, 40)
    now[0] += 2
    pace.update(15, 40)
    assert pace.told() == "15 of 40 snapshots scored, 2/s, 12 s left"
    file = io.StringIO()
    with Reporter("a run", Console(file=file), lambda: now[0]).scoring("snapshots") as on_scored:
        for done in range(4):
            now[0] += 20  # a line is due every 30 s
            on_scored(done, 4)
    assert file.getvalue() == (
        "a run: 1 of 4 snapshots scored\na run: 3 of 4 snapshots scored, 0.05/s, 20 s left\n"
    )

"""`method=es`: what a run leaves, that it goes on where it was killed, its table and its page."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_jax.errors import FerJaxError
from fer_jax.genome.target import load_target
from fer_jax.lab.folders.networks import read_networks
from fer_jax.lab.folders.run_folder import NETWORKS, RunFolder
from fer_jax.lab.launch.sweep import run as run_command
from fer_jax.lab.methods.es import POPULATION_SIZE
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.runs.runner import execute, label_of
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import run_id, sketch
from fer_jax.lab.tables.collect import read_table, varying
from fer_jax.search import memory
from fer_jax.search.es import EsSearch
from fer_jax.search.es_strategies import STD_INIT
from fer_jax.show.report import write_report
from tests.lab.small_runs import genome_file

MADE = ("networks.safetensors", "curves.npz", "metrics.parquet", "metrics_along.parquet")


def config_in(folder, **options):
    given = {
        "method": "es",
        "target": str(genome_file(folder)),
        "es": "SNES",
        "population_size": 6,
        "arch": "sin:2x1",
        "seeds": [4, 2],
        "size": 8,
        "steps": 9,
        "snapshots": 3,
        "metrics": ["still_pixels"],
        "score_size": 8,
        "output_dir": str(folder / "outputs"),
    }
    return RunConfig(**given | options)


def run(config):
    outcome = execute(config)
    assert outcome.state == "done", outcome.error
    return Path(outcome.folder)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in MADE}


def id_of(config):
    target = load_target(config.target, config.size)
    return run_id(config, target, METHODS["es"].prepare(config, target))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(config_in(tmp_path_factory.mktemp("whole")))


def test_a_run_keeps_what_training_keeps(whole):
    folder = RunFolder(whole)
    assert folder.seed_status == {2: "ok", 4: "ok"}
    saved = read_networks(whole / NETWORKS)
    assert saved.seeds == (2, 4)
    assert saved.arch.spelling == "sin:2x1"
    seeds, losses = folder.losses()
    assert seeds.tolist() == [2, 4]
    assert losses.shape == (2, 9)
    assert (np.diff(losses) <= 0).all()
    readings = folder.metrics()
    of_loss = readings[readings["metric"] == "loss"]["value"].to_numpy()
    np.testing.assert_allclose(of_loss, losses[:, -1], rtol=1e-4)
    assert sorted(set(folder.metrics_along()["step"])) == [0, 1, 9]
    assert folder.config["es_options"] == {"std_init": STD_INIT}


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(whole, tmp_path, monkeypatch):
    config = config_in(tmp_path, checkpoint_steps=2)
    plain, begun = EsSearch.advance, []

    def killed(self, state, steps):
        begun.append(int(state.step))
        if begun[-1] >= 6:
            raise KeyboardInterrupt
        return plain(self, state, steps)

    monkeypatch.setattr(EsSearch, "advance", killed)
    with pytest.raises(KeyboardInterrupt):
        execute(config)
    monkeypatch.undo()
    monkeypatch.setattr(
        EsSearch,
        "advance",
        lambda self, state, steps: begun.append(int(state.step)) or plain(self, state, steps),
    )
    begun.clear()
    assert contents(run(config)) == contents(whole)
    assert begun[0] == 6


OTHER = {
    "es": "Sep_CMA_ES",
    "es_options": {"std_init": 0.3},
    "population_size": 7,
    "arch": "sin:3x1",
    "seeds": 3,
    "size": 9,
    "steps": 6,
    "init_scale": 2.0,
    "loss": "hsv",
    "init": "he_normal",
    "target_loss": 0.1,
    "snapshots": 5,
    "precision": "high",
}


@pytest.mark.parametrize("key", [*METHODS["es"].uses, "size"])
def test_every_setting_that_matters_makes_another_run(tmp_path, key):
    config = config_in(tmp_path)
    other = replace(config, **{key: OTHER[key]})
    assert id_of(other) != id_of(config)
    assert sketch(other) != sketch(config)


@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        ({"population_size": POPULATION_SIZE}, {"population_size": None}),
        ({"es_options": {"std_init": STD_INIT}}, {"es_options": None}),
        ({"es_options": {"std_init": 1}}, {"es_options": {"std_init": 1.0}}),
        (
            {"es": "ARS", "es_options": {"std_init": 1}},
            {"es": "ARS", "es_options": {"std_init": 1.0}},
        ),
        ({"es_options": None}, {"learning_rate": 0.5, "preset": "neat_2002", "wiring": "dense"}),
    ],
)  # fmt: skip
def test_the_same_work_has_the_same_id(tmp_path, given, left_out):
    config = config_in(tmp_path)
    assert id_of(replace(config, **given)) == id_of(replace(config, **left_out))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"es": "cmaes"}, "no strategy 'cmaes'; did you mean 'CMA_ES'?"),
        ({"es": "GuidedES"}, "the strategy 'GuidedES' cannot work here"),
        ({"es_options": {"std_ini": 0.1}}, "SNES has no option 'std_ini'; did you mean 'std_init'"),
        ({"es_options": {"std_init": -1}}, "option std_init is -1; expected a number above 0"),
        ({"es_options": {"std_init": "wide"}}, "option std_init is 'wide'; expected a number"),
        ({"es_options": {"std_init": float("nan")}}, "es_options is {'std_init': nan}; expected"),
        ({"es_options": [0.1]}, "es_options is [0.1]; expected names with finite numbers"),
        ({"es_options": {"std_init": [0.1, 0.2]}}, "expected names with finite numbers, such as"),
        ({"population_size": 2}, "population_size is 2 for 14 weights; SNES needs at least 4"),
        ({"wiring": "genome", "arch": None}, "wiring is 'genome', but method=es evolves every"),
        ({"loss": "hvs"}, "loss is 'hvs'; did you mean 'hsv'"),
    ],
)
@pytest.mark.usefixtures("unchecked_types")
def test_mistakes_are_told_in_one_line(tmp_path, options, told):
    def go():
        config = config_in(tmp_path, **options)
        config.check()
        execute(config)

    with pytest.raises(FerJaxError, match=re.escape(told)) as raised:
        go()
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "outputs").exists()


def test_a_full_matrix_is_refused_by_the_command_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
    asked = [
        "method=es", f"target={genome_file(tmp_path)}", "es=CMA_ES", "seeds=1", "size=8",
        "arch=12/cache:15/gaussian:4/identity:2/sin:1", f"output_dir={tmp_path / 'outputs'}",
    ]  # fmt: skip
    with pytest.raises(FerJaxError, match="take Sep_CMA_ES, which keeps a diagonal") as raised:
        run_command(asked)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "outputs").exists()


def test_the_command_takes_options_and_tells_generations(tmp_path, capfd):
    asked = [
        "method=es", f"target={genome_file(tmp_path)}", "es=CMA_ES", "arch=sin:2x1", "seeds=1",
        "size=8", "steps=30", "population_size=6", "es_options={std_init: 0.2, c_mean: 1}",
        "metrics=[still_pixels]", "score_size=8", f"output_dir={tmp_path / 'outputs'}",
    ]  # fmt: skip
    (outcome,) = run_command(asked)
    assert outcome.state == "done", outcome.error
    assert outcome.label == "es · hill.json · sin:2x1 · CMA_ES"
    config = RunFolder(Path(outcome.folder)).config
    assert config["es_options"] == {"c_mean": 1.0, "std_init": 0.2}
    told = capfd.readouterr().err
    assert "1 seed on " in told
    assert "6 members of CMA_ES each" in told
    assert " seed-generations/s, loss " in told


def test_table_and_page_hold_it_beside_training(whole):
    config = config_in(whole.parent.parent, snapshots=0)
    run(replace(config, method="sgd"))
    run(replace(config, es="PSO"))
    run(replace(config, es_options={"std_init": 0.2}))
    table = read_table(whole.parent)
    assert set(table["method"]) == {"es", "sgd"}
    evolved = table[table["method"] == "es"]
    assert set(zip(evolved["es"], evolved["es_options"], strict=True)) == {
        ("SNES", f"std_init={STD_INIT}"), ("SNES", "std_init=0.2"), ("PSO", ""),
    }  # fmt: skip
    assert set(evolved["population_size"]) == {6}
    assert varying(table) == ("es", "es_options")
    page = write_report(whole.parent)
    text = page.read_text(encoding="utf-8")
    assert "es SNES · es_options std_init=0.2" in text
    assert "2 seeds after 9 generations, the mean squared error" in text
    assert "2 seeds after 9 steps, the mean squared error" in text
    assert "Loss at each step or generation" in text or "Loss at each generation or step" in text
    drawn = {path.name.split("-", 2)[1] for path in page.parent.glob("*-light.png")}
    assert {"reproductions", "along", "curves"} <= drawn


def test_its_label():
    assert label_of(RunConfig("es", "moth")) == f"es · moth · its own arch · {RunConfig().es}"

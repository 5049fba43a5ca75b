"""`method=neat`: what a run leaves, that it goes on where it was killed, and its page."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_jax.errors import ConfigError, RunFolderError
from fer_jax.genome.target import load_target
from fer_jax.lab.folders.contents import evolution_in, genomes_in
from fer_jax.lab.folders.evolution import EVOLUTION, read_evolution
from fer_jax.lab.folders.run_folder import RunFolder
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import run_id, sketch
from fer_jax.search.neat import NeatSearch
from fer_jax.show.report import write_report
from tests.lab.small_runs import genome_file

MADE = ("genomes.json", EVOLUTION, "curves.npz", "phylogeny-seed-4.nwk", "metrics.parquet")


def config_in(folder, **options):
    given = {
        "method": "neat",
        "target": str(genome_file(folder)),
        "preset": "picbreeder",
        "population_size": 6,
        "seeds": [4, 2],
        "size": 8,
        "steps": 9,
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


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(config_in(tmp_path_factory.mktemp("whole")))


def test_a_run_keeps_the_best_of_each_seed_its_line_and_the_last_generation(whole):
    folder = RunFolder(whole)
    assert folder.seed_status == {2: "ok", 4: "ok"}
    genomes, evolution = genomes_in(folder), evolution_in(folder)
    assert len(genomes) == 2
    for genome, one in zip(genomes, evolution, strict=True):
        assert one.line[-1] == genome
        assert len(one.line) == len(one.born)
        assert len(one.population) == 6
        assert one.newick.endswith(";")
    assert [one.seed for one in evolution] == [2, 4]
    losses = folder.losses()[1]
    assert losses.shape == (2, 9)
    readings = folder.metrics()
    assert readings["seed"].tolist() == [2, 2, 4, 4]
    of_loss = readings[readings["metric"] == "loss"]["value"].to_numpy()
    np.testing.assert_allclose(of_loss, losses[:, -1], rtol=1e-4)


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(whole, tmp_path, monkeypatch):
    config = config_in(tmp_path, checkpoint_steps=2)
    plain, calls = NeatSearch._evaluate, []

    def killed(self, of, *drawn):
        calls.append(of.generation)
        if len(calls) > 11:
            raise KeyboardInterrupt
        return plain(self, of, *drawn)

    monkeypatch.setattr(NeatSearch, "_evaluate", killed)
    with pytest.raises(KeyboardInterrupt):
        execute(config)
    monkeypatch.undo()
    bred = []
    monkeypatch.setattr(
        NeatSearch,
        "_evaluate",
        lambda self, of, *drawn: bred.append(of.generation) or plain(self, of, *drawn),
    )
    assert contents(run(config)) == contents(whole)
    assert min(bred) >= 4


def test_scoring_anew_breeds_nothing(tmp_path, monkeypatch):
    config = config_in(tmp_path)
    before = contents(run(config))

    def never(self, state, steps):
        raise AssertionError("it bred")

    monkeypatch.setattr(NeatSearch, "advance", never)
    after = contents(run(replace(config, metrics=["still_pixels", "live_parameters"])))
    readings = RunFolder(next((tmp_path / "outputs").iterdir())).metrics()
    assert set(readings["metric"]) == {"loss", "still_pixels", "live_parameters"}
    assert set(readings["seed"]) == {2, 4}
    assert {name for name in MADE if before[name] != after[name]} == {"metrics.parquet"}


def test_a_damaged_evolution_is_told_and_made_anew(whole, tmp_path):
    config = config_in(tmp_path)
    folder = run(config)
    (folder / EVOLUTION).write_text("{")
    with pytest.raises(RunFolderError, match=EVOLUTION):
        evolution_in(RunFolder(folder))
    with pytest.raises(RunFolderError):
        read_evolution(folder / EVOLUTION)
    assert contents(run(config)) == contents(whole)


OTHER = {
    "preset": "neat_2002",
    "population_size": 7,
    "fitness": "ssim",
    "seeds": 3,
    "size": 9,
    "steps": 6,
}


@pytest.mark.parametrize("key", [*METHODS["neat"].uses, "size"])
def test_every_setting_that_matters_makes_another_run(tmp_path, key):
    def id_of(config):
        target = load_target(config.target, config.size)
        return run_id(config, target, METHODS["neat"].prepare(config, target))

    config = config_in(tmp_path)
    other = replace(config, **{key: OTHER[key]})
    assert id_of(other) != id_of(config)
    assert sketch(other) != sketch(config)
    # The preset's own size, given or not, is the same work.
    own = replace(config, population_size=15), replace(config, population_size=None)
    assert id_of(own[0]) == id_of(own[1])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"preset": "picbreader"}, "no preset 'picbreader'; did you mean 'picbreeder'?"),
        ({"fitness": "sim"}, "no fitness 'sim'; did you mean 'ssim'?"),
        ({"population_size": 1}, "population_size is 1; expected at least 2"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path, options, told):
    with pytest.raises(ConfigError, match=re.escape(told)) as raised:
        execute(config_in(tmp_path, **options))
    assert "\n" not in str(raised.value)


def test_the_page_shows_bests_lines_and_generation(whole):
    page = write_report(whole.parent)
    text = page.read_text(encoding="utf-8")
    assert "The pictures of seeds 2, 4 on their way, generation by generation. Seed 2:" in text
    assert "The fittest 6 of 6 genomes" in text
    drawn = {path.name.split("-", 2)[1] for path in page.parent.glob("*-light.png")}
    assert {"bred", "path", "generation", "curves"} <= drawn
    assert "along" not in drawn

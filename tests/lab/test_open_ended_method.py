"""`method=open_ended`: a run without a target, its archive, its page, its elites as targets."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_jax.errors import ConfigError, RunFolderError, TargetError
from fer_jax.genome.population_render import render_population
from fer_jax.lab.folders.archives import ARCHIVE, most_different, read_archives
from fer_jax.lab.folders.contents import archives_in, evolution_in, genomes_in
from fer_jax.lab.folders.run_folder import NO_TARGET, TARGET, RunFolder
from fer_jax.lab.launch import sweep
from fer_jax.lab.runs.reports import REPORTS
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.runs.targets import target_of
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.tables.collect import read_table, varying
from fer_jax.search.descriptors import describe
from fer_jax.search.open_ended import OpenEndedSearch
from fer_jax.show.archive_map import Layout, draw_archive
from fer_jax.show.report import write_report
from tests.lab.small_archives import archive
from tests.lab.small_runs import small_genome

MADE = ("genomes.json", ARCHIVE, "evolution.json", "curves.npz", "metrics.parquet")


def config_in(folder, **options):
    given = {
        "method": "open_ended",
        "preset": "picbreeder",
        "population_size": 6,
        "descriptors": ["symmetry", "complexity"],
        "bins": 4,
        "seeds": [4, 2],
        "size": 8,
        "steps": 9,
        "output_dir": str(folder / "outputs"),
    }
    return RunConfig(**given | options)


def run(config):
    outcome = execute(config)
    assert outcome.state == "done", outcome.error
    return Path(outcome.folder)


def checked(config):
    config.check()
    execute(config)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in MADE}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(config_in(tmp_path_factory.mktemp("whole")))


def test_a_run_keeps_every_elite_and_where_one_of_them_comes_from(whole):
    folder = RunFolder(whole)
    assert folder.seed_status == {2: "ok", 4: "ok"}
    archives, genomes = archives_in(folder), genomes_in(folder)
    assert [one.seed for one in archives] == [2, 4]
    assert len(genomes) == sum(len(one.cells) for one in archives)
    assert [genome.name for genome in genomes] == [n for one in archives for n in one.names]
    first = archives[0]
    drawn = render_population(genomes[: len(first.cells)], 8)
    np.testing.assert_allclose(describe(drawn, first.descriptors), first.values, atol=1e-5)
    for one, line in zip(archives, evolution_in(folder), strict=True):
        assert len(line.line) == len(line.born) >= 1
        assert line.line[-1] in [replace(genome, name=line.line[-1].name) for genome in genomes]
        assert one.reports["coverage"] == len(one.cells) / 16
    assert not (whole / TARGET).exists()
    assert folder.target_image() is None


def test_the_table_holds_a_number_a_seed_and_no_losses(whole):
    table = read_table(whole)
    assert set(table["metric"]) == set(REPORTS) - {"loss"}
    undefined = table[table["value"].isna()]
    assert set(undefined["metric"]) <= {"symmetry_first"}
    assert all(undefined["reason"] == "no line is symmetric")
    assert set(table["target"]) == {NO_TARGET}
    assert sorted(set(table["seed"])) == [2, 4]
    curves = RunFolder(whole).curves()
    last = table[table["metric"] == "coverage"].set_index("seed")["value"]
    np.testing.assert_allclose(curves["coverage"][:, -1], [last[2], last[4]])
    assert RunFolder(whole).losses() is None


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(whole, tmp_path, monkeypatch):
    config = config_in(tmp_path, checkpoint_steps=2)
    plain, calls = OpenEndedSearch.advance, []

    def killed(self, state, steps):
        calls.append(steps)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return plain(self, state, steps)

    monkeypatch.setattr(OpenEndedSearch, "advance", killed)
    with pytest.raises(KeyboardInterrupt):
        execute(config)
    monkeypatch.undo()
    taken = []
    monkeypatch.setattr(
        OpenEndedSearch,
        "advance",
        lambda self, state, steps: taken.append(steps) or plain(self, state, steps),
    )
    assert contents(run(config)) == contents(whole)
    assert sum(taken) == 5


def test_scoring_anew_searches_nothing(whole, tmp_path, monkeypatch):
    config = config_in(tmp_path)
    before = contents(run(config))
    monkeypatch.setattr(OpenEndedSearch, "advance", None)
    assert contents(run(replace(config, score_key=1))) == before


def test_an_elite_is_a_target_of_other_methods(whole, tmp_path):
    last, genome = archives_in(RunFolder(whole))[1], genomes_in(RunFolder(whole))[-1]
    given = f"{whole}@{last.names[-1]}"
    config = config_in(tmp_path, method="genome", target=given, metrics=["still_pixels"])
    target = target_of(config)
    assert target.genome == genome
    np.testing.assert_array_equal(target.image, render_population([genome], 8)[0])
    folder = RunFolder(run(config))
    assert folder.config["target_name"] == f"{whole.name}@{last.names[-1]}"
    readings = folder.metrics().set_index("metric")["value"]
    assert readings["loss"] < 1e-10


def test_an_elite_that_is_not_there_is_told_in_one_line(whole, tmp_path):
    with pytest.raises(
        TargetError, match=r"holds no genome '4-99'; it holds 18, such as 2-0"
    ) as told:
        target_of(config_in(tmp_path, method="genome", target=f"{whole}@4-99"))
    assert "\n" not in str(told.value)
    with pytest.raises(TargetError, match="holds no genomes, so none called '4-99'"):
        target_of(config_in(tmp_path, method="genome", target=f"{tmp_path}@4-99"))
    with pytest.raises(TargetError, match="neither a file nor a name"):
        target_of(config_in(tmp_path, method="genome", target="nowhere@4-99"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"target": "moth"}, "target is 'moth', but method=open_ended draws what it likes"),
        ({"way": "breder"}, "there is no way 'breder'; did you mean 'breeder'"),
        ({"descriptors": "symmetry"}, r"expected names such as descriptors=\[symmetry"),
        ({"descriptors": ["simmetry"]}, "did you mean 'symmetry'"),
        ({"bins": "many"}, "bins is 'many'; expected a number"),
        ({"bins": [4]}, "expected bins and a range for each"),
        ({"quality": "big"}, "there is no quality 'big'"),
        ({"preset": "neat"}, "neat_2002"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_written(tmp_path, options, told):
    config = config_in(tmp_path, **options)
    with pytest.raises(ConfigError, match=told) as error:
        checked(config)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "outputs").exists()


def test_the_command_needs_no_target():
    with compose.hydra():
        (job,) = sweep.make_plan(["method=open_ended", "bins=[4,4]"]).jobs
        assert job.config.bins == [4, 4]
        assert (job.config.size, job.config.preset) == (32, "picbreeder")
        with pytest.raises(ConfigError, match="target is missing"):
            sweep.make_plan(["method=neat"])


def test_the_page_shows_map_elites_path_and_growth(whole):
    page = write_report(whole.parent).read_text()
    archives = archives_in(RunFolder(whole))
    fullest = max(archives, key=lambda one: len(one.cells))
    assert f"{len(fullest.cells)} of 16 cells" in page
    for told in (
        "What came up without a target",
        "elites that differ most",
        "ancestors, from parent to child",
    ):
        assert told in page
    assert "Share of the cells of the archive" in page
    assert page.count("<figure") >= 6
    browse = re.search(r'href="([0-9]+-page-[^"]+)"', page)
    text = (whole.parent / "report" / browse[1]).read_text()
    for name in fullest.names:
        assert f">{name}<" in text.replace("</i>", "</i>>")
    assert f"target={whole}@{fullest.names[fullest.showpieces[0]]}" in text
    assert text.count("background-position") == len(fullest.cells)
    assert "Target and reproductions" not in page


def test_tables_tell_ways_and_tastes_apart(tmp_path):
    tastes = {"way": "breeder", "session_steps": 2, "seeds": [3], "steps": 3}
    run(config_in(tmp_path, **tastes, regularity_weight=0.2))
    run(config_in(tmp_path, **tastes, regularity_weight=0.8))
    table = read_table(tmp_path / "outputs")
    assert set(varying(table)) == {"regularity_weight"}
    assert set(table["bins"]) == {"4,4"}
    first = run(config_in(tmp_path, seeds=[3], steps=3, regularity_weight=0.2))
    again = execute(config_in(tmp_path, seeds=[3], steps=3, regularity_weight=0.8))
    assert (again.state, again.folder) == ("skipped", str(first))
    table = read_table(tmp_path / "outputs")
    assert set(varying(table)) == {"regularity_weight", "session_steps", "way", "branching"}


@pytest.mark.parametrize("way", ["novelty", "breeder"])
def test_the_other_ways_collect_pictures_that_the_page_shows(way, tmp_path):
    config = config_in(tmp_path, way=way, steps=6, session_steps=2, seeds=[3], size=8)
    folder = RunFolder(run(config))
    (one,), (line,) = archives_in(folder), evolution_in(folder)
    assert len(one.collected) == len(line.population) > 0
    assert list(one.collected) == sorted(one.collected)
    assert "what was collected on the way" in write_report(folder.path).read_text()


def test_a_damaged_archive_is_told_and_made_anew(whole, tmp_path):
    config = config_in(tmp_path)
    folder = run(config)
    (folder / ARCHIVE).write_text("{")
    with pytest.raises(RunFolderError, match=ARCHIVE):
        archives_in(RunFolder(folder))
    with pytest.raises(RunFolderError):
        read_archives(folder / ARCHIVE)
    assert contents(run(config)) == contents(whole)


def test_most_different_takes_all_of_a_few_and_none_of_none():
    values = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert most_different(values, 9) == (0, 1, 2)
    assert most_different(values, 2, first=1) == (1, 0)
    assert most_different(np.zeros((0, 2)), 3) == ()


def test_the_map_shows_each_elite_at_its_place():
    given = archive(bins=(2, 3, 2, 2), cells=[0, 5, 23])
    layout = Layout.of(given)
    assert layout.shape == (6, 4)
    # Cell 0: left and below; 23: right and above; 5 = (0, 1, 0, 1).
    assert layout.places(given).tolist() == [[5, 0], [2, 0], [0, 3]]
    images = np.zeros((3, 4, 4, 3))
    images[1] = 1.0
    figure = draw_archive(given, images)
    canvas = figure.axes[0].images[0].get_array()
    assert canvas.shape == (24, 16, 3)
    assert canvas[8:12, :4].min() == 1.0
    assert canvas[:4, 12:].max() == 0.0


def test_of_elites_that_share_a_place_the_best_is_seen():
    given = archive(bins=(1, 1, 1, 1, 3), cells=[0, 1, 2], qualities=[1.0, 3.0, 2.0])
    images = np.stack([np.full((2, 2, 3), shade) for shade in (0.2, 0.4, 0.6)])
    canvas = draw_archive(given, images).axes[0].images[0].get_array()
    np.testing.assert_allclose(canvas, 0.4)


def test_a_run_of_networks_has_no_archive(tmp_path):
    config = config_in(tmp_path, method="genome", target="moth", metrics=["still_pixels"])
    folder = RunFolder(run(config))
    assert archives_in(folder) == []
    assert genomes_in(folder)[0] != small_genome()

"""Scores along a line of descent: ancestors read as genomes are, resumable, without breeding."""

import re
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest

from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome
from fer_jax.lab.folders.contents import evolution_in, genomes_in
from fer_jax.lab.folders.run_folder import ALONG, ALONG_COLUMNS, RunFolder
from fer_jax.lab.runs import readings_along
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.identity import sketch
from fer_jax.lab.tables.collect_along import read_table_along
from fer_jax.metrics.scoring import measure
from fer_jax.search.neat import NeatSearch
from tests.lab.test_neat_method import config_in

METRIC, MOST = "still_pixels", 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(config_in(tmp_path_factory.mktemp("line"), snapshots=MOST))


@pytest.fixture
def scored(monkeypatch):
    """Genomes that were scored as ancestors; it may be told to be killed before the nth."""
    calls = type("Calls", (list,), {"stop_at": None})()
    real = readings_along.rows_of

    def counted(models, *args):
        if calls.stop_at == len(calls):
            raise KeyboardInterrupt
        calls.extend(models)
        return real(models, *args)

    monkeypatch.setattr(readings_along, "rows_of", counted)
    return calls


@pytest.fixture
def no_breeding(monkeypatch):
    def never(self, state, steps):
        raise AssertionError("it bred")

    return lambda: monkeypatch.setattr(NeatSearch, "advance", never)


def run(config):
    outcome = execute(config)
    assert outcome.state in ("done", "skipped"), outcome.error
    return RunFolder(Path(outcome.folder))


def test_a_row_for_each_chosen_ancestor_and_metric(folder):
    along = folder.metrics_along()
    assert list(along.columns) == list(ALONG_COLUMNS)
    for one in evolution_in(folder):
        assert list(one.born) == sorted(set(one.born))  # so that seed and step name an ancestor
        own = along[along["seed"] == one.seed]
        steps = list(dict.fromkeys(own["step"]))
        assert len(steps) == min(MOST, len(one.line))
        assert set(steps) <= set(one.born)
        assert (steps[0], steps[-1]) == (one.born[0], one.born[-1])
        assert list(own["metric"]) == ["loss", METRIC] * len(steps)


def test_the_last_ancestor_reads_as_the_best_genome_that_it_is(folder):
    along, final = folder.metrics_along(), folder.metrics()
    ends = along.groupby("seed")["step"].transform("max")
    last = along[along["step"] == ends].drop(columns="step").reset_index(drop=True)
    pd.testing.assert_frame_equal(last, final)


def test_an_ancestor_reads_as_the_genome_alone(folder):
    target, along = folder.target_image(), folder.metrics_along()
    key = jax.random.key(0)
    for one in evolution_in(folder):
        for genome, born in zip(one.line, one.born, strict=True):
            rows = along[(along["seed"] == one.seed) & (along["step"] == born)]
            if not len(rows):
                continue
            (reading,) = measure(genome, [METRIC], target=target, size=8, key=key)
            (row,) = rows[rows["metric"] == METRIC].itertuples()
            assert (row.value, row.metric_version) == (reading.value, reading.version)


def test_a_run_without_scores_along_gets_them_without_breeding(
    folder, tmp_path, scored, no_breeding
):
    config = config_in(tmp_path)
    plain = run(config)
    assert not (plain.path / ALONG).exists()
    no_breeding()
    after = run(replace(config, snapshots=MOST))
    assert after.path == plain.path
    assert (after.path / ALONG).read_bytes() == (folder.path / ALONG).read_bytes()
    count = len(scored)
    assert not set(scored) & set(genomes_in(after))  # those were read already
    for same in (config, replace(config, snapshots=MOST)):
        assert execute(same).state == "skipped"
    assert (after.path / ALONG).exists()
    assert len(scored) == count
    run(replace(config, snapshots=MOST - 1))
    assert RunFolder(after.path).metrics_along().groupby("seed")["step"].nunique().max() == MOST - 1


def test_scores_along_go_where_others_are_asked_for_without_them(tmp_path):
    config = config_in(tmp_path, snapshots=2)
    run(config)
    after = run(replace(config, snapshots=0, score_size=9))
    assert after.metrics_along() is None
    assert ALONG not in after.status["files"]
    assert execute(replace(config, snapshots=0, score_size=9)).state == "skipped"


def test_interrupted_scoring_goes_on_and_scores_nothing_twice(
    folder, tmp_path, scored, no_breeding
):
    config = config_in(tmp_path, snapshots=MOST)
    scored.stop_at = 3
    with pytest.raises(KeyboardInterrupt):
        execute(config)
    scored.stop_at = None
    no_breeding()
    after = run(config)
    assert (after.path / ALONG).read_bytes() == (folder.path / ALONG).read_bytes()
    assert len(scored) == len(set(scored))
    assert not (after.path / "checkpoint").exists()


def test_a_sweep_over_snapshots_is_not_cut_short(tmp_path):
    config = config_in(tmp_path)
    assert sketch(config) != sketch(replace(config, snapshots=MOST))


def test_the_tidy_table_holds_lines_too(folder):
    table = read_table_along(folder.path)
    assert set(table["method"]) == {"neat"}
    assert len(table) == len(folder.metrics_along())


def test_the_ancestors_of_any_genome_of_the_last_generation(folder):
    for one in evolution_in(folder):
        assert len(one.numbers) == len(one.population)
        for number, genome in zip(one.numbers, one.population, strict=True):
            ancestors = one.ancestors(number)
            assert (ancestors[-1].number, ancestors[-1].genome) == (number, genome)
            born = [ancestor.born for ancestor in ancestors]
            assert born[0] == 0
            assert (np.diff(born) > 0).all()
            assert all(isinstance(ancestor.genome, Genome) for ancestor in ancestors)
        best = one.ancestors(one.line_numbers[-1])
        assert tuple(ancestor.genome for ancestor in best) == one.line
        assert tuple(ancestor.born for ancestor in best) == one.born
        with pytest.raises(GenomeError, match=re.escape("there is no genome 9999 in the family")):
            one.ancestors(9999)


def test_a_run_of_before_ancestors_were_kept_tells_what_it_has(folder):
    for one in evolution_in(folder):
        before = replace(one, genomes=None)
        best = before.ancestors(one.line_numbers[-1])
        assert tuple(ancestor.genome for ancestor in best) == one.line
        for number in one.numbers:
            for earlier, now in zip(before.ancestors(number), one.ancestors(number), strict=True):
                assert earlier.genome in (None, now.genome)

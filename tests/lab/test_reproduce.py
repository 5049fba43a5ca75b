"""A run folder alone is enough to make its run again, to the byte."""

import shutil
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from fer_jax.errors import ConfigError, RunFolderError
from fer_jax.lab.folders.run_folder import RunFolder
from fer_jax.lab.runs.reproduce import config_of, run_from
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.runs.targets import target_named
from fer_jax.lab.settings.config import RunConfig
from tests.lab.small_runs import METRIC, genome_file

TOLD_ANEW = ("environment.json", "overrides.yaml", "status.json")
"""Of when, where and in what words a run was made."""

SMALL = {"seeds": 2, "steps": 3, "size": 8, "score_size": 8, "metrics": [METRIC]}
RUNS = [
    pytest.param({"method": "genome", "target": "hill.json"}, id="genome"),
    pytest.param({"method": "sgd", "target": "hill.json", "wiring": "genome"}, id="its links"),
    pytest.param({"method": "sgd", "target": "photo.png", "arch": "relu:3x2"}, id="picture"),
    pytest.param(
        {"method": "es", "target": "hill.json", "es_options": {"std_init": 0.1}},
        id="es",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        {"method": "neat", "target": "photo.png", "population_size": 8, "snapshots": 2},
        id="neat",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        {"method": "open_ended", "way": "breeder", "population_size": 8, "preset": "picbreeder"},
        id="open-ended",
        marks=pytest.mark.slow,
    ),
]


@pytest.fixture
def room(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    genome_file(tmp_path)
    pixels = np.random.default_rng(0).integers(0, 256, (11, 7, 3), dtype=np.uint8)
    iio.imwrite("photo.png", pixels)
    return tmp_path


def contents(folder):
    return {p.name: p.read_bytes() for p in Path(folder).iterdir() if p.name not in TOLD_ANEW}


@pytest.mark.parametrize("keys", RUNS)
def test_the_same_bytes_come_out_when_all_but_the_folder_is_gone(room, keys):
    first = execute(RunConfig(**SMALL | keys, output_dir="first"), ["whatever=was typed"])
    assert first.state == "done"
    for name in ("hill.json", "photo.png"):
        (room / name).unlink()
    moved = shutil.move(first.folder, room / Path(first.folder).name)
    again = run_from(Path(moved), ["output_dir=again"])
    assert again.state == "done"
    assert Path(again.folder).name == Path(moved).name
    assert contents(again.folder) == contents(moved)


def test_single_values_can_be_changed(room):
    config = RunConfig("sgd", "hill.json", arch="relu:2x1", output_dir="one", **SMALL)
    first = execute(config)
    again = run_from(Path(first.folder), ["output_dir=two", "steps=4"])
    told = RunFolder(Path(again.folder))
    assert (told.config["steps"], told.config["target"]) == (4, "hill.json")
    assert Path(again.folder).name != Path(first.folder).name


@pytest.mark.parametrize("typed", ["method=es", "steps=1,2", "experiment=demo"])
def test_groups_and_sweeps_are_refused_in_one_line(room, typed):
    first = execute(RunConfig("genome", "hill.json", output_dir="one", **SMALL))
    with pytest.raises(ConfigError, match=r"is made again with single values changed"):
        run_from(Path(first.folder), [typed])


def test_a_folder_that_is_no_run_is_named(room):
    with pytest.raises(RunFolderError, match=r"nowhere"):
        run_from(Path("nowhere"), [])


def test_a_target_that_changed_its_file_is_still_the_one_that_was_kept(room):
    config = RunConfig("sgd", "hill.json", arch="relu:2x1", output_dir="one", **SMALL)
    first = execute(config)
    kept = target_named(first.folder, 8)
    genome_file(room, weight=-2.0)
    assert target_named("hill.json", 8).content_hash != kept.content_hash
    assert target_named(first.folder, 8).content_hash == kept.content_hash
    assert target_named(first.folder, 12).image.shape == (12, 12, 3)
    # It can be drawn by other runs, too.
    other = execute(replace(config, target=first.folder, arch="relu:3x1"))
    assert RunFolder(Path(other.folder)).config["target_hash"] == kept.content_hash


def test_a_run_that_never_got_to_its_scores_tells_its_settings(room, fake_method):
    fake_method["fail_at"] = 2
    config = RunConfig("fake", "hill.json", output_dir="one", **SMALL)
    failed = execute(config)
    assert failed.state == "failed"
    told = config_of(RunFolder(Path(failed.folder)))
    assert (told.steps, told.seeds, told.metrics) == (3, [0, 1], None)

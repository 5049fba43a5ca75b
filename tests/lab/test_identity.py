from dataclasses import replace

import imageio.v3 as iio
import numpy as np
import pytest

from fer_jax.genome.files import save_genome
from fer_jax.genome.graph import Link
from fer_jax.genome.target import load_target
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import run_id, sketch
from tests.lab.small_runs import genome_file, small_genome

OTHER = {
    "arch": "relu:3x1",
    "wiring": "genome",
    "seeds": 3,
    "size": 9,
    "steps": 6,
    "learning_rate": 1e-2,
    "init_scale": 0.5,
    "normalize_gradient": False,
    "precision": "high",
    "optimizer": "lion",
    "schedule": "cosine",
    "weight_decay": 0.1,
    "l1": 0.1,
    "l2": 0.1,
    "smoothness": 0.1,
    "loss": "hsv",
    "prune": 0.5,
    "prune_rounds": 2,
    "batch_size": 16,
    "init": "he_normal",
    "target_loss": 0.01,
    "snapshots": 3,
}
NO_MATTER = {
    "output_dir": "elsewhere",
    "metrics": ["total_variation"],
    "score_size": 24,
    "score_key": 1,
    "checkpoint_seconds": 1.0,
    "checkpoint_steps": 7,
    "on_cycle": "cut",  # the target's content tells what was cut
}


def id_of(config):
    target = load_target(config.target, config.size)
    return run_id(config, target, METHODS[config.method].prepare(config, target))


@pytest.fixture
def config(tmp_path):
    target = str(genome_file(tmp_path))
    return RunConfig(target=target, arch="relu:2x1", seeds=2, size=8, steps=5)


@pytest.mark.parametrize("key", [*METHODS["sgd"].uses, "size"])
def test_every_setting_that_matters_makes_another_run(config, key):
    if key == "wiring":
        config = replace(config, arch=None)
    if key == "prune_rounds":
        config = replace(config, prune=0.5)
    other = replace(config, **{key: OTHER[key]})
    assert id_of(other) != id_of(config)
    assert sketch(other) != sketch(config)


@pytest.mark.parametrize("key", NO_MATTER)
def test_what_does_not_matter_to_training_does_not_change_the_id(config, key):
    assert id_of(replace(config, **{key: NO_MATTER[key]})) == id_of(config)


def test_a_sweep_over_ways_to_read_cycles_is_two_runs(config):
    assert sketch(replace(config, on_cycle="cut")) != sketch(config)


def test_the_same_settings_in_other_words_are_the_same_run(config):
    assert id_of(replace(config, seeds=[1, 0])) == id_of(config)
    assert id_of(replace(config, arch="1;relu:2")) == id_of(config)


def test_a_target_is_its_content_not_its_path(config, tmp_path):
    pixels = np.zeros((8, 8, 3), np.uint8)
    ids = []
    for name, value in (("a", 0), ("b", 0), ("c", 1)):
        iio.imwrite(tmp_path / f"{name}.png", pixels + np.uint8(value))
        ids.append(id_of(replace(config, target=str(tmp_path / f"{name}.png"))))
    assert ids[0] == ids[1] != ids[2]


def test_two_genomes_that_draw_the_same_picture_are_two_runs(config, tmp_path):
    genome = small_genome()
    # A link of weight 0 draws nothing, and yet is another genome.
    twin = replace(genome, links=(*genome.links, Link("y", "brightness", 0.0)))
    save_genome(twin, tmp_path / "twin.json")
    first = replace(config, method="genome")
    assert id_of(first) != id_of(replace(first, target=str(tmp_path / "twin.json")))
    save_genome(replace(genome, name="renamed"), tmp_path / "renamed.json")
    assert id_of(first) == id_of(replace(first, target=str(tmp_path / "renamed.json")))
    assert id_of(first) == id_of(replace(first, arch="tanh:9x9", steps=9))

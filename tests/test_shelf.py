"""The embedded genomes: sound, stable, unlike one another, and as their generator makes them."""

import functools
import itertools
import re
from importlib import resources

import numpy as np
import pytest

from experiments.shelf import about, genomes
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import write_json
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import shelf_names

SIZE = 64
NAMES = shelf_names()

RESERVED = {"skull", "butterfly", "apple"}
"""The original study's genomes, which are fetched and not embedded."""

# One process draws each picture once.
pytestmark = pytest.mark.xdist_group("shelf")

each_name = pytest.mark.parametrize("name", NAMES)

built = functools.cache(genomes)


@functools.cache
def picture(name: str) -> np.ndarray:
    return render(load_genome(name), SIZE)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def is_grey(image: np.ndarray) -> bool:
    return bool(np.ptp(image, axis=-1).max() < 1e-6)


def is_mirrored(image: np.ndarray) -> bool:
    return difference(image, image[:, ::-1]) < 1e-3


def is_quarter_turned(image: np.ndarray) -> bool:
    return difference(image, np.rot90(image)) < 1e-3


def labels(genome: Genome) -> set[str]:
    return {link.label for link in genome.links} - {""}


@each_name
def test_a_genome_is_of_modest_size_and_weights(name: str) -> None:
    genome = load_genome(name)
    assert genome.name == name
    assert re.fullmatch("[a-z]+", name)
    assert 10 <= len(genome.nodes) <= 60
    assert np.abs(genome.params).max() <= 30


@each_name
def test_every_node_has_a_part_in_the_picture(name: str) -> None:
    genome = load_genome(name)
    assert {node.id for node in genome.nodes} == set(genome.depths)


@each_name
def test_every_label_has_a_colour(name: str) -> None:
    genome = load_genome(name)
    assert labels(genome) == {label for label, _ in genome.label_colors}


@each_name
def test_a_picture_is_finite_and_not_constant(name: str) -> None:
    image = picture(name)
    assert image.shape == (SIZE, SIZE, 3)
    assert np.isfinite(image).all()
    assert image.std() > 0.1


@each_name
def test_the_layerized_network_draws_the_same(name: str) -> None:
    dense = render(layerize(load_genome(name)), SIZE)
    np.testing.assert_allclose(dense, picture(name), rtol=0, atol=1e-4)


@each_name
def test_the_file_is_in_stable_form(name: str) -> None:
    assert shelf_text(name) == write_json(load_genome(name))


@each_name
def test_the_generator_reproduces_the_file(name: str) -> None:
    assert shelf_text(name) == write_json(built()[name]), "run python -m experiments.shelf"


def test_the_shelf_holds_what_the_generator_makes() -> None:
    assert set(NAMES) == set(built())


def test_the_names_that_others_rely_on() -> None:
    assert {"sunrise", "moth"} <= set(NAMES)
    assert not RESERVED & set(NAMES)
    assert is_mirrored(picture("moth"))


def test_no_two_pictures_are_alike() -> None:
    for one, other in itertools.combinations(NAMES, 2):
        assert difference(picture(one), picture(other)) > 0.05, f"{one} and {other}"


def test_the_pictures_are_varied() -> None:
    images = {name: picture(name) for name in NAMES}
    grey = {name for name, image in images.items() if is_grey(image)}
    mirrored = {name for name, image in images.items() if is_mirrored(image)}
    turned = {name for name, image in images.items() if is_quarter_turned(image)}
    assert len(NAMES) >= 12
    assert len(grey) >= 3
    assert len(images.keys() - grey) >= 3
    assert len(mirrored) >= 3
    assert len(images.keys() - mirrored) >= 3
    assert turned & mirrored, "flower"
    assert turned - mirrored, "pinwheel"


def test_several_genomes_carry_human_labels() -> None:
    assert sum(bool(labels(load_genome(name))) for name in NAMES) >= 3


def shelf_text(name: str) -> str:
    path = resources.files("fer_jax.genome") / "shelf" / f"{name}.json"
    return path.read_text(encoding="utf-8")


def test_every_genome_has_a_line_of_description() -> None:
    path = resources.files("fer_jax.genome") / "shelf" / "about.txt"
    text = path.read_text(encoding="utf-8")
    assert text == about(), "run python -m experiments.shelf"
    assert [line.split(": ")[0] for line in text.splitlines()] == list(NAMES)

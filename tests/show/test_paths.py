"""The paths of pictures of a page: which stages are shown, with what under them."""

import numpy as np
import pytest

from fer_jax.lab.folders.evolution import Evolution
from fer_jax.lab.folders.run_folder import RunFolder
from fer_jax.lab.methods.method import Found
from fer_jax.show.along import Course
from fer_jax.show.paths import MAX_LINE, MAX_PATHS, Path, draw_paths, paths_of
from fer_jax.show.report import write_report
from fer_jax.show.saved import read_shown
from tests.show.saved_runs import save_genome_run, save_sgd_run, small_genome
from tests.show.test_report import Page


def line_of(count, seed=0):
    genomes = tuple(small_genome(str(place)) for place in range(count))
    return Evolution(seed, genomes, tuple(range(0, 3 * count, 3)), (), "", "")


def course_of(seeds, steps):
    values = np.full((len(seeds), len(steps)), 0.25)
    read = np.ones(values.shape, bool)
    return Course("fracture", "1", np.array(seeds), np.array(steps), values, read, "")


def texts(figure):
    return [text.get_text() for text in figure.texts]


def test_a_short_line_is_shown_whole_and_a_long_one_evenly():
    found = Found(evolution=(line_of(3, seed=4), line_of(50, seed=7)))
    short, long = paths_of(found, ())
    assert (short.seed, short.steps, short.stages) == (4, (0, 3, 6), 3)
    assert [model.name for model in short.models] == ["0", "1", "2"]
    assert (len(long.steps), long.steps[0], long.steps[-1]) == (MAX_LINE, 0, 147)
    assert set(np.diff(long.steps)) <= {12, 15}


def test_ancestors_that_were_scored_are_among_those_shown():
    (path,) = paths_of(Found(evolution=(line_of(50),)), [course_of([0], [0, 72, 147])])
    assert {0, 72, 147} <= set(path.steps)
    assert len(path.steps) == len(set(path.steps)) == MAX_LINE
    told = dict(zip(path.steps, path.scores["fracture"], strict=True))
    assert {step for step, value in told.items() if value == 0.25} == {0, 72, 147}
    assert set(told.values()) == {0.25, None}


def test_only_the_first_seeds_are_shown_and_empty_lines_are_not():
    found = Found(evolution=(line_of(0, 0), *(line_of(2, seed) for seed in range(1, 20))))
    assert [path.seed for path in paths_of(found, ())] == list(range(1, 1 + MAX_PATHS))
    assert paths_of(Found(), ()) == ()


@pytest.mark.parametrize("pixels", [8, 0])
def test_under_each_picture_stands_what_it_reads(pixels):
    genomes = (small_genome(), small_genome())
    path = Path(3, 9, (0, 1200), genomes, {"fracture": (0.5, None), "spread": (float("nan"), 0.1)})
    images = [np.zeros((2, 8, 8, 3))]
    figure = draw_paths([path], images, np.zeros((pixels, pixels, 3)), unit="generation")
    told = texts(figure)
    assert told[:4] == ["seed 3", "generation", "fracture", "spread"]
    assert told[4:] == ["0", "0.500", "–", "1,200", "0.100", *(["target"] if pixels else [])]
    assert len(figure.axes) == 2 + bool(pixels)


def test_a_page_shows_the_path_of_trained_networks(tmp_path):
    save_genome_run(tmp_path)
    folder = save_sgd_run(tmp_path, seeds=2, snapshots=5, diverged=(1,))
    shown = read_shown(RunFolder(folder))
    # From where a seed has diverged its weights are those of an earlier step.
    assert [path.steps for path in shown.paths] == [(0, 1, 2, 4, 8), (0, 1, 2)]
    page = Page(write_report(tmp_path))
    (picture,) = [image for image in page.all("img") if "-path-" in image["src"]]
    assert "The pictures of seeds 0, 1 on their way, step by step. Seed 0: 5 of 5" in picture["alt"]
    assert "fracture undefined to 0.500, entanglement 0.400 to 0.400" in picture["alt"]
    assert "#paths" in [link["href"] for link in page.all("a")]


def test_a_page_without_snapshots_has_no_paths(tmp_path):
    save_genome_run(tmp_path)
    save_sgd_run(tmp_path)
    page = Page(write_report(tmp_path))
    assert "#paths" not in [link["href"] for link in page.all("a")]
    assert not [image for image in page.all("img") if "-path-" in image["src"]]

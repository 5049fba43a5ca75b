import numpy as np
import pandas as pd
import pytest

from fer_jax.lab.folders.run_folder import ALONG_COLUMNS
from fer_jax.show.along import Along, courses_of, draw_along

STEPS = (0, 1, 10, 100)


def readings(*metrics, seeds=3):
    rows = [
        ("run", seed, step, None, metric, "1", value, "" if np.isfinite(value) else "why")
        for metric in metrics
        for seed in range(seeds)
        for step in STEPS
        for value in [np.nan if (seed, step) == (1, 10) else 0.2 + 0.1 * seed]
    ]
    return pd.DataFrame(rows, columns=list(ALONG_COLUMNS)).astype(ALONG_COLUMNS)


def test_the_loss_and_the_headlines_are_drawn_or_what_was_read_first():
    def names(*read):
        return [course.metric for course in courses_of(readings(*read))]

    assert names("loss", "spread", "fracture", "entanglement") == [
        *("loss", "fracture", "entanglement")
    ]
    assert names("loss", "spread", "one_sidedness", "total_variation") == [
        *("loss", "spread", "one_sidedness")
    ]


def test_the_mean_is_over_the_seeds_that_have_a_value():
    (course,) = courses_of(readings("fracture"))
    assert course.values.shape == (3, len(STEPS))
    assert (course.undefined, course.reason) == (1, "why")
    np.testing.assert_allclose(course.mean[0], [0.3, 0.3, 0.3, 0.3])
    mean, low, high = course.mean
    assert (low < mean).all()
    assert (mean < high).all()


@pytest.mark.parametrize("version", ["1", "2"])
def test_an_undefined_value_is_a_gap_and_the_genome_a_level_line(version):
    genome = {("fracture", version): 0.15}
    run = Along("tanh:6x2", courses_of(readings("loss", "fracture")), "sgd", genome)
    loss, fracture = draw_along([run]).axes
    assert loss.get_yscale() == "log"
    assert fracture.get_xscale() == "symlog"
    seed = fracture.lines[1].get_ydata()
    assert np.isnan(seed).tolist() == [False, False, True, False]
    levels = [line for line in fracture.lines if set(line.get_ydata()) == {0.15}]
    # Another version of a metric is another metric.
    assert len(levels) == (version == "1")
    assert fracture.get_xlabel() == "step"
    low, high = fracture.get_ylim()
    assert low < 0
    assert high > 1


def test_ancestors_are_born_at_other_generations_of_each_seed():
    """What was not read is no undefined value, and holds in the mean until the next one is born."""
    born = {0: {0: 0.2, 3: 0.4}, 5: {0: 0.6, 2: np.nan, 7: 0.8}}
    rows = [
        ("run", seed, step, None, "fracture", "1", value, "" if np.isfinite(value) else "why")
        for seed, own in born.items()
        for step, value in own.items()
    ]
    table = pd.DataFrame(rows, columns=list(ALONG_COLUMNS)).astype(ALONG_COLUMNS)
    (course,) = courses_of(table)
    assert course.steps.tolist() == [0, 2, 3, 7]
    assert course.read.sum() == 5
    assert course.undefined == 1
    np.testing.assert_allclose(course.mean[0], [0.4, 0.2, 0.4, 0.6])
    (axes,) = draw_along([Along("neat", (course,), "neat", {}, "generation", bred=True)]).axes
    assert (axes.get_xlabel(), axes.get_xscale()) == ("generation", "linear")
    assert [line.get_xdata().tolist() for line in axes.lines[:2]] == [[0, 3], [0, 2, 7]]
    assert axes.get_xlim()[1] < 8

import math

import numpy as np
import pytest
import scipy.stats

from fer_jax.statistics import summarize_sample

VALUES = np.random.default_rng(0).normal(3.0, 1.0, size=12)


def test_against_numpy_and_scipy():
    summary = summarize_sample(VALUES)
    assert summary.n == 12
    assert summary.mean == pytest.approx(np.mean(VALUES))
    assert summary.median == pytest.approx(np.median(VALUES))
    # A quarter of 12 is cut off at each end.
    assert summary.iqm == pytest.approx(np.sort(VALUES)[3:9].mean())
    assert summary.low < summary.mean < summary.high
    # The percentile interval of a mean is near the normal one.
    half = 1.96 * np.std(VALUES) / math.sqrt(12)
    assert summary.low == pytest.approx(summary.mean - half, abs=0.15 * half)
    assert summary.high == pytest.approx(summary.mean + half, abs=0.15 * half)


def test_covers_the_true_mean_about_as_often_as_it_says():
    draws = np.random.default_rng(1)
    samples = [summarize_sample(draws.normal(size=20), seed) for seed in range(200)]
    covered = np.mean([sample.low <= 0 <= sample.high for sample in samples])
    # At n = 20 the percentile interval is known to cover somewhat less than it says.
    assert 0.88 <= covered <= 0.98


def test_is_the_same_every_time_and_in_every_order():
    assert summarize_sample(VALUES) == summarize_sample(VALUES)
    shuffled = summarize_sample(np.random.default_rng(2).permutation(VALUES))
    assert (shuffled.low, shuffled.high) == pytest.approx(
        (summarize_sample(VALUES).low, summarize_sample(VALUES).high), rel=1e-12
    )


def test_values_that_are_not_finite_are_counted():
    summary = summarize_sample([1.0, float("nan"), 2.0, float("inf")])
    assert (summary.n, summary.undefined, summary.mean) == (2, 2, 1.5)


def test_one_value_has_no_interval():
    summary = summarize_sample([2.0])
    assert (summary.n, summary.mean, summary.median, summary.iqm) == (1, 2.0, 2.0, 2.0)
    assert math.isnan(summary.low)
    assert math.isnan(summary.high)


def test_no_value_is_undefined():
    summary = summarize_sample([float("nan")])
    assert (summary.n, summary.undefined) == (0, 1)
    assert math.isnan(summary.mean)


def test_equal_values_have_an_interval_of_no_width():
    summary = summarize_sample([0.5] * 8)
    assert (summary.low, summary.high) == (0.5, 0.5)


def test_iqm_is_scipys_trimmed_mean():
    for n in range(1, 10):
        assert summarize_sample(VALUES[:n]).iqm == scipy.stats.trim_mean(VALUES[:n], 0.25)

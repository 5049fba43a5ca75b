import math

import numpy as np
import pytest
import scipy.stats

from fer_jax.statistics import bootstrap, summarize_sample
from fer_jax.statistics.bootstrap import interval_of_mean
from fer_jax.statistics.sample import summarize_samples

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
        expected = scipy.stats.trim_mean(VALUES[:n], 0.25)
        assert summarize_sample(VALUES[:n]).iqm == pytest.approx(expected, rel=1e-12)


def scipys_interval(values, seed=0):
    interval = scipy.stats.bootstrap(
        (np.sort(values),),
        np.mean,
        n_resamples=1000,
        confidence_level=0.95,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return interval.low, interval.high


@pytest.mark.parametrize("n", [2, 3, 8, 64])
def test_the_interval_is_scipys_draw_by_draw(n):
    values = np.random.default_rng(n).lognormal(size=n)
    summary = summarize_sample(values, seed=5)
    assert (summary.low, summary.high) == pytest.approx(scipys_interval(values, 5), rel=1e-12)


def test_an_interval_in_parts_is_the_same(monkeypatch):
    values = np.sort(np.random.default_rng(3).normal(size=(7, 40)))
    whole = interval_of_mean(values, [40])
    strata = interval_of_mean(values, [10, 30])
    monkeypatch.setattr(bootstrap, "_ENTRIES", 1200)  # 30 resamples, or one sample, at a time
    np.testing.assert_allclose(interval_of_mean(values, [40]), whole, rtol=1e-12)
    # Two kinds of draws take turns there, so that other resamples come out.
    np.testing.assert_allclose(interval_of_mean(values, [10, 30]), strata, atol=0.15)


def interval_over_strata(strata, draws=20_000):
    """Of two levels, the obvious way."""
    rng = np.random.default_rng(11)
    means = []
    for _ in range(draws):
        drawn = [strata[index] for index in rng.integers(len(strata), size=len(strata))]
        means.append(np.concatenate([rng.choice(values, len(values)) for values in drawn]).mean())
    return np.percentile(means, [2.5, 97.5])


@pytest.mark.slow
def test_two_levels_are_those_of_the_obvious_way():
    draws = np.random.default_rng(4)
    strata = [draws.normal(middle, 1.0, size) for middle, size in ((0, 4), (1, 9), (3, 6), (2, 1))]
    (low,), (high,) = interval_of_mean(np.concatenate(strata)[None], [4, 9, 6, 1])
    expected = interval_over_strata(strata)
    assert (low, high) == pytest.approx(tuple(expected), abs=0.12)


def test_two_levels_are_wider_where_targets_differ_and_not_where_they_do_not():
    draws = np.random.default_rng(6)
    apart = np.concatenate([draws.normal(middle, 0.1, 16) for middle in (0.0, 1.0, 2.0)])
    alike = draws.normal(0.0, 0.1, 48)
    targets = np.repeat([0, 1, 2], 16)
    width = {}
    for name, values in (("apart", apart), ("alike", alike)):
        for kind, strata in (("one", np.zeros(48, dtype=int)), ("two", targets)):
            told = summarize_samples(values, np.zeros(48, dtype=int), strata, 1)
            width[name, kind] = float(told.high[0] - told.low[0])
    assert width["apart", "two"] > 2 * width["apart", "one"]
    assert width["alike", "two"] < 2 * width["alike", "one"]


def test_many_samples_are_each_summed_up_as_alone():
    draws = np.random.default_rng(8)
    samples = [draws.normal(size=size) for size in (1, 5, 5, 0, 9)]
    samples[1][2] = np.nan
    values = np.concatenate(samples)
    numbers = np.repeat(np.arange(5), [len(values) for values in samples])
    order = draws.permutation(len(values))
    many = summarize_samples(values[order], numbers[order], np.zeros(len(values), dtype=int), 5)
    for index, values in enumerate(samples):
        alone = summarize_sample(values)
        for name in ("n", "mean", "median", "iqm", "low", "high", "undefined"):
            told = getattr(many, name)[index]
            assert told == pytest.approx(getattr(alone, name), rel=1e-12, nan_ok=True), name
    assert many.strata.tolist() == [1, 1, 1, 0, 1]


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_two_levels_cover_the_mean_of_all_targets(spread):
    draws = np.random.default_rng(9)
    trials, targets, seeds = 2000, 12, 8
    middles = draws.normal(0.0, spread, (trials, targets, 1))
    values = (middles + draws.normal(size=(trials, targets, seeds))).reshape(trials, -1)
    low, high = interval_of_mean(values, [seeds] * targets)
    covered = np.mean((low <= 0) & (high >= 0))
    # With 12 targets a percentile interval covers less than it says; where targets do not differ,
    # two levels count the seeds' noise twice, and it covers more.
    assert 0.88 <= covered <= (0.96 if spread else 1.0)
    low, high = interval_of_mean(values, [seeds * targets])
    alone = np.mean((low <= 0) & (high >= 0))
    assert alone < 0.7 if spread else 0.93 <= alone <= 0.96

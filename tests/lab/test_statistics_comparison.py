import math

import numpy as np
import pytest
import scipy.stats

from fer_jax.statistics.comparison import Sample, cliffs_delta, compare, holm

DRAWS = np.random.default_rng(0)
FEW, MANY = DRAWS.normal(0.5, 1.0, 6), DRAWS.normal(size=20)


def of(values, *, fixed=False):
    return {"only": Sample(np.asarray(values, dtype=float), fixed)}


def test_delta_counts_pairs():
    slow = np.mean([np.sign(one - other) for one in FEW for other in MANY])
    assert cliffs_delta(FEW, MANY) == pytest.approx(slow)
    assert cliffs_delta(MANY, FEW) == pytest.approx(-slow)
    assert cliffs_delta(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert cliffs_delta(np.array([3.0]), np.array([1.0, 2.0])) == 1


@pytest.mark.parametrize(("one", "other"), [(FEW, MANY), (MANY, MANY + 0.4), (FEW, FEW)])
def test_two_samples_by_mann_whitney(one, other):
    told = compare(of(one), of(other))
    expected = scipy.stats.mannwhitneyu(one, other, method="auto")
    assert told.p == pytest.approx(expected.pvalue)
    assert told.delta == pytest.approx(2 * expected.statistic / (len(one) * len(other)) - 1)
    assert told.difference == pytest.approx(one.mean() - other.mean())
    assert (told.test, told.strata) == ("Mann-Whitney U", 1)


def test_equal_values_are_no_difference():
    told = compare(of([1.0] * 9), of([1.0] * 9))
    assert (told.difference, told.delta, told.p) == (0, 0, 1)
    told = compare(of([1.0] * 9), of([1.0], fixed=True))
    assert (told.difference, told.delta, told.p) == (0, 0, 1)


def test_a_sample_against_a_constant_by_signs():
    told = compare(of([2.0, 3.0, 4.0, 5.0, 0.0, 1.0]), of([1.0], fixed=True))
    # Four above, one below, one equal: 2 (1 + 5) / 2^5.
    assert told.p == pytest.approx(12 / 32)
    assert told.delta == pytest.approx(3 / 6)
    assert told.test == "sign"
    back = compare(of([1.0], fixed=True), of([2.0, 3.0, 4.0, 5.0, 0.0, 1.0]))
    assert (back.p, back.delta, back.difference) == (told.p, -told.delta, -told.difference)


def test_constants_are_not_tested():
    told = compare(of([2.0], fixed=True), of([1.0], fixed=True))
    assert (told.difference, told.delta, told.test) == (1, 1, "")
    assert math.isnan(told.p)


def test_over_targets_each_counts_once():
    shifts = np.array([0.5, 1.0, -0.2, 2.0])
    sample = {key: Sample(MANY + shift) for key, shift in enumerate(shifts)}
    reference = {key: Sample(MANY[:9]) for key in range(3)} | {"other": Sample(MANY)}
    told = compare(sample, reference)
    expected = MANY.mean() + shifts[:3] - MANY[:9].mean()
    assert told.difference == pytest.approx(expected.mean())
    assert told.delta == pytest.approx(
        np.mean([cliffs_delta(MANY + shift, MANY[:9]) for shift in shifts[:3]])
    )
    assert told.p == pytest.approx(scipy.stats.wilcoxon(expected).pvalue)
    assert (told.test, told.strata) == ("Wilcoxon over targets", 3)


def test_nothing_shared_is_nothing_compared():
    told = compare({"a": Sample(FEW)}, {"b": Sample(FEW)})
    assert (told.test, told.strata) == ("", 0)
    assert math.isnan(told.delta)
    assert math.isnan(told.p)


def test_holm_by_hand():
    # 5 x 0.001, 4 x 0.01, 3 x 0.02, 2 x 0.02 (not below the one before), 1 x 0.9.
    p = np.array([0.02, 0.9, 0.001, np.nan, 0.02, 0.01])
    np.testing.assert_allclose(holm(p), [0.06, 0.9, 0.005, np.nan, 0.06, 0.04])
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
    assert holm(np.array([np.nan])).tolist() != [1.0]
    assert holm(np.array([])).size == 0

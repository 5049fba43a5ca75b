"""Novelty is what a loop over all others says it is, and the archive grows as published."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fer_jax.errors import ConfigError
from fer_jax.search import novelty_archive
from fer_jax.search.novelty_archive import NoveltyArchive

numbers = st.floats(-1, 1, width=32) | st.sampled_from([0.0, 0.5])
behaviours = st.integers(0, 12).flatmap(lambda n: arrays(np.float32, (n, 3), elements=numbers))
WORTHS = st.lists(st.sampled_from([0.0, 0.4, 1.0, 1.1, 2.0, math.nan, math.inf]), max_size=40)


def holding(members, neighbours=15):
    """An archive that holds some."""
    found = NoveltyArchive(members.shape[1], neighbours=neighbours, most_novel=max(len(members), 1))
    found.add(np.arange(len(members)), members, np.ones(len(members)))
    return found


def reference(members, population, neighbours):
    found = []
    for place, one in enumerate(population):
        others = [*members, *population[:place], *population[place + 1 :]]
        apart = sorted(math.dist(one.tolist(), other.tolist()) for other in others)[:neighbours]
        found.append(math.fsum(apart) / len(apart) if apart else 0.0)
    return found


def offered(worths, first=0):
    uids = 10 + first + np.arange(len(worths))
    values = np.stack([uids, -uids], axis=1).astype(np.float32)
    return uids, values, np.array(worths, np.float64)


def same_bytes(one, other):
    assert list(one) == list(other)
    for name in one:
        assert one[name].dtype == other[name].dtype
        assert one[name].shape == other[name].shape
        assert one[name].tobytes() == other[name].tobytes()


@given(behaviours, behaviours, st.integers(1, 20), st.integers(1, 5), st.integers(1, 5))
def test_novelty_is_that_of_a_loop(members, population, neighbours, queries, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(novelty_archive, "QUERIES", queries)
        patch.setattr(novelty_archive, "MEMBERS", block)
        found = holding(members, neighbours).novelty(population)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, reference(members, population, neighbours), atol=1e-7)


def test_novelty_of_many_values():
    random = np.random.default_rng(0)
    members, population = (random.random((n, 192)).astype(np.float32) for n in (60, 20))
    found = holding(members).novelty(population)
    np.testing.assert_allclose(found, reference(members, population, 15), rtol=1e-12)


def test_copies_are_at_no_distance():
    one = np.random.default_rng(1).random((1, 192)).astype(np.float32)
    copies = np.repeat(one, 4, axis=0)
    assert (NoveltyArchive(192, neighbours=3, most_novel=1).novelty(copies) == 0.0).all()
    assert (holding(one, neighbours=1).novelty(one) == 0.0).all()


def test_one_alone_is_not_novel():
    found = NoveltyArchive(2, most_novel=1)
    assert found.novelty(np.ones((1, 2), np.float32)).tolist() == [0.0]
    assert found.novelty(np.ones((0, 2), np.float32)).tolist() == []


def test_what_is_not_finite_is_no_neighbour_and_is_not_added():
    population = np.array([[0.0], [np.nan], [3.0], [np.inf]], np.float32)
    found = NoveltyArchive(1, threshold=1.0)
    novelty = found.novelty(population)
    np.testing.assert_array_equal(novelty, [3.0, np.nan, 3.0, np.nan])
    assert found.add(np.arange(4), population, novelty).tolist() == [True, False, True, False]
    assert found.rejected == 2
    # Nor where a number is given for it.
    assert found.add(np.arange(4), population, np.full(4, 2.0)).tolist() == [True, False] * 2
    assert found.rejected == 4
    assert found.uids.tolist() == [0, 2, 0, 2]
    assert np.isnan(found.novelty(np.full((2, 1), np.nan, np.float32))).all()


def test_the_threshold_adapts_as_published():
    found = NoveltyArchive(2, threshold=1.0, period=10)
    # Ten evaluations with four additions: as before.
    assert found.add(*offered([2.0] * 4 + [1.0] * 6)).sum() == 4
    assert found.threshold == 1.0
    # With five: raised, at the end of the ten and not before.
    assert found.add(*offered([1.1] * 9)).sum() == 9
    assert found.threshold == 1.0
    assert found.add(*offered([1.1] * 2)).tolist() == [True, False]
    assert found.threshold == 1.2
    # With none: lowered.
    assert found.add(*offered([1.1] * 9)).sum() == 0
    assert found.threshold == 1.2 * 0.95
    assert found.add(*offered([1.15])).tolist() == [True]


@given(WORTHS, st.integers(1, 12), st.integers(1, 9))
def test_any_batches_are_as_one_by_one(worths, size, period):
    found, alone = (NoveltyArchive(2, threshold=1.0, period=period) for _ in range(2))
    added = []
    for start in range(0, len(worths), size):
        added += found.add(*offered(worths[start : start + size], start)).tolist()
    singly = [bool(alone.add(*offered([worth], at))[0]) for at, worth in enumerate(worths)]
    assert added == singly
    same_bytes(found.arrays(), alone.arrays())


def test_the_most_novel_of_a_generation_are_added():
    found = NoveltyArchive(2, most_novel=2)
    assert found.add(*offered([1.0, 3.0, 2.0, 3.0, 3.0])).tolist() == [0, 1, 0, 1, 0]
    assert found.uids.tolist() == [11, 13]
    assert found.add(*offered([math.nan, 0.0, math.inf], 5)).tolist() == [0, 1, 0]
    assert found.add(*offered([1.0], 8)).tolist() == [1]
    assert found.uids.tolist() == [11, 13, 16, 18]
    np.testing.assert_array_equal(found.behaviours[:, 0], found.uids)
    assert found.add(*offered([])).tolist() == []
    # Enough of them for an order that is not stable to show.
    found = NoveltyArchive(2, most_novel=3)
    assert np.flatnonzero(found.add(*offered([1.0, 2.0] * 50))).tolist() == [1, 3, 5]


@pytest.mark.parametrize("rule", [{"threshold": 1.0, "period": 7}, {"most_novel": 2}])
@given(WORTHS, WORTHS)
def test_it_comes_back_and_goes_on(rule, before, after):
    found = NoveltyArchive(2, neighbours=3, **rule)
    found.add(*offered(before))
    back = NoveltyArchive.restore(found.arrays())
    same_bytes(back.arrays(), found.arrays())
    some = offered(after, len(before))
    np.testing.assert_array_equal(back.novelty(some[1]), found.novelty(some[1]))
    np.testing.assert_array_equal(back.add(*some), found.add(*some))
    same_bytes(back.arrays(), found.arrays())
    assert back.threshold == found.threshold


def test_memory_does_not_grow_with_the_archive():
    members = np.random.default_rng(2).random((20_000, 192)).astype(np.float32)
    found = holding(members)
    peaks = []
    for kept in (10_000, 20_000):
        found.behaviours = members[:kept]
        tracemalloc.start()
        found.novelty(members[:256])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks) < 50e6
    assert peaks[1] < 1.05 * peaks[0]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "expected either threshold or most_novel; got threshold=None and most_novel=None"),
        ({"threshold": 1.0, "most_novel": 1}, "got threshold=1.0 and most_novel=1"),
        ({"threshold": 0.0}, "threshold=0.0: expected a finite number above 0"),
        ({"threshold": math.nan}, "threshold=nan: expected a finite number above 0"),
        ({"threshold": math.inf}, "threshold=inf: expected a finite number above 0"),
        ({"most_novel": 0}, "most_novel=0"),
        ({"most_novel": 1, "neighbours": 0}, "neighbours=0"),
        ({"most_novel": 1, "period": 0}, "period=0"),
    ],
)
def test_archives_that_cannot_be(settings, said):
    with pytest.raises(ConfigError) as raised:
        NoveltyArchive(2, **settings)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"behaviours": np.zeros((3, 2), np.float32)},
        {"behaviours": np.zeros(1, np.float32)},
        {"neighbours": np.array(0)},
        {"threshold": np.array(np.nan)},
    ],
)
def test_arrays_of_something_else(changed):
    found = NoveltyArchive(2, threshold=1.0)
    found.add(*offered([2.0]))
    with pytest.raises(ConfigError, match="not the arrays of a novelty archive"):
        NoveltyArchive.restore(found.arrays() | changed)
    arrays = found.arrays()
    del arrays["period"]
    with pytest.raises(ConfigError, match="not the arrays of a novelty archive: 'period'"):
        NoveltyArchive.restore(arrays)

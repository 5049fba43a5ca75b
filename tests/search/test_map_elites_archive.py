"""The grid holds what a dictionary of cells would hold that genomes were offered one by one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.errors import ConfigError
from fer_jax.search.map_elites_archive import MOST_CELLS, MapElitesArchive

NAMES, BINS, RANGES = ("one", "other"), (3, 2), ((0.0, 1.0), (-1.0, 1.0))
# Few values, so that cells and fitness are often the same.
WORTHS = st.sampled_from([-1.5, 0.0, 0.1, 1.0, 2.0, math.nan, math.inf, -math.inf])
PLACES = st.sampled_from([-2.0, 0.0, 0.2, 1 / 3, 0.5, 1.0, 9.0, math.nan, math.inf])
OFFERS = st.lists(st.tuples(WORTHS, PLACES, PLACES), max_size=40)


def archive(least_fitness=-2.0):
    return MapElitesArchive(NAMES, BINS, RANGES, least_fitness)


def as_arrays(offers, first=0):
    uids = 100 + first + np.arange(len(offers))
    table = np.array(offers, np.float64).reshape(-1, 3)
    return uids, table[:, 0], table[:, 1:]


def filled(offers):
    found = archive()
    found.add(*as_arrays(offers))
    return found


class Reference:
    """A dictionary of cells."""

    def __init__(self):
        self.cells, self.rejected = {}, 0

    def add(self, uid, worth, values):
        if not all(map(math.isfinite, (worth, *values))):
            self.rejected += 1
            return False
        bins = []
        for value, count, (low, high) in zip(values, BINS, RANGES, strict=True):
            share = (value - low) / (high - low)
            bins.append(min(max(math.floor(share * count), 0), count - 1))
        cell = tuple(bins)
        if cell in self.cells and worth <= self.cells[cell][1]:
            return False
        self.cells[cell] = (uid, worth, *values)
        return True


def same_bytes(one, other):
    assert list(one) == list(other)
    for name in one:
        assert one[name].dtype == other[name].dtype
        assert one[name].shape == other[name].shape
        assert one[name].tobytes() == other[name].tobytes()


@given(OFFERS, st.integers(1, 12))
def test_any_batches_are_as_one_by_one(offers, size):
    found, reference = archive(), Reference()
    accepted = []
    for start in range(0, len(offers), size):
        accepted += found.add(*as_arrays(offers[start : start + size], start)).tolist()
    uids, worths, values = as_arrays(offers)
    assert accepted == [
        reference.add(uid, worth, tuple(both))
        for uid, worth, both in zip(uids, worths, values.tolist(), strict=True)
    ]
    elites = found.elites()
    cells = zip(*np.unravel_index(elites.cells, BINS), strict=True)
    held = zip(elites.uids, elites.fitness, *elites.descriptors.T, strict=True)
    assert dict(zip(cells, held, strict=True)) == reference.cells
    assert (np.diff(elites.cells) > 0).all()
    assert found.rejected == reference.rejected
    same_bytes(found.arrays(), filled(offers).arrays())
    assert found.coverage == len(reference.cells) / 6
    above = [held[1] + 2.0 for held in reference.cells.values()]
    assert found.qd_score == math.fsum(above)


@given(OFFERS, OFFERS)
def test_it_comes_back_and_goes_on(before, after):
    found = filled(before)
    back = MapElitesArchive.restore(found.arrays())
    same_bytes(back.arrays(), found.arrays())
    offered = as_arrays(after, len(before))
    np.testing.assert_array_equal(back.add(*offered), found.add(*offered))
    same_bytes(back.arrays(), found.arrays())
    assert (back.names, back.bins) == (NAMES, BINS)
    assert (back.coverage, back.qd_score) == (found.coverage, found.qd_score)


def test_of_equals_the_older_stays():
    found = archive()
    offered = as_arrays([(1.0, 0.1, 0.0), (1.0, 0.2, 0.1), (1.0, 0.5, 0.0), (0.5, 0.1, 0.0)])
    assert found.add(*offered).tolist() == [True, False, True, False]
    assert found.add(*as_arrays([(1.0, 0.0, 0.0)], 4)).tolist() == [False]
    assert found.elites().uids.tolist() == [100, 102]
    # Accepted, though a later one of the batch takes its place.
    assert found.add(*as_arrays([(2.0, 0.1, 0.0), (3.0, 0.1, 0.0)], 5)).tolist() == [True, True]
    assert found.elites().uids.tolist() == [106, 102]


def test_a_bin_holds_its_lower_bound():
    found = MapElitesArchive(["one"], [4])
    values = np.array([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0, np.nextafter(0.5, 0)])
    assert found.cells_of(values[:, None]).tolist() == [0, 0, 1, 2, 3, 3, 3, 1]
    np.testing.assert_array_equal(found.edges[0], [0.0, 0.25, 0.5, 0.75, 1.0])


def test_cells_count_along_the_last_descriptor_first():
    corners = np.array([[0.0, -1.0], [0.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    assert archive().cells_of(corners).tolist() == [0, 1, 4, 5]


def test_an_empty_one():
    found = archive()
    assert found.best is None
    assert (found.coverage, found.qd_score, found.rejected) == (0.0, 0.0, 0)
    assert found.add(*as_arrays([])).tolist() == []
    assert len(found.elites().uids) == 0
    same_bytes(MapElitesArchive.restore(found.arrays()).arrays(), found.arrays())


def test_the_best():
    found = filled([(1.0, 0.0, 0.0), (3.0, 0.5, 0.5), (3.0, 1.0, 0.5)])
    assert found.best.uids.tolist() == [101]
    assert found.best.fitness.tolist() == [3.0]
    assert found.best.descriptors.tolist() == [[0.5, 0.5]]
    assert found.qd_score == 3.0 + 5.0 + 5.0


def test_single_precision_is_kept_as_it_is():
    found = archive()
    values, worths = np.float32([[0.1, 0.7]]), np.float32([0.3])
    found.add(np.array([1]), worths, values)
    elites = found.elites()
    assert elites.fitness.astype(np.float32) == worths
    assert (elites.descriptors.astype(np.float32) == values).all()


def test_what_it_hands_out_is_a_copy():
    found = filled([(1.0, 0.0, 0.0)])
    found.elites().fitness[:] = 9.0
    assert found.qd_score == 3.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"names": []}, "different descriptors; got []"),
        ({"names": ["one", "one"]}, "different descriptors; got ['one', 'one']"),
        ({"bins": [4]}, "a range for each of 2 descriptors; got 1 numbers of bins and 2 ranges"),
        ({"ranges": [(0.0, 1.0)]}, "got 2 numbers of bins and 1 ranges"),
        ({"bins": [0, 4]}, "bins=[0, 4]: expected at least 1 each"),
        ({"bins": [2**12, 2**12]}, f"{MOST_CELLS} cells at most"),
        ({"ranges": [(0.0, 1.0), (1.0, 1.0)]}, "two finite ascending numbers each"),
        ({"ranges": [(0.0, math.inf), (0.0, 1.0)]}, "two finite ascending numbers each"),
        ({"ranges": [(0.0, math.nan), (0.0, 1.0)]}, "two finite ascending numbers each"),
        ({"least_fitness": -math.inf}, "least_fitness=-inf: expected a finite number"),
    ],
)
def test_grids_that_cannot_be(changed, said):
    settings = {"names": NAMES, "bins": BINS, "ranges": RANGES, **changed}
    with pytest.raises(ConfigError) as raised:
        MapElitesArchive(**settings)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"bins": np.array([1, 1])},
        {"bins": np.array([3])},
        {"uids": np.zeros(7, np.int64)},
        {"names": np.frombuffer(b"[", np.uint8)},
    ],
)
def test_arrays_of_something_else(changed):
    arrays = filled([(1.0, 1.0, 1.0)]).arrays()
    with pytest.raises(ConfigError, match="not the arrays of a MAP-Elites archive"):
        MapElitesArchive.restore(arrays | changed)
    del arrays["fitness"]
    with pytest.raises(ConfigError, match="not the arrays of a MAP-Elites archive: 'fitness'"):
        MapElitesArchive.restore(arrays)

import numpy as np
import pytest

from fer_jax.search.open_ended import OpenEndedSearch
from fer_jax.search.order_of_traits import orders_of, symmetry_first


@pytest.mark.parametrize(
    ("symmetry", "complexity", "expected"),
    [
        ([0.1, 0.95, 0.95, 1.0], [0.1, 0.1, 0.4, 0.6], 1.0),
        ([0.1, 0.2, 0.3, 1.0], [0.1, 0.5, 0.5, 0.6], 0.0),
        ([0.1, 0.2, 1.0, 1.0], [0.1, 0.1, 0.5, 0.6], 0.5),
        # It counts from where it stays so.
        ([1.0, 1.0, 0.2, 1.0], [0.1, 0.1, 0.5, 0.6], 0.0),
        ([0.1, 1.0, 1.0, 1.0], [0.5, 0.1, 0.5, 0.6], 1.0),
        ([1.0, 1.0], [0.0, 0.0], 0.5),
        ([1.0], [0.3], 0.5),
    ],
)
def test_what_came_first(symmetry, complexity, expected):
    assert symmetry_first(np.array(symmetry), np.array(complexity)) == expected


def test_a_line_whose_last_picture_is_not_symmetric_has_no_order():
    assert np.isnan(symmetry_first(np.array([1.0, 0.5]), np.array([0.1, 0.2])))
    assert np.isnan(symmetry_first(np.array([1.0, np.nan]), np.array([0.1, 0.2])))


def test_lines_of_a_run_are_read_one_by_one():
    search = OpenEndedSearch(way="breeder", size=16, session_steps=3, seeds=(5,))
    state, records = search.advance(search.start(), 9)
    (run,) = search.result(state, records)
    numbers = [one.uid for one in run.collection]
    together = orders_of(run.ancestry, numbers, 16)
    assert together.shape == (3,)
    alone = [orders_of(run.ancestry, [number], 16)[0] for number in numbers]
    np.testing.assert_array_equal(together, alone)
    assert orders_of(run.ancestry, [], 16).shape == (0,)

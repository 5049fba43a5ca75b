"""A seed that turns NaN or infinite stops where it was, and the others do not notice."""

import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd

ARCH = Arch.parse("identity:3x2")
TARGET = np.asarray(render(load_genome("sunrise"), 8))
GOOD = np.random.default_rng(0).normal(size=(2, ARCH.parameter_count)).astype(np.float32) / 2


def company(bad: np.ndarray) -> np.ndarray:
    return np.stack([GOOD[0], bad, GOOD[1]])


@pytest.mark.parametrize(("value", "nan_at_once"), [(1e30, True), (np.nan, True), (np.inf, True)])
def test_the_others_go_on(value, nan_at_once):
    bad = np.full(ARCH.parameter_count, value, np.float32)
    result = train_sgd(ARCH, TARGET, seeds=[4, 5, 6], steps=12, initial_params=company(bad))
    assert result.status == ["ok", "diverged", "ok"]
    assert result.diverged_at.tolist() == [-1, 0, -1]
    assert np.isnan(result.losses[1]).all() == nan_at_once
    np.testing.assert_array_equal(result.flat_params[1], bad)
    alone = train_sgd(ARCH, TARGET, seeds=[4, 6], steps=12, initial_params=GOOD)
    assert alone.status == ["ok", "ok"]
    np.testing.assert_array_equal(result.flat_params[[0, 2]], alone.flat_params)
    np.testing.assert_array_equal(result.losses[[0, 2]], alone.losses)


def test_the_last_finite_weights_are_kept():
    # A step this long is finite itself and makes the next image overflow.
    kwargs = {"seeds": (0, 1), "learning_rate": 1e30}
    job = SgdSearch(ARCH, TARGET, **kwargs)
    state, records = job.advance(job.start(), 6)
    one_step, _ = job.advance(job.start(), 1)
    assert np.asarray(state.seeds.diverged_at).tolist() == [1, 1]
    losses = records["losses"]
    assert np.isfinite(losses[:, 0]).all()
    assert np.isnan(losses[:, 1:]).all()
    assert np.isfinite(state.seeds.params).all()
    assert np.abs(state.seeds.params).max() > 1e29
    np.testing.assert_array_equal(state.seeds.params, one_step.seeds.params)


def test_weights_that_overflow_in_one_step_are_not_taken():
    job = SgdSearch(ARCH, TARGET, (0,), learning_rate=3e38, initial_params=3e38 * np.sign(GOOD[0]))
    state, _ = job.advance(job.start(), 3)
    np.testing.assert_array_equal(state.seeds.params[0], np.float32(3e38) * np.sign(GOOD[0]))
    assert np.asarray(state.seeds.diverged_at).tolist() == [0]


def test_divergence_survives_saving_and_chunks():
    bad = np.full(ARCH.parameter_count, 1e30, np.float32)
    job = SgdSearch(ARCH, TARGET, (4, 5, 6), initial_params=company(bad))
    state, _ = job.advance(job.start(), 5)
    state, records = job.advance(job.restore(job.arrays(state)), 5)
    result = job.result(state, records)
    assert result.diverged_at.tolist() == [-1, 0, -1]
    assert np.isnan(result.losses[1]).all()
    assert np.isfinite(result.losses[[0, 2]]).all()
    np.testing.assert_array_equal(result.flat_params[1], bad)

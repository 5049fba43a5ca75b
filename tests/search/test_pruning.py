import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.render import render
from fer_jax.errors import ConfigError
from fer_jax.genome.files import load_genome
from fer_jax.search.pruning import pruned, pruning_rounds
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd
from tests.compilations import compilations

TARGET = np.asarray(render(load_genome("sunrise"), 8))
ARCH = "2;gaussian:3,sin:3"  # 4 x 6 + 6 x 6 + 6 x 3 = 78 weights


@given(
    arrays(np.float32, (2, 9), elements=st.floats(-3, 3, width=32)),
    arrays(np.bool_, (2, 9)),
    st.lists(st.integers(0, 9), min_size=2, max_size=2),
)
def test_the_largest_are_kept(params, trainable, keep):
    kept = pruned(params, trainable, np.array(keep))
    assert not (kept & ~trainable).any()
    for own, left, could, count in zip(np.abs(params), kept, trainable, keep, strict=True):
        assert left.sum() == min(count, could.sum())
        if left.any() and (could & ~left).any():
            assert own[left].min() >= own[could & ~left].max()


def test_of_equal_ones_the_first_are_kept_and_nan_never_before_a_number():
    params = np.array([[1.0, -1.0, 1.0, np.nan], [np.nan] * 4])
    kept = pruned(params, np.ones((2, 4), bool), 2)
    assert kept.tolist() == [[True, True, False, False]] * 2


def test_rounds():
    assert pruning_rounds(100, 0.9, 1) == ((50, pytest.approx(0.1)),)
    steps, left = zip(*pruning_rounds(1000, 0.875, 3), strict=True)
    assert steps == (250, 500, 750)
    np.testing.assert_allclose(left, [0.5, 0.25, 0.125])
    assert len({step for step, _ in pruning_rounds(11, 0.5, 10)}) == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prune": 1.0}, "prune is 1.0; expected a share above 0 and below 1"),
        ({"prune": -0.5}, "prune is -0.5; expected a share"),
        ({"prune": 0.5, "prune_rounds": 0}, "prune_rounds is 0; expected at least 1"),
        ({"prune": 0.5, "prune_rounds": 4}, "prune_rounds is 4 in 4 steps; expected fewer"),
    ],
)
def test_bad_values(options, message):
    with pytest.raises(ConfigError, match=message):
        train_sgd(ARCH, TARGET, seeds=1, steps=4, **options)


def test_pruned_weights_stay_0_and_the_others_are_trained_on():
    with compilations("advance_seeds") as found:
        result = train_sgd(
            ARCH, TARGET, seeds=3, steps=120, prune=0.75, prune_rounds=2, learning_rate=0.01,
            snapshots=[39, 40, 79, 80, 81, 120],
        )  # fmt: skip
    assert len(found) == 1
    counts = (result.snapshots != 0).sum(axis=1)
    np.testing.assert_array_equal(counts, np.broadcast_to([78, 39, 39, 20, 20, 20], (3, 6)))
    before, after = result.snapshots[..., 2], result.snapshots[..., 3]
    kept = after != 0
    for seed in range(3):
        assert np.abs(before[seed][kept[seed]]).min() >= np.abs(before[seed][~kept[seed]]).max()
    last = result.flat_params
    assert ((last != 0) == kept).all()
    assert (last[kept] != after[kept]).all()
    # Training goes on: what pruning did is partly made good, unless it left a black picture.
    assert (result.losses[:, -1] <= result.losses[:, 80]).all()
    assert (result.losses[:, -1] < 0.5 * result.losses[:, 80]).any()


def test_an_interrupted_pruning_ends_in_the_same_bytes():
    options = {"schedule_steps": 60, "pruning": pruning_rounds(60, 0.5, 2), "learning_rate": 0.01}
    whole = SgdSearch(Arch.parse(ARCH), TARGET, (0, 1), **options)
    state, _ = whole.advance(whole.start(), 60)
    expected = np.asarray(state.seeds.params)
    job, state = whole, whole.start()
    for steps in (20, 1, 19, 20):
        state, _ = job.advance(state, steps)
        job = SgdSearch(Arch.parse(ARCH), TARGET, (0, 1), **options)
        state = job.restore(job.arrays(state))
    np.testing.assert_array_equal(state.seeds.params, expected)

"""What a search says of itself while it is at work."""

import jax
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.search.sgd import SgdSearch

ARCH = Arch.parse("identity:3x2")
GREY = np.full((8, 8, 3), 0.5, np.float32)
GIVEN = np.random.default_rng(0).normal(size=(3, ARCH.parameter_count)).astype(np.float32) / 2


def test_stopped_is_told_from_diverged():
    bad = np.where([[False], [True], [False]], np.float32(1e30), GIVEN)
    job = SgdSearch(ARCH, GREY, (0, 1, 2), initial_params=bad, target_loss=[0.0, 0.0, 10.0])
    state = job.start()
    assert not np.any(list(job.ended(state).values()))
    state, _ = job.advance(state, 2)
    ended = {how: which.tolist() for how, which in job.ended(state).items()}
    assert ended == {"diverged": [False, True, False], "stopped": [False, False, True]}


@pytest.mark.parametrize(
    ("seeds", "told"),
    [
        ((0, 1, 2), "3 seeds on 2 devices, 1 at a time on each, in blocks of 128 pixels"),
        ((7,), "1 seed on 2 devices, in blocks of 128 pixels"),
    ],
)
def test_the_plan(monkeypatch, seeds, told):
    monkeypatch.setattr(jax, "devices", jax.devices()[:2].copy)
    picture = np.zeros((16, 16, 3), np.float32)
    plan = SgdSearch(ARCH, picture, seeds, block_size=128, seeds_in_flight=1).plan
    assert plan == f"{told}, 0 MiB beside JAX"

"""Trained dials: networks are trained to one loss, and those that fall short are told."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_jax.genome.dials import LEVELS
from fer_jax.genome.dials.tied import TIED_KINDS, tied_network
from fer_jax.metrics.registry import METRICS
from fer_jax.validation.tied import TiedTraining, read_tied, train_tied


@pytest.mark.slow
def test_who_falls_short_is_told_and_what_is_held_stays():
    how = TiedTraining(seeds=1, size=8, steps=3, target_loss=3e-3)
    rows, networks = train_tied("concepts", 0, how)
    assert list(rows["level"]) == list(LEVELS)
    assert (rows["reached"] == (rows["loss"] <= how.target_loss)).all()
    assert (rows["steps"] <= how.steps).all()
    start = tied_network("concepts", 0, 1.0, seed=0)
    moved = networks[-1].flat_params != start.initial_params
    assert moved.any()
    assert not moved[~start.trainable].any()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "metric"), [("fold", "one_sidedness"), ("concepts", "spread")])
def test_trained_networks_are_read_as_their_dial_says(kind, metric):
    assert METRICS[metric].kind == TIED_KINDS[kind].dial
    found = read_tied(kind, 0, TiedTraining(seeds=2), metrics=[metric])
    assert found["reached"].all()
    assert np.ptp(found["loss"]) < 0.1 * found["loss"].max()
    assert spearmanr(found["level"], found["value"]).statistic >= 0.7

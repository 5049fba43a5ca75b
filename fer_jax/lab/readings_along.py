"""Scoring the networks that a run has kept on the way: how its scores came about."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from fer_jax.cppn.network import Cppn
from fer_jax.lab.kept_scores import KeptScores, Scores
from fer_jax.lab.method import Found
from fer_jax.lab.networks import Networks
from fer_jax.lab.readings import Row, Scoring, rows_of, undefined_rows
from fer_jax.lab.run_folder import ALONG_COLUMNS
from fer_jax.lab.snapshots import Snapshots

OnScored = Callable[[int, int], None]
"""Called as `on_scored(done, of)`: first with what was there already, then after each network."""


def read_along(
    run: str,
    found: Found,
    scoring: Scoring,
    target: np.ndarray,
    final: pd.DataFrame,
    kept: KeptScores,
    *,
    keep_seconds: float = 60.0,
    on_scored: OnScored = lambda done, of: None,
) -> pd.DataFrame | None:
    """Score every snapshot of every seed, with what the final networks are scored with.

    Weights that have been scored are not scored again: those of the final networks, and those of a
    seed that has stopped. From where a seed has diverged, its readings are undefined.

    Args:
        run: the run's id.
        found: what the run has made.
        scoring: which metrics, and how.
        target: `(size, size, 3)` float32.
        final: the readings of the final networks, as `read_all` gives them.
        kept: what an earlier process has scored, and where to keep what this one does.
        keep_seconds: most time between two times that scores are kept; they are, too, on Ctrl-C.
        on_scored: told how far it is.

    Returns:
        A table with the columns of `ALONG_COLUMNS`, by seed and step; None if there are no
        snapshots.

    Raises:
        OSError: if scores cannot be kept.
    """
    snapshots, networks = found.snapshots, found.networks
    if snapshots is None or networks is None:
        return None
    scores = kept.load()
    known = _known(networks, snapshots, final, scores)
    places = [(seed, step) for seed in snapshots.seeds for step in snapshots.steps]
    new: Scores = {}
    kept_at = time.monotonic()
    on_scored(len(scores), len(places))
    try:
        for seed, step in places:
            if (seed, step) in scores:
                continue
            weights = _weights(snapshots, seed, step)
            if snapshots.has_diverged(seed, step):
                rows = undefined_rows(scoring, found.diverged[seed])
            else:
                rows = (
                    known.get(weights.tobytes())
                    or rows_of([Cppn(networks.arch, weights)], scoring, target)[0]
                )
                new[seed, step] = known[weights.tobytes()] = rows
            scores[seed, step] = rows
            on_scored(len(scores), len(places))
            if time.monotonic() - kept_at >= keep_seconds:
                kept.save(new)
                kept_at, new = time.monotonic(), {}
    except KeyboardInterrupt:
        kept.save(new)
        raise
    table = [(run, seed, step, *row) for seed, step in places for row in scores[seed, step]]
    return pd.DataFrame(table, columns=list(ALONG_COLUMNS)).astype(ALONG_COLUMNS)


def _known(
    networks: Networks, snapshots: Snapshots, final: pd.DataFrame, scores: Scores
) -> dict[bytes, list[Row]]:
    """What has been read of which weights."""
    known = {_weights(snapshots, *place).tobytes(): rows for place, rows in scores.items()}
    for seed, status in zip(networks.seeds, networks.status, strict=True):
        if status == "ok":
            own = final[final["seed"] == seed]
            known[networks.network(seed).flat_params.tobytes()] = [
                (None if layer is pd.NA else int(layer), metric, version, value, reason)
                for layer, metric, version, value, reason in zip(
                    *(own[name] for name in ("layer", "metric", "metric_version")),
                    *(own[name] for name in ("value", "reason")),
                    strict=True,
                )
            ]
    return known


def _weights(snapshots: Snapshots, seed: int, step: int) -> np.ndarray:
    place = snapshots.seeds.index(seed), slice(None), snapshots.steps.index(step)
    return np.asarray(snapshots.weights[place], dtype=np.float32, order="C")

"""Scoring the stages of a run, snapshots or ancestors: how its scores came about."""

import time
from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import Model
from fer_jax.genome.graph import Genome
from fer_jax.lab.folders.kept_scores import KeptScores, Scores
from fer_jax.lab.folders.run_folder import ALONG_COLUMNS
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.readings import Row, Scoring, rows_of, undefined_rows
from fer_jax.lab.runs.stages import stages_of

OnScored = Callable[[int, int], None]
"""Called as `on_scored(done, of)`: first with what was there already, then after each model."""


def read_along(
    run: str,
    found: Found,
    scoring: Scoring,
    target: np.ndarray | None,
    final: pd.DataFrame,
    kept: KeptScores,
    *,
    keep_seconds: float = 60.0,
    on_scored: OnScored = lambda done, of: None,
) -> pd.DataFrame | None:
    """Score every stage of every seed, with what the final models are scored with.

    What has been scored is not scored again: the final models, and the weights of a seed that has
    stopped. From where a seed has diverged, its readings are undefined.

    Args:
        run: the run's id.
        found: what the run has made.
        scoring: which metrics, how, and how many ancestors.
        target: `(size, size, 3)` float32; None where there was none.
        final: the readings of the final models, as `read_all` gives them.
        kept: what an earlier process has scored, and where to keep what this one does.
        keep_seconds: most time between two times that scores are kept; they are, too, on Ctrl-C.
        on_scored: told how far it is.

    Returns:
        A table with the columns of `ALONG_COLUMNS`, by seed and step; None if there is no stage.

    Raises:
        OSError: if scores cannot be kept.
    """
    stages = {
        (stage.seed, stage.step): stage.model for stage in stages_of(found, scoring.snapshots)
    }
    if not stages:
        return None
    scores = kept.load()
    known = _read_of_final(found, final)
    for place, rows in scores.items():
        if (model := stages[place]) is not None:
            known[_content(model)] = rows
    new: Scores = {}
    kept_at = time.monotonic()
    on_scored(len(scores), len(stages))
    try:
        for (seed, step), model in stages.items():
            if (seed, step) in scores:
                continue
            if model is None:
                rows = undefined_rows(scoring, found.diverged[seed])
            else:
                rows = known.get(_content(model)) or rows_of([model], scoring, target)[0]
                new[seed, step] = known[_content(model)] = rows
            scores[seed, step] = rows
            on_scored(len(scores), len(stages))
            if time.monotonic() - kept_at >= keep_seconds:
                kept.save(new)
                kept_at, new = time.monotonic(), {}
    except KeyboardInterrupt:
        kept.save(new)
        raise
    table = [(run, seed, step, *row) for seed, step in stages for row in scores[seed, step]]
    return pd.DataFrame(table, columns=list(ALONG_COLUMNS)).astype(ALONG_COLUMNS)


def _read_of_final(found: Found, final: pd.DataFrame) -> dict[Hashable, list[Row]]:
    """What has been read of the final models, by their content."""
    known: dict[Hashable, list[Row]] = {}
    for seed, model in found.models:
        own = final[final["seed"] == seed]
        known[_content(model)] = [
            (None if layer is pd.NA else int(layer), metric, version, value, reason)
            for layer, metric, version, value, reason in zip(
                *(own[name] for name in ("layer", "metric", "metric_version")),
                *(own[name] for name in ("value", "reason")),
                strict=True,
            )
        ]
    return known


def _content(model: Model) -> Hashable:
    """Equal for models of a run that read alike: its networks are of one architecture."""
    if isinstance(model, Cppn):
        return model.flat_params.tobytes()
    assert isinstance(model, Genome)
    return model

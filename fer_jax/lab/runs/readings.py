"""Scoring what a run has made: one row per seed, metric and layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
import pandas as pd

from fer_jax.cppn.render import Model, render
from fer_jax.errors import ConfigError, nearest
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.reports import REPORTS
from fer_jax.lab.settings.config import RunConfig
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.scoring import measure_many

LOSS = "loss"
"""Beside the metrics, and the first of `REPORTS`."""

LOSS_VERSION = REPORTS[LOSS].version

Row = tuple[int | None, str, str, float, str]
"""A reading without run and seed: layer, metric, metric_version, value, reason."""

HEADLINES = ("fracture", "entanglement")
"""The metrics that a reader looks at first."""


@dataclass(frozen=True)
class Scoring:
    """How networks are scored. It is no part of a run's id: scoring anew trains nothing.

    Attributes:
        metrics: the version of each metric asked for.
        score_size: pixels along one side.
        score_key: seed of the metrics' random choices.
        snapshots: ancestors of each line of descent that are scored too, at most. Of a network
            the run's settings say it: weights have to be kept while it is trained.
    """

    metrics: Mapping[str, str]
    score_size: int
    score_key: int
    snapshots: int = 0

    def is_met_by(self, recorded: Mapping[str, Any], *, bred: bool = False) -> bool:
        """Whether a run that was scored as recorded holds all that is asked for here.

        Args:
            recorded: how it was scored, as its `status.json` says.
            bred: whether it holds lines of descent.
        """
        have = recorded.get("metrics", {})
        same = all(recorded.get(key) == getattr(self, key) for key in ("score_size", "score_key"))
        if bred and self.snapshots not in (0, recorded.get("snapshots")):
            return False
        return same and all(have.get(name) == version for name, version in self.metrics.items())


def scoring_of(config: RunConfig) -> Scoring:
    """How a configuration asks for scores.

    Raises:
        ConfigError: if it names a metric that does not exist.
    """
    names = METRICS if config.metric_list is None else config.metric_list
    for name in names:
        if name not in METRICS:
            raise ConfigError(f"metrics names {name[:80]!r}; {nearest(name, METRICS)}")
    versions = {name: METRICS[name].version for name in names}
    return Scoring(versions, config.score_size, config.score_key, config.snapshots)


def read_all(run: str, found: Found, scoring: Scoring, target: np.ndarray | None) -> pd.DataFrame:
    """Score every network and genome of a run.

    A diverged seed gets its rows too: undefined, with the reason. Of an archive there are the
    numbers on the whole of it.

    Args:
        run: the run's id.
        found: what the run has made.
        scoring: which metrics, and how.
        target: `(size, size, 3)` float32; None where there was none.

    Returns:
        A table with the columns of `METRIC_COLUMNS`.
    """
    rows: list[tuple[Any, ...]] = []
    seeds = [seed for seed, _ in found.models]
    many = rows_of([model for _, model in found.models], scoring, target)
    for seed, of_model in zip(seeds, many, strict=True):
        rows += [(run, seed, *row) for row in of_model]
    for seed, reason in found.diverged.items():
        rows += [(run, seed, *row) for row in undefined_rows(scoring, reason)]
    for one in found.archives:
        told = [
            (name, REPORTS[name].version, value, "" if value == value else "no line is symmetric")
            for name, value in one.reports.items()
        ]
        rows += [(run, one.seed, None, *row) for row in told]
    return pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)


def rows_of(
    models: Sequence[Model], scoring: Scoring, target: np.ndarray | None
) -> list[list[Row]]:
    """All that is read of each of some models, the loss first; without a target there is none."""
    many = measure_many(
        models,
        list(scoring.metrics),
        target=target,
        size=scoring.score_size,
        key=jax.random.key(scoring.score_key),
    )
    rows: list[list[Row]] = []
    for model, readings in zip(models, many, strict=True):
        told = [(r.layer, r.metric, r.version, r.value, r.reason) for r in readings]
        if target is not None:
            error = float(np.mean(np.square(render(model, len(target)) - target)))
            told.insert(0, (None, LOSS, LOSS_VERSION, error, ""))
        rows.append(told)
    return rows


def undefined_rows(scoring: Scoring, reason: str) -> list[Row]:
    """What stands in their place where there is no model to read, for a reason."""
    asked = {LOSS: LOSS_VERSION, **scoring.metrics}
    return [(None, metric, version, float("nan"), reason) for metric, version in asked.items()]

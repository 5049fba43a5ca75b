"""Trained dials: what metrics read on networks trained to one picture and one loss."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from fer_jax.cppn.network import Cppn
from fer_jax.genome.dials.families import LEVELS
from fer_jax.genome.dials.tied import tied_network, tied_regions, tied_target
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.scoring import DEFAULT_SIZE, measure
from fer_jax.search.train_sgd import train_sgd

TARGET_LOSSES = MappingProxyType({"fold": 2e-4, "concepts": 1e-4})
"""Of each kind, a loss that networks reach at every level of the dial: of the picture's variance
about 4% and 2%."""


@dataclass(frozen=True)
class TiedTraining:
    """How the networks are trained.

    Attributes:
        seeds: at each level.
        size: pixels along one side.
        steps: at most.
        learning_rate: of Adam on the normalised gradient.
        target_loss: at which a seed stops; None: that of `TARGET_LOSSES`.
    """

    seeds: int = 8
    size: int = 32
    steps: int = 4000
    learning_rate: float = 4e-3
    target_loss: float | None = None


def train_tied(kind: str, picture: int, how: TiedTraining) -> tuple[pd.DataFrame, list[Cppn]]:
    """Train networks at all levels of a kind, side by side.

    Args:
        kind: a name of `TIED_KINDS`.
        picture: which.
        how: they are trained.

    Returns:
        A row per network: kind, picture, level, seed, loss (of the weights that are returned),
        reached (whether it is the target loss), steps; and the networks.
    """
    cells = list(itertools.product(LEVELS, range(how.seeds)))
    starts = [tied_network(kind, picture, level, seed) for level, seed in cells]
    result = train_sgd(
        starts[0].arch,
        tied_target(kind, picture, how.size),
        seeds=len(cells),
        steps=how.steps,
        learning_rate=how.learning_rate,
        initial_params=np.stack([start.initial_params for start in starts]),
        trainable=np.stack([start.trainable for start in starts]),
        target_loss=TARGET_LOSSES[kind] if how.target_loss is None else how.target_loss,
    )
    taken = np.isfinite(result.losses).sum(axis=1)
    rows = pd.DataFrame(cells, columns=["level", "seed"])
    rows.insert(0, "picture", picture)
    rows.insert(0, "kind", kind)
    rows["loss"] = result.losses[np.arange(len(cells)), taken - 1]
    rows["reached"] = result.stopped_at >= 0
    rows["steps"] = taken
    return rows, result.networks


def read_tied(
    kind: str,
    picture: int,
    how: TiedTraining | None = None,
    size: int = DEFAULT_SIZE,
    metrics: Sequence[str] | None = None,
) -> pd.DataFrame:
    """What metrics read on the networks that draw one picture.

    They are told the picture's parts, as on the constructed dials. Networks that have not reached
    the target loss are read, too, and say so.

    Args:
        kind: a name of `TIED_KINDS`.
        picture: which.
        how: the networks are trained; by default as `TiedTraining` says.
        size: pixels along one side at which metrics look.
        metrics: names; by default all.

    Returns:
        Columns kind, picture, level, seed, loss, reached, steps, metric, version, value, reason.
    """
    networks, models = train_tied(kind, picture, TiedTraining() if how is None else how)
    regions = tied_regions(kind, picture, LOOKED_AT)
    rows = [
        {
            **row,
            "metric": reading.metric,
            "version": reading.version,
            "value": reading.value,
            "reason": reading.reason,
        }
        for row, model in zip(networks.to_dict("records"), models, strict=True)
        for reading in measure(model, metrics, size=size, regions=regions)
        if reading.layer is None
    ]
    return pd.DataFrame(rows)

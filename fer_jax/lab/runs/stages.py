"""The stages of a run: networks that were kept in training, ancestors of what was bred."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import Model
from fer_jax.lab.methods.method import Found


@dataclass(frozen=True, eq=False)
class Stage:
    """What one seed had come to.

    Attributes:
        seed: of the run.
        step: how many steps had been taken; of an ancestor, the generation of its birth.
        model: the network or genome, or None if the seed had diverged by then.
    """

    seed: int
    step: int
    model: Model | None


def stages_of(
    found: Found, most: int | None = None, seeds: Sequence[int] | None = None
) -> list[Stage]:
    """The stages that are scored and shown, by seed and step.

    Args:
        found: what a run has made.
        most: ancestors of each line of descent, by default all; which networks there are was
            decided as they were kept.
        seeds: whose, by default all.

    Returns:
        None of them if there is neither a line of descent nor a snapshot. A child is born after
        its parents, so that no two have the same seed and step.
    """
    stages = [
        Stage(one.seed, one.born[place], one.line[place])
        for one in found.evolution
        if seeds is None or one.seed in seeds
        for place in evenly(len(one.line), len(one.line) if most is None else most)
    ]
    networks, snapshots = found.networks, found.snapshots
    if networks is not None and snapshots is not None:
        for seed in snapshots.seeds if seeds is None else seeds:
            for step in snapshots.steps:
                diverged = snapshots.has_diverged(seed, step)
                weights = snapshots.weights_of(seed, step)
                model = None if diverged else Cppn(networks.arch, weights)
                stages.append(Stage(seed, step, model))
    return stages


def evenly(count: int, most: int) -> list[int]:
    """At most so many of some places in a row, evenly spaced, the first and the last among them.

    Example:
        >>> evenly(10, 4), evenly(3, 4), evenly(10, 1), evenly(10, 0)
        ([0, 3, 6, 9], [0, 1, 2], [9], [])
    """
    return np.linspace(count - 1, 0, min(most, count)).round().astype(int)[::-1].tolist()

"""Weights that a run has kept on the way, at some of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Snapshots:
    """The weights of every seed at some steps.

    Attributes:
        seeds: one integer per seed.
        steps: how many steps had been taken, ascending.
        weights: `(seeds, params, steps)` float32; of a seed that has diverged or stopped, from
            then on those with which it did.
        diverged_at: the step that a seed could not take, or -1.
    """

    seeds: tuple[int, ...]
    steps: tuple[int, ...]
    weights: np.ndarray
    diverged_at: tuple[int, ...]

    def has_diverged(self, seed: int, step: int) -> bool:
        """Whether a seed had diverged by then, so that its weights are of an earlier step.

        Example:
            >>> kept = Snapshots((7,), (0, 5, 6), np.zeros((1, 2, 3)), (5,))
            >>> [kept.has_diverged(7, step) for step in kept.steps]
            [False, False, True]
        """
        at = self.diverged_at[self.seeds.index(seed)]
        return 0 <= at < step

    def weights_of(self, seed: int, step: int) -> np.ndarray:
        """Those that a seed had at one of the steps, `(params,)` float32."""
        place = self.seeds.index(seed), slice(None), self.steps.index(step)
        return np.asarray(self.weights[place], dtype=np.float32, order="C")


def snapshots_of(curves: Mapping[str, np.ndarray]) -> Snapshots | None:
    """What a `curves.npz`, or the arrays for one, holds of snapshots; None if there are none."""
    if "snapshot_steps" not in curves or not len(steps := curves["snapshot_steps"]):
        return None
    return Snapshots(
        seeds=tuple(int(seed) for seed in curves["seeds"]),
        steps=tuple(int(step) for step in steps),
        weights=np.asarray(curves["snapshots"]),
        diverged_at=tuple(int(step) for step in curves["diverged_at"]),
    )

"""What training gives."""

from dataclasses import dataclass

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn


@dataclass(frozen=True, eq=False)
class SgdResult:
    """What `train_sgd` found.

    Attributes:
        arch: of all networks.
        seeds: `(seeds,)` int.
        flat_params: `(seeds, params)` float32; of a diverged seed, its last finite weights.
        losses: `(seeds, steps)` float32, before each step; NaN once a seed takes none any more.
        diverged_at: `(seeds,)` int, the step at which a seed diverged, or -1.
        stopped_at: `(seeds,)` int, the step at which a seed had reached its target loss, or -1.
        snapshots: `(seeds, params, snapshots)` float32, the weights before some steps.
        snapshot_steps: `(snapshots,)` int, which steps.
    """

    arch: Arch
    seeds: np.ndarray
    flat_params: np.ndarray
    losses: np.ndarray
    diverged_at: np.ndarray
    stopped_at: np.ndarray
    snapshots: np.ndarray
    snapshot_steps: np.ndarray

    @property
    def status(self) -> list[str]:
        """For each seed "ok" or "diverged"."""
        return ["ok" if step < 0 else "diverged" for step in self.diverged_at]

    @property
    def networks(self) -> list[Cppn]:
        """The network of each seed."""
        return [Cppn(self.arch, params) for params in self.flat_params]

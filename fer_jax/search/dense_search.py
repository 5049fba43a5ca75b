"""What every search among dense weights does alike, whatever takes its steps.

Chunks, logs and snapshots, checkpoints, how seeds end, and the result. Training (`search.sgd`) and
evolution (`search.es`) add what a step is.
"""

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Array, Int

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import image_count
from fer_jax.errors import ConfigError, nearest
from fer_jax.search.blocked_loss import PRECISIONS
from fer_jax.search.devices import training_mesh
from fer_jax.search.initial_params import INITIALIZERS
from fer_jax.search.pixel_losses import check_loss
from fer_jax.search.pixel_work import PixelWork
from fer_jax.search.placement import fetch, first, spread
from fer_jax.search.sgd_result import SgdResult
from fer_jax.search.sgd_step import LOG_STEPS
from fer_jax.search.state_arrays import from_arrays, to_arrays


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class DenseState:
    """What a search carries from chunk to chunk.

    Attributes:
        seeds: of every seed, on the first axis of each array; `diverged_at` and `stopped_at` among
            them.
        step: int32, steps taken.
    """

    seeds: Any
    step: Int[Array, ""]


class DenseSearch(ABC):
    """A `Search` of many seeds among the weights of one architecture. Its attributes are fields.

    Attributes:
        arch: the architecture.
        target: one picture, or a sequence of them.
        seeds: one integer per network.
        precision: of the matrix products: a name of `PRECISIONS`.
        loss: a name of `PIXEL_LOSSES`.
        init: a name of `INITIALIZERS`.
        snapshot_steps: before which steps weights are kept.
    """

    arch: Arch
    target: np.ndarray | Sequence[np.ndarray]
    seeds: tuple[int, ...]
    precision: str
    loss: str
    init: str
    snapshot_steps: tuple[int, ...]

    @abstractmethod
    def start(self) -> DenseState:
        """The state before the first step."""

    def advance(self, state: DenseState, steps: int) -> tuple[DenseState, dict[str, np.ndarray]]:
        """Take `steps` steps of every seed.

        Logs `losses` `(seeds, steps)`, and `snapshots` `(seeds, params, snapshots)` with
        `snapshot_steps` `(snapshots,)` of those before one of these steps, or behind the last.
        """
        seeds, step, count = state.seeds, int(state.step), len(self.seeds)
        losses, snapshots, taken = [], [], []
        end = step + steps
        if step == 0 and 0 in self.snapshot_steps:
            snapshots, taken = [np.array(fetch(self._params_of(seeds)))], [0]
        pauses = {at for at in (*self.snapshot_steps, *self._changes) if step < at <= end}
        for pause in sorted(pauses | {end}):
            while step < pause:
                length = min(LOG_STEPS, pause - step)
                seeds, log = self._take_steps(seeds, step, length)
                losses.append(log[:count, :length])
                step += length
            if pause in self._changes:
                seeds = self._changed(first(seeds, count), pause)
            if pause in self.snapshot_steps:
                snapshots.append(fetch(self._params_of(seeds))[:count])
                taken.append(pause)
        shape = (count, self.arch.parameter_count, len(taken))
        return DenseState(first(seeds, count), jnp.int32(step)), {
            "losses": np.concatenate(losses, axis=1),
            "snapshots": np.stack(snapshots, axis=-1) if taken else np.zeros(shape, np.float32),
            "snapshot_steps": np.array(taken, np.int32),
        }

    def ended(self, state: DenseState) -> dict[str, np.ndarray]:
        """Which seeds have diverged, and which have stopped at their target loss."""
        seeds = state.seeds
        steps = {"diverged": seeds.diverged_at, "stopped": seeds.stopped_at}
        return {how: fetch(step) >= 0 for how, step in steps.items()}

    def arrays(self, state: DenseState) -> dict[str, np.ndarray]:
        """The leaves of the state, by their path."""
        return to_arrays(jax.tree.map(fetch, state))

    def restore(self, arrays: Mapping[str, Any]) -> DenseState:
        """The state again."""
        return from_arrays(jax.eval_shape(self.start), arrays)

    def result(self, state: DenseState, records: Mapping[str, np.ndarray]) -> SgdResult:
        """Weights, losses and status of every seed."""
        return SgdResult(
            arch=self.arch,
            seeds=np.array(self.seeds),
            flat_params=fetch(self._params_of(state.seeds)),
            losses=np.asarray(records["losses"]),
            diverged_at=fetch(state.seeds.diverged_at),
            stopped_at=fetch(state.seeds.stopped_at),
            snapshots=np.asarray(records["snapshots"]),
            snapshot_steps=np.asarray(records["snapshot_steps"]),
        )

    @abstractmethod
    def _take_steps(self, seeds: Any, step: int, count: int) -> tuple[Any, np.ndarray]:
        """At most `LOG_STEPS` steps from a state of all seeds: the new one, and its losses."""

    @abstractmethod
    def _params_of(self, seeds: Any) -> Array:
        """The weights `(seeds, params)` that a state stands for."""

    @property
    def _changes(self) -> tuple[int, ...]:
        """Before which steps the state is changed from outside."""
        return ()

    def _changed(self, seeds: Any, step: int) -> Any:
        """The state that is so changed."""
        raise NotImplementedError(f"nothing changes before step {step}")

    def _check(self, doing: str, *settings: Any) -> None:
        """Refuse seeds and names that cannot be.

        Args:
            doing: what is done to a seed, in words.
            settings: those that may be one a seed, and so tell two networks of one seed apart.
        """
        if not self.seeds:
            raise ConfigError(f"seeds is empty; {doing} at least one seed")
        several = not isinstance(self.target, np.ndarray) and not image_count(self.arch)
        all_alike = not several and all(np.ndim(value) == 0 for value in settings)
        if len(set(self.seeds)) < len(self.seeds) and all_alike:
            raise ConfigError(f"seeds {list(self.seeds)} has a seed twice; name each once")
        if not all(0 <= seed < 2**32 for seed in self.seeds):
            raise ConfigError(f"seeds {list(self.seeds)} must lie in 0 ... 2^32 - 1")
        check_loss(self.loss)
        if self.init not in INITIALIZERS:
            raise ConfigError(f"init is {self.init[:40]!r}; {nearest(self.init, INITIALIZERS)}")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision is {self.precision!r}; one of {', '.join(PRECISIONS)}")

    @property
    @abstractmethod
    def _settings(self) -> Any:
        """What each seed is searched by, seeds on the first axis of each array."""

    @property
    @abstractmethod
    def _work(self) -> PixelWork:
        """At which pixels a step looks."""

    @functools.cached_property
    def _placed_settings(self) -> Any:
        return spread(self._mesh, self._settings)

    @functools.cached_property
    def _mesh(self) -> Mesh:
        return training_mesh(len(self.seeds), self._work.step_blocks.groups)

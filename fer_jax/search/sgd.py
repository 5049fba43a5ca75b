"""Gradient descent as in the original study, for many seeds in one compiled program.

The update is Adam on the gradient divided by its own L2 norm, on the full image, for the mean
squared error of RGB (Kumar et al., arXiv 2505.11581, released code). Each device takes one seed
after another, block of pixels by block; where there are fewer seeds than devices, several devices
share a seed's pixels. Neither changes a seed's numbers.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ConfigError, nearest
from fer_jax.search import sgd_step
from fer_jax.search.blocked_loss import BlockedLoss
from fer_jax.search.devices import SEEDS, training_mesh
from fer_jax.search.hyperparameters import Flag, Setting, per_seed, per_seed_flag, stacked
from fer_jax.search.initial_params import INITIALIZERS, initial_params
from fer_jax.search.memory import seeds_in_flight
from fer_jax.search.optimizers import OPTIMIZERS, check_names
from fer_jax.search.pictures import cut_pictures, different_pictures
from fer_jax.search.pixel_blocks import PixelBlocks
from fer_jax.search.sgd_result import SgdResult
from fer_jax.search.sgd_step import Pixels, SeedSettings, SeedState, Update

PRECISIONS = {
    "default": jax.lax.Precision.DEFAULT,
    "high": jax.lax.Precision.HIGH,
    "highest": jax.lax.Precision.HIGHEST,
}


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class SgdState:
    """What training carries from chunk to chunk.

    Attributes:
        seeds: of every seed, on the first axis of each array.
        step: int32, steps taken.
    """

    seeds: SeedState
    step: Int[Array, ""]


@dataclass(frozen=True, eq=False)
class SgdSearch:
    """Training of many seeds, as a `Search`.

    What is said to be one a seed may also be one value for all of them.

    Attributes:
        arch: the architecture.
        target: `(size, size, 3)` float32 RGB in [0, 1], or a sequence of those, one a seed.
        seeds: one integer per network; its initial weights are a function of it alone.
        learning_rate: above 0, one a seed.
        init_scale: factor on the initial weights, above 0, one a seed.
        normalize_gradient: divide the gradient by its L2 norm, as the original does, one a seed; a
            zero gradient stays zero.
        precision: of the matrix products: "highest", "high" or "default".
        initial_params: `(params,)` or `(seeds, params)` to start from instead.
        optimizer: a name of `OPTIMIZERS`.
        schedule: a name of `SCHEDULES`, of the factor on the learning rate.
        schedule_steps: the length of the schedule; must be given unless it is constant.
        weight_decay: decoupled, one a seed; None: what the optimizer's name implies.
        l1: factor on the sum of absolute weights, one a seed.
        l2: factor on the sum of squared weights, one a seed.
        init: a name of `INITIALIZERS`.
        trainable: `(params,)` or `(seeds, params)` of booleans: weights that may move. The others
            stay what `initial_params` says, or 0 without it.
        target_loss: at or below it a seed stops, one a seed.
        snapshot_steps: before which steps weights are kept.
        block_size: pixels in a block; None: chosen by the kind of device.
        seeds_in_flight: seeds that a device trains at once; None: chosen by its memory, 1 on a CPU.

    Raises:
        ConfigError: if a value is out of its range.
    """

    arch: Arch
    target: np.ndarray | Sequence[np.ndarray]
    seeds: tuple[int, ...]
    learning_rate: Setting = 3e-3
    init_scale: Setting = 1.0
    normalize_gradient: Flag = True
    precision: str = "highest"
    initial_params: ArrayLike | None = None
    optimizer: str = "adam"
    schedule: str = "constant"
    schedule_steps: int = 0
    weight_decay: Setting | None = None
    l1: Setting = 0.0
    l2: Setting = 0.0
    init: str = "lecun_normal"
    trainable: ArrayLike | None = None
    target_loss: Setting | None = None
    snapshot_steps: tuple[int, ...] = ()
    block_size: int | None = None
    seeds_in_flight: int | None = None

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("seeds is empty; train at least one seed")
        if len(set(self.seeds)) < len(self.seeds) and self._all_alike:
            raise ConfigError(f"seeds {list(self.seeds)} has a seed twice; name each once")
        if not all(0 <= seed < 2**32 for seed in self.seeds):
            raise ConfigError(f"seeds {list(self.seeds)} must lie in 0 ... 2^32 - 1")
        check_names(self.optimizer, self.schedule)
        if self.init not in INITIALIZERS:
            raise ConfigError(f"init is {self.init[:40]!r}; {nearest(self.init, INITIALIZERS)}")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision is {self.precision!r}; one of {', '.join(PRECISIONS)}")
        if self.schedule != "constant" and self.schedule_steps < 1:
            raise ConfigError(
                f"schedule_steps is {self.schedule_steps}; the schedule {self.schedule!r} needs "
                f"the number of steps over which it runs"
            )
        _ = self._pictures, self._settings, self._blocks, self._scales, self._update

    @property
    def plan(self) -> str:
        """How the seeds are spread over the devices."""
        count, (rows, columns) = len(self.seeds), self._mesh.devices.shape
        seeds = f"{count} seed{'s' * (count > 1)}"
        where = f"{rows} device{'s' * (rows > 1)}, {self._in_flight} at a time on each"
        if columns > 1:
            where = f"{columns} devices" + " each" * (count > 1)
        return f"{seeds} on {where}, in blocks of {self._blocks.block:,} pixels"

    def start(self) -> SgdState:
        """Initial weights, or the given ones, and an empty optimizer."""
        count, length = len(self.seeds), self.arch.parameter_count
        if self.initial_params is None:
            params = initial_params(self.arch, self.init, jnp.array(self.seeds, jnp.uint32))
            params = params * self._scales[:, None] * self._settings.trainable
        else:
            given = jnp.asarray(self.initial_params, jnp.float32)
            if given.shape not in ((count, length), (length,)):
                raise ConfigError(
                    f"initial_params has shape {given.shape}; "
                    f"expected {(count, length)} or {(length,)}"
                )
            # A copy, since training reuses the memory of the state it gets.
            params = jnp.array(jnp.broadcast_to(given, (count, length)), copy=True)
        never = jnp.full(count, -1, jnp.int32)
        state = SeedState(
            params=params,
            optimizer=jax.vmap(self._update.transformation.init)(params),
            diverged_at=never,
            stopped_at=never.copy(),
        )
        return SgdState(state, jnp.zeros((), jnp.int32))

    def advance(self, state: SgdState, steps: int) -> tuple[SgdState, dict[str, np.ndarray]]:
        """Take `steps` steps of every seed.

        Logs `losses` `(seeds, steps)`, and `snapshots` `(seeds, params, snapshots)` with
        `snapshot_steps` `(snapshots,)` of those before one of these steps, or behind the last.
        """
        seeds, step = self._on_devices(state.seeds), int(state.step)
        settings = self._on_devices(self._settings)
        losses, snapshots, taken = [], [], []
        end = step + steps
        stops = [at for at in self.snapshot_steps if step < at <= end]
        if step == 0 and 0 in self.snapshot_steps:
            snapshots, taken = [np.array(state.seeds.params)], [0]
        for stop in dict.fromkeys([*stops, end]):
            while step < stop:
                count = min(sgd_step.LOG_STEPS, stop - step)
                seeds, log = sgd_step.advance_seeds(
                    self._update,
                    self._mesh,
                    seeds,
                    settings,
                    self._pixels,
                    jnp.int32(step),
                    jnp.int32(count),
                )
                losses.append(np.asarray(log)[: len(self.seeds), :count])
                step += count
            if stop in self.snapshot_steps:
                snapshots.append(np.asarray(seeds.params)[: len(self.seeds)])
                taken.append(stop)
        own = jax.tree.map(lambda leaf: leaf[: len(self.seeds)], seeds)
        shape = (len(self.seeds), self.arch.parameter_count, len(taken))
        return SgdState(own, jnp.int32(step)), {
            "losses": np.concatenate(losses, axis=1),
            "snapshots": np.stack(snapshots, axis=-1) if taken else np.zeros(shape, np.float32),
            "snapshot_steps": np.array(taken, np.int32),
        }

    def loss_and_gradient(self, params: ArrayLike) -> tuple[float, np.ndarray]:
        """What a step of the first seed sees at given weights.

        Args:
            params: `(params,)`, one flat weight vector.

        Returns:
            The loss, and its gradient `(params,)` float32 before it is normalised.
        """
        mesh = training_mesh(1, self._blocks.groups)
        weights = jnp.asarray(params, jnp.float32)
        value, gradient = sgd_step.evaluate(self._update.loss, mesh, weights, self._pixels)
        return float(value), np.asarray(gradient)

    def ended(self, state: SgdState) -> dict[str, np.ndarray]:
        """Which seeds have diverged, and which have stopped at their target loss."""
        seeds = state.seeds
        steps = {"diverged": seeds.diverged_at, "stopped": seeds.stopped_at}
        return {how: np.asarray(step) >= 0 for how, step in steps.items()}

    def arrays(self, state: SgdState) -> dict[str, np.ndarray]:
        """The leaves of the state, by their path."""
        leaves = jax.tree_util.tree_leaves_with_path(state)
        return {jax.tree_util.keystr(path): np.asarray(leaf) for path, leaf in leaves}

    def restore(self, arrays: Mapping[str, Any]) -> SgdState:
        """The state again."""
        leaves, structure = jax.tree_util.tree_flatten_with_path(jax.eval_shape(self.start))
        names = [jax.tree_util.keystr(path) for path, _ in leaves]
        if set(names) != set(arrays):
            raise ConfigError(f"a checkpoint of SGD holds {names}; got {sorted(arrays)}")
        for name, (_, leaf) in zip(names, leaves, strict=True):
            if tuple(np.shape(arrays[name])) != leaf.shape:
                raise ConfigError(
                    f"the checkpoint's {name} has shape {np.shape(arrays[name])}; "
                    f"this training needs {leaf.shape}"
                )
        return jax.tree.unflatten(structure, [jnp.asarray(arrays[name]) for name in names])

    def result(self, state: SgdState, records: Mapping[str, np.ndarray]) -> SgdResult:
        """Weights, losses and status of every seed."""
        return SgdResult(
            arch=self.arch,
            seeds=np.array(self.seeds),
            flat_params=np.asarray(state.seeds.params),
            losses=np.asarray(records["losses"]),
            diverged_at=np.asarray(state.seeds.diverged_at),
            stopped_at=np.asarray(state.seeds.stopped_at),
            snapshots=np.asarray(records["snapshots"]),
            snapshot_steps=np.asarray(records["snapshot_steps"]),
        )

    @property
    def _all_alike(self) -> bool:
        """Whether no setting tells two networks of one seed apart."""
        told_apart: tuple[Any, ...] = (
            self.learning_rate, self.init_scale, self.weight_decay, self.l1, self.l2,
            self.normalize_gradient, self.target_loss,
        )  # fmt: skip
        several_pictures = not isinstance(self.target, np.ndarray)
        return not several_pictures and all(np.ndim(value) == 0 for value in told_apart)

    @functools.cached_property
    def _update(self) -> Update:
        loss = BlockedLoss(self.arch, PRECISIONS[self.precision])
        # The length of a constant schedule must not make another program.
        steps = 0 if self.schedule == "constant" else self.schedule_steps
        return Update(loss, self.optimizer, self.schedule, steps, self._in_flight)

    @property
    def _in_flight(self) -> int:
        share = -(-len(self.seeds) // self._mesh.shape[SEEDS])
        if self.seeds_in_flight is None:
            return seeds_in_flight(self.arch, self._blocks.pixels, share)
        if self.seeds_in_flight < 1:
            raise ConfigError(f"seeds_in_flight is {self.seeds_in_flight}; expected at least 1")
        return min(self.seeds_in_flight, share)

    @functools.cached_property
    def _mesh(self) -> Mesh:
        return training_mesh(len(self.seeds), self._blocks.groups)

    def _on_devices(self, per_seed: Any) -> Any:
        """Seeds spread over the devices, in equal shares: the last one is repeated to fill up."""
        rows = self._mesh.shape[SEEDS]
        missing = -len(self.seeds) % rows
        filled = jax.tree.map(
            lambda leaf: jnp.pad(leaf, [(0, missing)] + [(0, 0)] * (leaf.ndim - 1), mode="edge"),
            per_seed,
        )
        # Always placed alike: a first chunk and a later one are the same program.
        return jax.device_put(filled, NamedSharding(self._mesh, PartitionSpec(SEEDS)))

    @functools.cached_property
    def _scales(self) -> np.ndarray:
        return per_seed("init_scale", self.init_scale, len(self.seeds), least=0, inclusive=False)

    @functools.cached_property
    def _settings(self) -> SeedSettings:
        count = len(self.seeds)
        decay = self.weight_decay
        if decay is None:
            decay = OPTIMIZERS[self.optimizer].weight_decay
        positive = functools.partial(per_seed, seeds=count, least=0.0, inclusive=False)
        not_negative = functools.partial(per_seed, seeds=count, least=0.0, inclusive=True)
        never = np.full(count, -1.0, np.float32)
        hyperparameters = stacked(
            learning_rate=positive("learning_rate", self.learning_rate),
            weight_decay=not_negative("weight_decay", decay),
            l1=not_negative("l1", self.l1),
            l2=not_negative("l2", self.l2),
            normalize_gradient=per_seed_flag("normalize_gradient", self.normalize_gradient, count),
            target_loss=never
            if self.target_loss is None
            else not_negative("target_loss", self.target_loss),
        )
        return SeedSettings(hyperparameters, jnp.asarray(self._pictures[1]), self._mask)

    @property
    def _mask(self) -> Float[Array, "seeds mask"]:
        count, length = len(self.seeds), self.arch.parameter_count
        if self.trainable is None:
            return jnp.ones((count, 1), jnp.float32)
        mask = np.asarray(self.trainable)
        if mask.dtype != np.bool_ or mask.shape not in ((length,), (count, length)):
            raise ConfigError(
                f"trainable is {mask.dtype} of shape {mask.shape}; "
                f"expected booleans of shape {(length,)} or {(count, length)}"
            )
        return jnp.asarray(np.broadcast_to(mask, (count, length)), jnp.float32)

    @functools.cached_property
    def _pictures(self) -> tuple[list[np.ndarray], np.ndarray]:
        return different_pictures(self.target, len(self.seeds))

    @functools.cached_property
    def _blocks(self) -> PixelBlocks:
        rows, columns, _ = self._pictures[0][0].shape
        on_cpu = jax.default_backend() == "cpu"
        whole = rows * columns if self.block_size is None and not on_cpu else self.block_size
        return PixelBlocks.of(rows * columns, whole)

    @functools.cached_property
    def _pixels(self) -> Pixels:
        return cut_pictures(self._pictures[0], self.arch.inputs, self._blocks)

"""Gradient descent as in the original study, for many seeds in one compiled program.

The update is Adam on the gradient divided by its own L2 norm, on the full image, for the mean
squared error of RGB (Kumar et al., arXiv 2505.11581, released code). Each device takes one seed
after another, block of pixels by block; where there are fewer seeds than devices, several devices
share a seed's pixels. Neither changes a seed's numbers.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ConfigError
from fer_jax.search import memory, sgd_step
from fer_jax.search.blocked_loss import PRECISIONS, BlockedLoss
from fer_jax.search.dense_search import DenseSearch, DenseState
from fer_jax.search.devices import SEEDS, training_mesh
from fer_jax.search.hyperparameters import Flag, Setting, hyperparameters, per_seed
from fer_jax.search.initial_params import initial_params
from fer_jax.search.optimizers import check_names
from fer_jax.search.pixel_work import PixelWork
from fer_jax.search.placement import fetch, spread
from fer_jax.search.pruning import pruned
from fer_jax.search.sgd_step import SeedSettings, SeedState, Update
from fer_jax.search.weight_masks import weight_masks


@dataclass(frozen=True, eq=False)
class SgdSearch(DenseSearch):
    """Training of many seeds, as a `Search`.

    What is said to be one a seed may also be one value for all of them.

    Attributes:
        arch: the architecture.
        target: `(size, size, 3)` float32 RGB in [0, 1], or a sequence of those: one a seed; for a
            conditional arch, whose every seed draws all of them, one an image.
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
        smoothness: factor on the mean squared slope of feature maps, one a seed.
        loss: a name of `PIXEL_LOSSES`.
        init: a name of `INITIALIZERS`.
        trainable: `(params,)` or `(seeds, params)` of booleans: weights that may move. The others
            stay what `initial_params` says, or `held` without it.
        held: `(params,)`, what weights stay that may not move; None: 0.
        pruning: (step, share) pairs: before which steps each seed's weights of least magnitude are
            set to 0 for good, so that this share of the trainable ones is left.
        target_loss: at or below it a seed stops, one a seed.
        snapshot_steps: before which steps weights are kept.
        batch_size: pixels of which a step looks at as many, drawn anew; None: all of them.
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
    smoothness: Setting = 0.0
    loss: str = "rgb"
    init: str = "lecun_normal"
    trainable: ArrayLike | None = None
    held: ArrayLike | None = None
    pruning: tuple[tuple[int, float], ...] = ()
    target_loss: Setting | None = None
    snapshot_steps: tuple[int, ...] = ()
    batch_size: int | None = None
    block_size: int | None = None
    seeds_in_flight: int | None = None

    def __post_init__(self) -> None:
        self._check(
            "train", self.learning_rate, self.init_scale, self.weight_decay, self.l1, self.l2,
            self.smoothness, self.normalize_gradient, self.target_loss,
        )  # fmt: skip
        check_names(self.optimizer, self.schedule)
        if self.schedule != "constant" and self.schedule_steps < 1:
            raise ConfigError(
                f"schedule_steps is {self.schedule_steps}; the schedule {self.schedule!r} needs "
                f"the number of steps over which it runs"
            )
        _ = self._settings, self._scales, self._masks, self._update
        memory.check(self._needed_bytes, f"{len(self.seeds)} seed(s) of {self.arch.spelling}")

    @property
    def plan(self) -> str:
        """How the seeds are spread over the devices, and the memory that takes."""
        count, (rows, columns) = len(self.seeds), self._mesh.devices.shape
        seeds = f"{count} seed{'s' * (count > 1)}"
        where = f"{rows} device{'s' * (rows > 1)}, {self._in_flight.count} at a time on each"
        if columns > 1:
            where = f"{columns} devices" + " each" * (count > 1)
        block, mebibytes = self._work.step_blocks.block, self._needed_bytes / 2**20
        return f"{seeds} on {where}, in blocks of {block:,} pixels, {mebibytes:,.0f} MiB beside JAX"

    def start(self) -> DenseState:
        """Initial weights, or the given ones, and an empty optimizer."""
        count, length = len(self.seeds), self.arch.parameter_count
        trainable, held = self._masks
        if self.initial_params is None:
            drawn = initial_params(self.arch, self.init, jnp.array(self.seeds, jnp.uint32))
            params = jnp.where(trainable, drawn * self._scales[:, None], held)
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
            trainable=jnp.asarray(trainable, jnp.float32),
            optimizer=jax.vmap(self._update.transformation.init)(params),
            diverged_at=never,
            stopped_at=never.copy(),
        )
        return DenseState(state, jnp.zeros((), jnp.int32))

    def _take_steps(self, seeds: SeedState, step: int, count: int) -> tuple[SeedState, np.ndarray]:
        """At most `LOG_STEPS` steps, with fewer seeds at once where memory does not suffice."""

        def attempt(seeds: SeedState) -> tuple[SeedState, np.ndarray]:
            seeds, log = sgd_step.advance_seeds(
                self._update, self._mesh, spread(self._mesh, seeds), self._placed_settings,
                self._work.pixels, np.int32(step), np.int32(count),
            )  # fmt: skip
            return seeds, fetch(log)

        what = f"{self.arch.spelling} at step {step:,}"
        return memory.with_fewer_if_need_be(self._in_flight, seeds, attempt, what)

    def _params_of(self, seeds: SeedState) -> Array:
        return seeds.params

    @property
    def _changes(self) -> tuple[int, ...]:
        return tuple(step for step, _ in self.pruning)

    def _changed(self, seeds: SeedState, step: int) -> SeedState:
        params, mask = fetch(seeds.params), fetch(seeds.trainable) > 0
        initial = np.broadcast_to(self._masks[0], params.shape)
        share = dict(self.pruning)[step]
        kept = pruned(params, mask, np.rint(share * initial.sum(axis=1)).astype(int))
        return replace(
            seeds,
            params=jnp.asarray(np.where(mask & ~kept, np.float32(0), params)),
            trainable=jnp.asarray(kept, jnp.float32),
        )

    def loss_and_gradient(self, params: ArrayLike) -> tuple[float, np.ndarray]:
        """What a step of the first seed sees at given weights.

        Args:
            params: `(params,)`, one flat weight vector.

        Returns:
            The loss, and its gradient `(params,)` float32 before it is normalised.
        """
        mesh = training_mesh(1, self._work.blocks.groups)
        weights = jnp.asarray(params, jnp.float32)
        value, gradient = sgd_step.evaluate(
            self._update.loss, mesh, weights, self._work.whole, self._settings.at(0)
        )
        return float(value), np.asarray(gradient)

    @property
    def _update(self) -> Update:
        return replace(self._program, in_flight=self._in_flight.count)

    @functools.cached_property
    def _smooth(self) -> bool:
        given = per_seed("smoothness", self.smoothness, len(self.seeds), least=0, inclusive=True)
        return bool(given.any())

    @functools.cached_property
    def _program(self) -> Update:
        loss = BlockedLoss(self.arch, PRECISIONS[self.precision], self.loss, self._smooth)
        # The length of a constant schedule must not make another program.
        steps = 0 if self.schedule == "constant" else self.schedule_steps
        return Update(loss, self.optimizer, self.schedule, steps, batch=self._work.batch)

    @functools.cached_property
    def _in_flight(self) -> memory.SeedsInFlight:
        share = -(-len(self.seeds) // self._mesh.shape[SEEDS])
        wanted = self.seeds_in_flight
        if wanted is None:
            wanted = memory.seeds_in_flight(
                self.arch, self._work.step_blocks.block, share, smooth=self._smooth
            )
        if wanted < 1:
            raise ConfigError(f"seeds_in_flight is {wanted}; expected at least 1")
        return memory.SeedsInFlight(min(wanted, share))

    @property
    def _needed_bytes(self) -> int:
        devices, at_once = self._mesh.size, self._in_flight.count
        kept = self.schedule_steps + len(self.snapshot_steps) * self.arch.parameter_count
        state = jax.eval_shape(self.start)
        numbers = sum(leaf.size for leaf in jax.tree.leaves(state))
        # The state is there twice while a new one is made.
        own = 4 * (2 * numbers + len(self.seeds) * kept)
        pixels, smooth = self._work.step_blocks.block, self._smooth
        return own + devices * at_once * memory.activation_bytes(self.arch, pixels, smooth)

    @functools.cached_property
    def _scales(self) -> np.ndarray:
        return per_seed("init_scale", self.init_scale, len(self.seeds), least=0, inclusive=False)

    @functools.cached_property
    def _settings(self) -> SeedSettings:
        given = hyperparameters(
            len(self.seeds),
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            optimizer=self.optimizer,
            l1=self.l1,
            l2=self.l2,
            smoothness=self.smoothness,
            normalize_gradient=self.normalize_gradient,
            target_loss=self.target_loss,
        )
        places, seeds = self._work.places, jnp.array(self.seeds, jnp.uint32)
        return SeedSettings(given, jnp.asarray(places), seeds)

    @functools.cached_property
    def _masks(self) -> tuple[np.ndarray, np.ndarray]:
        return weight_masks(
            self.trainable,
            self.held,
            seeds=len(self.seeds),
            length=self.arch.parameter_count,
            pruned=bool(self.pruning),
        )

    @functools.cached_property
    def _work(self) -> PixelWork:
        return PixelWork(
            arch=self.arch,
            target=self.target,
            seeds=len(self.seeds),
            loss=self.loss,
            slopes=self._smooth,
            batch_size=self.batch_size,
            block_size=self.block_size,
        )

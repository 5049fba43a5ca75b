"""Evolution of dense weights by any strategy of evosax, for many seeds in one compiled program.

A step is a generation: the strategy asks for members, each member draws its picture, the strategy
is told their losses, and the best member there has ever been is kept. Each device takes one seed
after another, and of it one member after another, block of pixels by block, as training does; where
there are fewer seeds than devices, several devices share the pixels. So memory grows neither with
the seeds nor with the population, beyond what is kept of each, and a seed's numbers are its own.

A seed gives the same bytes alone and in company, in chunks of any length, and on any number of
devices. But XLA simplifies by other rules where it compiles for one device, and three strategies
round differently there than on several: CR_FM_NES, DiffusionEvolution and EvoTF_ES.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, UInt

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import image_count
from fer_jax.cppn.flat_params import unflatten
from fer_jax.errors import ConfigError, nearest
from fer_jax.search import es_strategies, memory, sgd_step
from fer_jax.search.blocked_loss import BlockedLoss, _padded
from fer_jax.search.devices import PIXELS, SEEDS, training_mesh
from fer_jax.search.es_strategies import Key, Strategy
from fer_jax.search.hyperparameters import Setting, per_seed
from fer_jax.search.initial_params import INITIALIZERS, initial_params
from fer_jax.search.pixel_blocks import tree_sum
from fer_jax.search.pixel_losses import check_loss
from fer_jax.search.pixel_work import PixelWork
from fer_jax.search.placement import fetch, first, spread
from fer_jax.search.sgd import PRECISIONS
from fer_jax.search.sgd_result import SgdResult
from fer_jax.search.sgd_step import Pixels
from fer_jax.search.state_arrays import from_arrays, to_arrays

Tree = TypeVar("Tree")

# Of a seed's integer, so that what evolves it is apart from what draws its initial weights.
_STREAM = 1


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class SeedState:
    """What evolution carries from generation to generation, seeds on the first axis of each array.

    Attributes:
        strategy: the state of evosax.
        best_params: of the best member there has been, `(seeds, params)`; before the first, the
            initial weights.
        best_loss: its loss; infinite before the first.
        diverged_at: int32, the first generation without a finite member; -1: never.
        stopped_at: int32, the generation in which a seed reached its target loss; -1: not yet.
    """

    strategy: Any
    best_params: Float[Array, "seeds params"]
    best_loss: Float[Array, "seeds"]
    diverged_at: Int[Array, "seeds"]
    stopped_at: Int[Array, "seeds"]


@no_type_check
@flax.struct.dataclass
class SeedSettings:
    """What each seed is evolved by, seeds on the first axis of each array.

    Attributes:
        seed: uint32, its integer.
        picture: int32, which of the pictures it is to draw.
        init_scale: factor on the initial weights.
        target_loss: at or below it a seed stops.
        options: of the strategy, those that are numbers.
    """

    seed: UInt[Array, "seeds"]
    picture: Int[Array, "seeds"]
    init_scale: Float[Array, "seeds"]
    target_loss: Float[Array, "seeds"]
    options: dict[str, Float[Array, "seeds"]]


@no_type_check
@flax.struct.dataclass
class EsState:
    """What evolution carries from chunk to chunk.

    Attributes:
        seeds: of every seed, on the first axis of each array.
        step: int32, generations there have been.
    """

    seeds: SeedState
    step: Int[Array, ""]


@dataclass(frozen=True)
class InitialDraw:
    """From a key to the weights of a member; hashable, so static in jit.

    Attributes:
        arch: of the network.
        init: a name of `INITIALIZERS`.
    """

    arch: Arch
    init: str

    def __call__(self, key: Key) -> Float[Array, "params"]:
        """The weights from which a seed starts whose integer is drawn."""
        return initial_params(self.arch, self.init, jax.random.bits(key, (1,), jnp.uint32))[0]


@dataclass(frozen=True)
class PictureLoss(BlockedLoss):
    """The loss that training descends, without its gradient; hashable, so static in jit.

    Attributes:
        at_once: members whose pictures a device draws side by side.
    """

    at_once: int = 1

    def __call__(
        self, members: Float[Array, "members params"], pixels: Pixels
    ) -> Float[Array, "members"]:
        """The loss of each member, of the one picture: the mean over pixels and channels."""

        def group_sums(params: Float[Array, "params"]) -> Float[Array, "groups"]:
            kernels = [_padded(jnp.asarray(kernel)) for kernel in unflatten(self.arch, params)]
            transposed = [kernel.T for kernel in kernels]

            def add_block(total: Array, block: tuple) -> tuple[Array, None]:
                # Where all that is in it is filled up, nothing weighs; of others nobody knows.
                loss = _apart(
                    block[2].any(),
                    lambda: self._block_loss(kernels, transposed, 0.0, *block)[1],
                    jnp.float32(0),
                )
                return total + loss, None

            def group_sum(group: tuple) -> Float[Array, ""]:
                return jax.lax.scan(add_block, jnp.float32(0), group)[0]

            return jax.lax.map(group_sum, (pixels.inputs, pixels.targets, pixels.weights))

        batch = self.at_once if self.at_once > 1 else None
        parts = jax.lax.map(group_sums, members, batch_size=batch)
        # Gathered in order and once for all members, so that every device sums all parts alike.
        return tree_sum(jax.lax.all_gather(parts, self.axis_name, axis=1, tiled=True).T)


@dataclass(frozen=True)
class Generation:
    """One generation of one seed, apart from all that is an array; hashable, so static in jit.

    Attributes:
        strategy: asked and told.
        objective: what it minimises: from members and a device's pixels to their losses, the same
            on every device; hashable.
    """

    strategy: Strategy
    objective: Callable[[Float[Array, "members params"], Pixels], Float[Array, "members"]]

    def start(self, settings: SeedSettings, params: Float[Array, "params"]) -> SeedState:
        """The state of a seed before its first generation.

        Args:
            settings: of the seed.
            params: its initial weights, of which the first member is made.
        """
        key, members_key = jax.random.split(_keys(settings.seed, jnp.int32(0))[0])
        others = jax.random.split(members_key, self.strategy.member_count - 1)
        drawn = jax.vmap(self.strategy.draw)(others) * settings.init_scale
        never = jnp.int32(-1)
        return SeedState(
            strategy=self.strategy.start(
                key, jnp.concatenate([params[None], drawn]), settings.options
            ),
            best_params=params,
            best_loss=jnp.float32(jnp.inf),
            diverged_at=never,
            stopped_at=never,
        )

    def __call__(
        self, seed: SeedState, settings: SeedSettings, pixels: Pixels, step: Int[Array, ""]
    ) -> tuple[SeedState, Float[Array, ""]]:
        """Go on by a generation. Returns the least loss so far, or NaN if no member is finite."""
        _, ask_key, tell_key = _keys(settings.seed, step)
        begun, holds = step == 0, step >= 0
        shape = (self.strategy.population_size, self.strategy.dimensions)
        members, strategy = _apart(
            holds,
            lambda: self.strategy.ask(
                ask_key, seed.strategy, settings.options, scale=settings.init_scale, first=begun
            ),
            (jnp.zeros(shape, jnp.float32), seed.strategy),
        )
        losses = self.objective(members, pixels)
        finite = jnp.isfinite(losses) & jnp.isfinite(members).all(axis=1)
        alive = finite.any()
        ranked = jnp.where(finite, losses, jnp.inf)
        best = jnp.argmin(ranked)
        better = ranked[best] < seed.best_loss
        best_loss = jnp.where(better, ranked[best], seed.best_loss)
        # As bad as the worst, and no worse: some strategies reckon with the losses themselves.
        told = jnp.where(finite, losses, jnp.max(jnp.where(finite, losses, -jnp.inf)))
        state = SeedState(
            strategy=_apart(
                holds,
                lambda: self.strategy.tell(
                    tell_key, members, told, strategy, settings.options, first=begun
                ),
                strategy,
            ),
            best_params=jnp.where(better, members[best], seed.best_params),
            best_loss=best_loss,
            diverged_at=jnp.where(alive, seed.diverged_at, step),
            stopped_at=jnp.where(
                alive & (best_loss <= settings.target_loss), step, seed.stopped_at
            ),
        )
        return state, jnp.where(alive, best_loss, jnp.nan)


def _apart(holds: Bool[Array, ""], function: Callable[[], Tree], otherwise: Tree) -> Tree:
    """What a function gives, compiled apart from what surrounds it.

    Where a device has all of the pixels or a part of them, its program is another, and XLA would
    fuse other operations with those of the function, and so round its sums differently. It leaves
    the branches of a condition alone whose outcome it cannot know.

    Args:
        holds: true, which nobody knows at compile time.
        function: what to compute.
        otherwise: anything of the same types.
    """
    return jax.lax.cond(holds, function, lambda: otherwise)


def _keys(seed: UInt[Array, ""], step: Int[Array, ""]) -> UInt[Array, "3 2"]:
    """To start, ask and tell by: a function of the seed's integer and the step alone."""
    stream = jax.random.fold_in(jax.random.PRNGKey(seed), _STREAM)
    return jax.random.split(jax.random.fold_in(stream, step), 3)


@functools.partial(jax.jit, static_argnames=("generation", "mesh"), donate_argnames="seeds")
def evolve_seeds(
    generation: Generation,
    mesh: Mesh,
    seeds: SeedState,
    settings: SeedSettings,
    pixels: Pixels,
    step: Int[Array | np.ndarray, ""],
    count: Int[Array | np.ndarray, ""],
) -> tuple[SeedState, Float[Array, "seeds log"]]:
    """`count` generations of every seed.

    Args:
        generation: one of them.
        mesh: of `training_mesh`.
        seeds: their state; a multiple of the mesh's rows. Its memory is reused.
        settings: of each seed.
        pixels: of all pictures.
        step: generations there have been.
        count: of generations to come, at most `LOG_STEPS`.

    Returns:
        The new state, and the least loss so far with each generation: NaN where a seed takes none
        any more, and behind the first `count`, so that one program serves whatever the count.
    """

    def one_seed(
        pixels: Pixels, one: tuple[SeedState, SeedSettings]
    ) -> tuple[SeedState, Float[Array, "log"]]:
        seed, settings = one
        own = Pixels(pixels.inputs, pixels.targets[settings.picture], pixels.weights)

        def has_more(carry: tuple[Any, ...]) -> Bool[Array, ""]:
            index, seed, _ = carry
            return (index < count) & (seed.diverged_at < 0) & (seed.stopped_at < 0)

        def one_generation(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            index, seed, losses = carry
            seed, loss = generation(seed, settings, own, step + index)
            return index + 1, seed, losses.at[index].set(loss)

        losses = jnp.full(sgd_step.LOG_STEPS, jnp.nan, jnp.float32)
        _, seed, losses = jax.lax.while_loop(has_more, one_generation, (jnp.int32(0), seed, losses))
        return seed, losses

    def share(
        seeds: SeedState, settings: SeedSettings, pixels: Pixels
    ) -> tuple[SeedState, Float[Array, "seeds log"]]:
        return jax.lax.map(functools.partial(one_seed, pixels), (seeds, settings))

    cut: Any = (PartitionSpec(PIXELS), PartitionSpec(None, PIXELS), PartitionSpec(PIXELS))
    return jax.shard_map(
        share,
        mesh=mesh,
        in_specs=(PartitionSpec(SEEDS), PartitionSpec(SEEDS), Pixels(*cut)),
        out_specs=PartitionSpec(SEEDS),
        check_vma=False,
    )(seeds, settings, pixels)


@dataclass(frozen=True, eq=False)
class EsSearch:
    """Evolution of many seeds, as a `Search`. A step is a generation.

    What is said to be one a seed may also be one value for all of them.

    Attributes:
        arch: the architecture.
        target: `(size, size, 3)` float32 RGB in [0, 1], or a sequence of those: one a seed; for a
            conditional arch, whose every seed draws all of them, one an image.
        seeds: one integer per search; all that is random in it is a function of it alone.
        strategy: a name of `STRATEGIES`.
        population_size: members of a generation, all of which are evaluated.
        init_scale: factor on the initial weights, above 0, one a seed.
        strategy_options: of the strategy, by name, see `option_names`; those that are numbers may
            be one a seed.
        schedule_steps: generations over which a schedule of the strategy's own runs; must be given
            for those that have one.
        precision: of the matrix products: "highest", "high" or "default".
        loss: a name of `PIXEL_LOSSES`.
        init: a name of `INITIALIZERS`: what draws the weights from which the first mean, or every
            first member, is made. The first member of a seed is what training starts from.
        target_loss: at or below it a seed stops, one a seed.
        snapshot_steps: before which generations the best weights so far are kept.

    Raises:
        ConfigError: if a value is out of its range, or memory does not suffice.

    Example:
        >>> search = EsSearch(Arch.parse("sin:2x1"), np.zeros((4, 4, 3), np.float32), (0, 1))
        >>> state, records = search.advance(search.start(), 3)
        >>> search.result(state, records).losses.shape
        (2, 3)
    """

    arch: Arch
    target: np.ndarray | Sequence[np.ndarray]
    seeds: tuple[int, ...]
    strategy: str = "CMA_ES"
    population_size: int = 64
    init_scale: Setting = 1.0
    strategy_options: Mapping[str, Any] = field(default_factory=dict)
    schedule_steps: int = 0
    precision: str = "highest"
    loss: str = "rgb"
    init: str = "lecun_normal"
    target_loss: Setting | None = None
    snapshot_steps: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("seeds is empty; evolve at least one seed")
        if len(set(self.seeds)) < len(self.seeds) and self._all_alike:
            raise ConfigError(f"seeds {list(self.seeds)} has a seed twice; name each once")
        if not all(0 <= seed < 2**32 for seed in self.seeds):
            raise ConfigError(f"seeds {list(self.seeds)} must lie in 0 ... 2^32 - 1")
        es_strategies.check_strategy(self.strategy)
        check_loss(self.loss)
        if self.init not in INITIALIZERS:
            raise ConfigError(f"init is {self.init[:40]!r}; {nearest(self.init, INITIALIZERS)}")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision is {self.precision!r}; one of {', '.join(PRECISIONS)}")
        _ = self._settings  # made of values, before anything is traced
        what = f"{len(self.seeds)} seed(s) of {self.arch.spelling}"
        es_strategies.check_memory(self._generation.strategy, self._needed_bytes, what)

    @property
    def plan(self) -> str:
        """How the seeds are spread over the devices, and the memory that takes."""
        count, (rows, columns) = len(self.seeds), self._mesh.devices.shape
        where = f"{rows} device{'s' * (rows > 1)}"
        if columns > 1:
            where = f"{columns} devices" + " each" * (count > 1)
        return (
            f"{count} seed{'s' * (count > 1)} on {where}, {self.population_size} members of "
            f"{self.strategy} each, {self._objective.at_once} at a time, in blocks of "
            f"{self._work.blocks.block:,} pixels, {self._needed_bytes / 2**20:,.0f} MiB beside JAX"
        )

    def start(self) -> EsState:
        """The strategy of each seed before its first generation."""
        params = initial_params(self.arch, self.init, self._settings.seed)
        scaled = params * self._settings.init_scale[:, None]
        seeds = jax.vmap(self._generation.start)(self._settings, scaled)
        return EsState(seeds, jnp.zeros((), jnp.int32))

    def advance(self, state: EsState, steps: int) -> tuple[EsState, dict[str, np.ndarray]]:
        """Go on by `steps` generations of every seed.

        Logs `losses` `(seeds, steps)`, the least loss of all members up to and including each
        generation, and `snapshots` `(seeds, params, snapshots)` with `snapshot_steps`
        `(snapshots,)` of those before one of these generations, or behind the last.
        """
        seeds, step = state.seeds, int(state.step)
        losses, snapshots, taken = [], [], []
        end = step + steps
        if step == 0 and 0 in self.snapshot_steps:
            snapshots, taken = [np.array(fetch(seeds.best_params))], [0]
        for stop in sorted({at for at in self.snapshot_steps if step < at <= end} | {end}):
            while step < stop:
                count = min(sgd_step.LOG_STEPS, stop - step)
                seeds, log = evolve_seeds(
                    self._generation, self._mesh, spread(self._mesh, seeds), self._placed_settings,
                    self._work.pixels, np.int32(step), np.int32(count),
                )  # fmt: skip
                losses.append(fetch(log)[: len(self.seeds), :count])
                step += count
            if stop in self.snapshot_steps:
                snapshots.append(fetch(seeds.best_params)[: len(self.seeds)])
                taken.append(stop)
        shape = (len(self.seeds), self.arch.parameter_count, len(taken))
        return EsState(first(seeds, len(self.seeds)), jnp.int32(step)), {
            "losses": np.concatenate(losses, axis=1),
            "snapshots": np.stack(snapshots, axis=-1) if taken else np.zeros(shape, np.float32),
            "snapshot_steps": np.array(taken, np.int32),
        }

    def ended(self, state: EsState) -> dict[str, np.ndarray]:
        """Which seeds have diverged, and which have stopped at their target loss."""
        seeds = state.seeds
        steps = {"diverged": seeds.diverged_at, "stopped": seeds.stopped_at}
        return {how: fetch(step) >= 0 for how, step in steps.items()}

    def arrays(self, state: EsState) -> dict[str, np.ndarray]:
        """The leaves of the state, by their path."""
        return to_arrays(jax.tree.map(fetch, state))

    def restore(self, arrays: Mapping[str, Any]) -> EsState:
        """The state again."""
        return from_arrays(jax.eval_shape(self.start), arrays)

    def result(self, state: EsState, records: Mapping[str, np.ndarray]) -> SgdResult:
        """The best weights, losses and status of every seed."""
        return SgdResult(
            arch=self.arch,
            seeds=np.array(self.seeds),
            flat_params=fetch(state.seeds.best_params),
            losses=np.asarray(records["losses"]),
            diverged_at=fetch(state.seeds.diverged_at),
            stopped_at=fetch(state.seeds.stopped_at),
            snapshots=np.asarray(records["snapshots"]),
            snapshot_steps=np.asarray(records["snapshot_steps"]),
        )

    @property
    def _all_alike(self) -> bool:
        """Whether no setting tells two searches of one seed apart."""
        told_apart = (self.init_scale, self.target_loss, *self.strategy_options.values())
        several_pictures = not isinstance(self.target, np.ndarray) and not image_count(self.arch)
        return not several_pictures and all(np.ndim(value) == 0 for value in told_apart)

    @functools.cached_property
    def _needed_bytes(self) -> int:
        state = jax.eval_shape(self.start)
        numbers = sum(leaf.size for leaf in jax.tree.leaves(state)) // len(self.seeds)
        kept = self.schedule_steps + len(self.snapshot_steps) * self.arch.parameter_count
        strategy, devices = self._generation.strategy, self._mesh.size
        drawing = self._objective.at_once * memory.activation_bytes(
            self.arch, self._work.blocks.block
        )
        own = es_strategies.needed_bytes(strategy, numbers, len(self.seeds), devices)
        return own + 4 * len(self.seeds) * kept + devices * drawing

    @functools.cached_property
    def _options(self) -> tuple[tuple[tuple[str, Any], ...], dict[str, Any]]:
        return es_strategies.split_options(
            self.strategy, self.strategy_options, self.schedule_steps
        )

    @functools.cached_property
    def _generation(self) -> Generation:
        draw = InitialDraw(self.arch, self.init)
        length = self.arch.parameter_count
        strategy = Strategy(self.strategy, self.population_size, length, draw, self._options[0])
        return Generation(strategy, self._objective)

    @functools.cached_property
    def _objective(self) -> PictureLoss:
        # A member takes no more than a seed of training, of which a CPU too has one at a time.
        at_once = memory.seeds_in_flight(self.arch, self._work.blocks.block, self.population_size)
        return PictureLoss(self.arch, PRECISIONS[self.precision], self.loss, at_once=at_once)

    @functools.cached_property
    def _settings(self) -> SeedSettings:
        count = len(self.seeds)
        above_zero = functools.partial(per_seed, seeds=count, least=0.0, inclusive=False)
        at_least_zero = functools.partial(per_seed, seeds=count, least=0.0, inclusive=True)
        number = functools.partial(per_seed, seeds=count, least=-np.inf, inclusive=True)
        never = np.full(count, -1.0, np.float32)
        target = self.target_loss
        return SeedSettings(
            seed=jnp.array(self.seeds, jnp.uint32),
            picture=jnp.asarray(self._work.places),
            init_scale=jnp.asarray(above_zero("init_scale", self.init_scale)),
            target_loss=jnp.asarray(
                never if target is None else at_least_zero("target_loss", target)
            ),
            options={
                name: jnp.asarray(checked(f"strategy_options: {name}", value))
                for name, value in self._options[1].items()
                for checked in [above_zero if name == "std_init" else number]
            },
        )

    @functools.cached_property
    def _placed_settings(self) -> SeedSettings:
        return spread(self._mesh, self._settings)

    @functools.cached_property
    def _mesh(self) -> Mesh:
        return training_mesh(len(self.seeds), self._work.blocks.groups)

    @functools.cached_property
    def _work(self) -> PixelWork:
        return PixelWork(
            arch=self.arch,
            target=self.target,
            seeds=len(self.seeds),
            loss=self.loss,
            slopes=False,
            batch_size=None,
            block_size=None,
        )

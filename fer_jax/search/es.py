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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from fer_jax.cppn.arch import Arch
from fer_jax.search import es_memory, memory
from fer_jax.search.blocked_loss import PRECISIONS
from fer_jax.search.dense_search import DenseSearch, DenseState
from fer_jax.search.es_step import Generation, SeedSettings, SeedState, evolve_seeds
from fer_jax.search.es_strategies import check_strategy, split_options
from fer_jax.search.evosax_strategy import Strategy
from fer_jax.search.hyperparameters import Setting, per_seed
from fer_jax.search.initial_params import InitialDraw, initial_params
from fer_jax.search.picture_loss import PictureLoss
from fer_jax.search.pixel_work import PixelWork
from fer_jax.search.placement import fetch, spread


@dataclass(frozen=True, eq=False)
class EsSearch(DenseSearch):
    """Evolution of many seeds, as a `Search`. A step is a generation.

    Weights are those of the best member there has been, and losses the least so far.

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
        self._check("evolve", self.init_scale, self.target_loss, *self.strategy_options.values())
        check_strategy(self.strategy)
        _ = self._settings  # made of values, before anything is traced
        what = f"{len(self.seeds)} seed(s) of {self.arch.spelling}"
        es_memory.check(self._generation.strategy, self._needed_bytes, what)

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

    @property
    def options(self) -> dict[str, Any]:
        """The strategy's options that are not evosax's own, by name; numbers as floats."""
        static, numbers = self._options
        given = {name: value for name, value in static if name != "num_generations"}
        return given | {name: np.asarray(value, float).tolist() for name, value in numbers.items()}

    def start(self) -> DenseState:
        """The strategy of each seed before its first generation."""
        params = initial_params(self.arch, self.init, self._settings.seed)
        scaled = params * self._settings.init_scale[:, None]
        seeds = jax.vmap(self._generation.start)(self._settings, scaled)
        return DenseState(seeds, jnp.zeros((), jnp.int32))

    def _take_steps(self, seeds: SeedState, step: int, count: int) -> tuple[SeedState, np.ndarray]:
        seeds, log = evolve_seeds(
            self._generation, self._mesh, spread(self._mesh, seeds), self._placed_settings,
            self._work.pixels, np.int32(step), np.int32(count),
        )  # fmt: skip
        return seeds, fetch(log)

    def _params_of(self, seeds: SeedState) -> Array:
        return seeds.best_params

    @functools.cached_property
    def _needed_bytes(self) -> int:
        state = jax.eval_shape(self.start)
        numbers = sum(leaf.size for leaf in jax.tree.leaves(state)) // len(self.seeds)
        kept = self.schedule_steps + len(self.snapshot_steps) * self.arch.parameter_count
        strategy, devices = self._generation.strategy, self._mesh.size
        drawing = self._objective.at_once * memory.activation_bytes(
            self.arch, self._work.blocks.block
        )
        own = es_memory.needed_bytes(strategy, numbers, len(self.seeds), devices)
        return own + 4 * len(self.seeds) * kept + devices * drawing

    @functools.cached_property
    def _options(self) -> tuple[tuple[tuple[str, Any], ...], dict[str, Any]]:
        return split_options(self.strategy, self.strategy_options, self.schedule_steps)

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
                name: jnp.asarray(checked(f"option {name}", value))
                for name, value in self._options[1].items()
                for checked in [above_zero if name == "std_init" else number]
            },
        )

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

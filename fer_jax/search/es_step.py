"""The compiled part of evolution: many generations of every seed in one program."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, UInt

from fer_jax.search.devices import PIXELS, SEEDS
from fer_jax.search.evosax_strategy import Strategy
from fer_jax.search.picture_loss import apart
from fer_jax.search.sgd_step import LOG_STEPS, Pixels

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
        members, strategy = apart(
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
            strategy=apart(
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

        losses = jnp.full(LOG_STEPS, jnp.nan, jnp.float32)
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

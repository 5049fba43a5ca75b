"""The compiled part of training: many steps of every seed in one program."""

import functools
from dataclasses import dataclass
from typing import Any, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import optax
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, UInt

from fer_jax.search.blocked_loss import BlockedLoss
from fer_jax.search.devices import PIXELS, SEEDS
from fer_jax.search.hyperparameters import Hyperparameters
from fer_jax.search.optimizers import OPTIMIZERS, SCHEDULES
from fer_jax.search.pixel_batches import PixelBatch

LOG_STEPS = 1000
"""Most steps that one call of the compiled program takes: the length of its log of losses."""


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class SeedState:
    """What training carries from step to step, seeds on the first axis of each array.

    Attributes:
        params: `(seeds, params)` float32.
        trainable: 1 for weights that move, 0 for those that stay; `(seeds, 1)` for all alike.
        optimizer: the optimizer's moments and count.
        diverged_at: int32, the step at which a seed turned NaN or infinite; -1: never.
        stopped_at: int32, the step at which a seed had reached its target loss; -1: not yet.
    """

    params: Float[Array, "seeds params"]
    trainable: Float[Array, "seeds mask"]
    optimizer: optax.OptState
    diverged_at: Int[Array, "seeds"]
    stopped_at: Int[Array, "seeds"]


@no_type_check
@flax.struct.dataclass
class SeedSettings:
    """What each seed is trained by, seeds on the first axis of each array.

    Attributes:
        hyperparameters: of each seed.
        picture: int32, which of the pictures it is to draw.
        seed: uint32, its integer.
    """

    hyperparameters: Hyperparameters
    picture: Int[Array, "seeds"]
    seed: UInt[Array, "seeds"]

    def at(self, place: int) -> "SeedSettings":
        """Those of one seed."""
        return jax.tree.map(lambda leaf: leaf[place], self)


@no_type_check
@flax.struct.dataclass
class Pixels:
    """Pictures in blocks of pixels; for minibatches all in one block.

    Attributes:
        inputs: of every pixel.
        targets: of every picture and pixel, what is wanted.
        weights: of every pixel; they sum to 1 / channels.
    """

    inputs: Float[Array, "groups blocks inputs block"]
    targets: Float[Array, "pictures groups blocks 3 block"]
    weights: Float[Array, "groups blocks 1 block"]


_CUT: Any = (PartitionSpec(PIXELS), PartitionSpec(None, PIXELS), PartitionSpec(PIXELS))
# Whoever draws a batch draws from all pixels.
_WHOLE: Any = PartitionSpec()


@dataclass(frozen=True)
class Update:
    """One step of one seed, apart from all that is an array; hashable, so static in jit.

    Attributes:
        loss: what is descended.
        optimizer: a name of `OPTIMIZERS`.
        schedule: a name of `SCHEDULES`.
        steps: over which the schedule runs; 0 where it is constant.
        in_flight: seeds that a device trains at once; with 1, a seed's bytes are its own.
        batch: the minibatches of which a step looks at one, or None for all pixels.
    """

    loss: BlockedLoss
    optimizer: str = "adam"
    schedule: str = "constant"
    steps: int = 0
    in_flight: int = 1
    batch: PixelBatch | None = None

    @property
    def transformation(self) -> optax.GradientTransformation:
        """The optimizer, of unit learning rate."""
        return OPTIMIZERS[self.optimizer].make()

    def __call__(
        self,
        seed: SeedState,
        settings: SeedSettings,
        pixels: Pixels,
        step: Int[Array, ""],
    ) -> tuple[SeedState, Float[Array, ""]]:
        """Take a step, or note why there is none. Returns the loss before it."""
        given = settings.hyperparameters
        seen = pixels.inputs, pixels.targets, pixels.weights
        if self.batch is not None:
            seen = self.batch.draw(settings.seed, step, seen[0][0, 0], seen[1][0, 0])
        value, gradient = self.loss.value_and_gradient(seed.params, *seen, given.smoothness)
        gradient = gradient + given.l1 * jnp.sign(seed.params) + 2.0 * given.l2 * seed.params
        gradient = gradient * seed.trainable
        norm = jnp.linalg.norm(gradient)
        unit = jnp.where(norm > 0, gradient / norm, 0.0)
        direction = jnp.where(given.normalize_gradient, unit, gradient)
        updates, optimizer = self.transformation.update(direction, seed.optimizer)
        rate = given.learning_rate * SCHEDULES[self.schedule](self.steps)(step)
        # Moments outlive the moment at which a weight is pruned.
        change = (updates + given.weight_decay * seed.params) * seed.trainable
        params = seed.params - rate * change
        finite = jnp.isfinite(value) & jnp.isfinite(norm) & jnp.isfinite(params).all()
        reached = finite & (value <= given.target_loss)
        moved, optimizer = jax.tree.map(
            lambda new, old: jnp.where(finite & ~reached, new, old),
            (params, optimizer),
            (seed.params, seed.optimizer),
        )
        state = SeedState(
            moved,
            seed.trainable,
            optimizer,
            jnp.where(finite, seed.diverged_at, step),
            jnp.where(reached, step, seed.stopped_at),
        )
        return state, value


def _goes_on(seed: SeedState) -> Bool[Array, ""]:
    return (seed.diverged_at < 0) & (seed.stopped_at < 0)


@functools.partial(jax.jit, static_argnames=("update", "mesh"), donate_argnames="seeds")
def advance_seeds(
    update: Update,
    mesh: Mesh,
    seeds: SeedState,
    settings: SeedSettings,
    pixels: Pixels,
    step: Int[Array, ""],
    count: Int[Array, ""],
) -> tuple[SeedState, Float[Array, "seeds log"]]:
    """`count` steps of every seed.

    Args:
        update: one step.
        mesh: of `training_mesh`.
        seeds: their state; a multiple of the mesh's rows. Its memory is reused.
        settings: of each seed.
        pixels: of all pictures.
        step: taken before.
        count: of steps to take, at most `LOG_STEPS`.

    Returns:
        The new state, and the loss before each step: NaN where a seed takes none any more, and
        behind the first `count`, so that one program serves whatever the count.
    """

    def share(
        seeds: SeedState, settings: SeedSettings, pixels: Pixels
    ) -> tuple[SeedState, Float[Array, "seeds log"]]:
        # On a CPU a map, not a vmap: a batched product would round a seed's sums by its company,
        # and its activations would not fit the cache.
        batch = update.in_flight if update.in_flight > 1 else None
        return jax.lax.map(functools.partial(one_seed, pixels), (seeds, settings), batch_size=batch)

    def one_seed(
        pixels: Pixels, one: tuple[SeedState, SeedSettings]
    ) -> tuple[SeedState, Float[Array, "log"]]:
        seed, settings = one
        own = Pixels(pixels.inputs, pixels.targets[settings.picture], pixels.weights)

        def has_more(carry: tuple[Any, ...]) -> Bool[Array, ""]:
            index, seed, _ = carry
            return (index < count) & _goes_on(seed)

        def one_step(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            index, seed, losses = carry
            seed, loss = update(seed, settings, own, step + index)
            return index + 1, seed, losses.at[index].set(loss)

        losses = jnp.full(LOG_STEPS, jnp.nan, jnp.float32)
        _, seed, losses = jax.lax.while_loop(has_more, one_step, (jnp.int32(0), seed, losses))
        return seed, losses

    return jax.shard_map(
        share,
        mesh=mesh,
        in_specs=(
            PartitionSpec(SEEDS),
            PartitionSpec(SEEDS),
            Pixels(*_CUT) if update.batch is None else _WHOLE,
        ),
        out_specs=PartitionSpec(SEEDS),
        check_vma=False,
    )(seeds, settings, pixels)


@functools.partial(jax.jit, static_argnames=("loss", "mesh"))
def evaluate(
    loss: BlockedLoss,
    mesh: Mesh,
    params: Float[Array, "params"],
    pixels: Pixels,
    settings: SeedSettings,
) -> tuple[Float[Array, ""], Float[Array, "params"]]:
    """The loss of a seed's picture at given weights, and its gradient."""

    def share(params: Array, pixels: Pixels, settings: SeedSettings) -> tuple[Array, Array]:
        own = (pixels.inputs, pixels.targets[settings.picture], pixels.weights)
        return loss.value_and_gradient(params, *own, settings.hyperparameters.smoothness)

    return jax.shard_map(
        share,
        mesh=mesh,
        in_specs=(PartitionSpec(), Pixels(*_CUT), PartitionSpec()),
        out_specs=PartitionSpec(),
        check_vma=False,
    )(params, pixels, settings)

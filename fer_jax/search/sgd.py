"""Gradient descent as in the original study, for many seeds in one compiled program.

The update is Adam on the gradient divided by its own L2 norm, on the full image, for the mean
squared error of RGB (Kumar et al., arXiv 2505.11581, released code). Each device takes one seed
after another, block of pixels by block; where there are fewer seeds than devices, several devices
share a seed's pixels. Neither changes a seed's numbers.
"""

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, no_type_check

import flax.struct
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int, UInt

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.flat_params import from_flax
from fer_jax.cppn.network import Cppn, DenseCppn
from fer_jax.errors import ConfigError
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.target import load_target
from fer_jax.search.blocked_loss import BlockedLoss
from fer_jax.search.devices import PIXELS, SEEDS, training_mesh
from fer_jax.search.pixel_blocks import PixelBlocks

PRECISIONS = {
    "default": jax.lax.Precision.DEFAULT,
    "high": jax.lax.Precision.HIGH,
    "highest": jax.lax.Precision.HIGHEST,
}

LOG_STEPS = 1000
"""Most steps that one call of the compiled program takes: the length of its log of losses."""

Pixels = tuple[
    Float[Array, "groups blocks inputs block"],
    Float[Array, "groups blocks 3 block"],
    Float[Array, "groups blocks 1 block"],
]

_OPTIMIZER = optax.scale_by_adam()


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class SgdState:
    """What training carries from step to step, seeds on the first axis of each array.

    Attributes:
        params: `(seeds, params)` float32.
        optimizer: Adam's moments and count.
        diverged_at: `(seeds,)` int32, the step at which a seed turned NaN or infinite; -1: never.
        step: int32, steps taken.
    """

    params: Float[Array, "seeds params"]
    optimizer: optax.OptState
    diverged_at: Int[Array, "seeds"]
    step: Int[Array, ""]


@dataclass(frozen=True, eq=False)
class SgdResult:
    """What `train_sgd` found.

    Attributes:
        arch: of all networks.
        seeds: `(seeds,)` int.
        flat_params: `(seeds, params)` float32; of a diverged seed, its last finite weights.
        losses: `(seeds, steps)` float32, before each step; NaN once a seed has diverged.
        diverged_at: `(seeds,)` int, the step at which a seed diverged, or -1.
    """

    arch: Arch
    seeds: np.ndarray
    flat_params: np.ndarray
    losses: np.ndarray
    diverged_at: np.ndarray

    @property
    def status(self) -> list[str]:
        """For each seed "ok" or "diverged"."""
        return ["ok" if step < 0 else "diverged" for step in self.diverged_at]

    @property
    def networks(self) -> list[Cppn]:
        """The network of each seed."""
        return [Cppn(self.arch, params) for params in self.flat_params]


@dataclass(frozen=True, eq=False)
class SgdSearch:
    """Training of many seeds, as a `Search`.

    Attributes:
        arch: the architecture.
        target: `(size, size, 3)` float32 RGB in [0, 1].
        seeds: one integer per network; its initial weights are a function of it alone.
        learning_rate: Adam's, above 0.
        init_scale: factor on the LeCun-normal initial weights.
        normalize_gradient: divide the gradient by its L2 norm, as the original does; a zero
            gradient stays zero.
        precision: of the matrix products: "highest", "high" or "default".
        initial_params: `(params,)` or `(seeds, params)` to start from instead.

    Raises:
        ConfigError: if a value is out of its range.
    """

    arch: Arch
    target: np.ndarray
    seeds: tuple[int, ...]
    learning_rate: float = 3e-3
    init_scale: float = 1.0
    normalize_gradient: bool = True
    precision: str = "highest"
    initial_params: ArrayLike | None = None

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("seeds is empty; train at least one seed")
        if len(set(self.seeds)) < len(self.seeds):
            raise ConfigError(f"seeds {list(self.seeds)} has a seed twice; name each once")
        if not all(0 <= seed < 2**32 for seed in self.seeds):
            raise ConfigError(f"seeds {list(self.seeds)} must lie in 0 ... 2^32 - 1")
        for name in ("learning_rate", "init_scale"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ConfigError(f"{name} is {getattr(self, name)}; expected a number above 0")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision is {self.precision!r}; one of {', '.join(PRECISIONS)}")

    def start(self) -> SgdState:
        """Initial weights, or the given ones, and an empty optimizer."""
        if self.initial_params is None:
            params = _initial_params(self.arch, jnp.array(self.seeds, jnp.uint32)) * self.init_scale
        else:
            given = jnp.asarray(self.initial_params, jnp.float32)
            shape = (len(self.seeds), self.arch.parameter_count)
            if given.shape not in (shape, shape[1:]):
                raise ConfigError(
                    f"initial_params has shape {given.shape}; expected {shape} or {shape[1:]}"
                )
            # A copy, since training reuses the memory of the state it gets.
            params = jnp.array(jnp.broadcast_to(given, shape), copy=True)
        return SgdState(
            params=params,
            optimizer=jax.vmap(_OPTIMIZER.init)(params),
            diverged_at=jnp.full(len(self.seeds), -1, jnp.int32),
            step=jnp.zeros((), jnp.int32),
        )

    def advance(self, state: SgdState, steps: int) -> tuple[SgdState, dict[str, np.ndarray]]:
        """Take `steps` steps of every seed; logs `losses`, `(seeds, steps)`."""
        mesh = training_mesh(len(self.seeds), self._blocks.groups)
        loss = BlockedLoss(self.arch, PRECISIONS[self.precision])
        # Devices take equal shares: the last seed is repeated to fill up, and dropped again.
        shares = mesh.shape[SEEDS]
        padded = -(-len(self.seeds) // shares) * shares
        per_seed = (state.params, state.optimizer, state.diverged_at)
        per_seed = jax.tree.map(
            lambda leaf: jnp.pad(
                leaf, [(0, padded - len(leaf))] + [(0, 0)] * (leaf.ndim - 1), mode="edge"
            ),
            per_seed,
        )
        # Always placed alike: a first chunk and a later one are the same program.
        per_seed = jax.device_put(per_seed, NamedSharding(mesh, PartitionSpec(SEEDS)))
        logs, step = [], int(state.step)
        end = step + steps
        while step < end:
            count = min(LOG_STEPS, end - step)
            per_seed, losses = _advance(
                loss,
                mesh,
                self.normalize_gradient,
                per_seed,
                jnp.int32(step),
                jnp.int32(count),
                jnp.float32(self.learning_rate),
                self._pixels,
            )
            logs.append(np.asarray(losses)[: len(self.seeds), :count])
            step += count
        params, optimizer, diverged_at = jax.tree.map(lambda x: x[: len(self.seeds)], per_seed)
        state = SgdState(params, optimizer, diverged_at, jnp.int32(step))
        return state, {"losses": np.concatenate(logs, axis=1)}

    def loss_and_gradient(self, params: ArrayLike) -> tuple[float, np.ndarray]:
        """What one step sees at given weights.

        Args:
            params: `(params,)`, one flat weight vector.

        Returns:
            The loss, and its gradient `(params,)` float32 before it is normalised.
        """
        loss = BlockedLoss(self.arch, PRECISIONS[self.precision])
        mesh = training_mesh(1, self._blocks.groups)
        value, gradient = _evaluate(loss, mesh, jnp.asarray(params, jnp.float32), self._pixels)
        return float(value), np.asarray(gradient)

    @property
    def _blocks(self) -> PixelBlocks:
        return PixelBlocks.of(self.target.shape[0] * self.target.shape[1])

    @functools.cached_property
    def _pixels(self) -> Pixels:
        """Inputs, target and weight of every pixel, in blocks."""
        size = len(self.target)
        cut = self._blocks.cut
        inputs = pixel_inputs(size, self.arch.inputs).reshape(size * size, -1).T
        target = jnp.asarray(self.target, jnp.float32).reshape(size * size, -1).T
        return cut(inputs), cut(target), self._blocks.weights / target.size

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
            flat_params=np.asarray(state.params),
            losses=np.asarray(records["losses"]),
            diverged_at=np.asarray(state.diverged_at),
        )


def train_sgd(
    arch: Arch | str,
    target: Any,
    *,
    seeds: int | Sequence[int] = 8,
    steps: int = 10_000,
    learning_rate: float = 3e-3,
    init_scale: float = 1.0,
    normalize_gradient: bool = True,
    size: int | None = None,
    precision: str = "highest",
    initial_params: ArrayLike | None = None,
    on_chunk: Callable[[int, np.ndarray], None] | None = None,
) -> SgdResult:
    """Train many seeds of one architecture to draw one image.

    Args:
        arch: an `Arch`, a specification such as `relu:64x6`, or a name.
        target: an image array `(size, size, 3)` in [0, 1], a genome, a name or a path.
        seeds: how many (0, 1, ...), or which; 0 to 2^32 - 1. Seeds agree with Flax's
            `init(jax.random.PRNGKey(seed), ...)`, and so with the original study's.
        steps: updates of each seed, at least 1.
        learning_rate: Adam's.
        init_scale: factor on the initial weights.
        normalize_gradient: divide each gradient by its own L2 norm.
        size: pixels along one side; by default an array's own, otherwise 256.
        precision: of the matrix products: "highest", "high" or "default".
        initial_params: `(params,)` or `(seeds, params)` to start from.
        on_chunk: called as `on_chunk(steps_done, losses_of_chunk)` about once a second.

    Returns:
        An `SgdResult`: `flat_params` `(seeds, params)`, `losses` `(seeds, steps)`, `status`.

    Raises:
        ConfigError: if a value is out of its range.
        ArchError, TargetError, GenomeError: if the arch or target cannot be read.

    Example:
        >>> result = train_sgd("sin:4x2", "sunrise", seeds=2, steps=3, size=8)
        >>> result.losses.shape, result.status
        ((2, 3), ['ok', 'ok'])
    """
    if not isinstance(steps, int) or steps < 1:
        raise ConfigError(f"steps is {steps!r}; expected a whole number, at least 1")
    search = SgdSearch(
        resolve_arch(arch),
        load_target(target, size).image,
        tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(seed) for seed in seeds),
        learning_rate,
        init_scale,
        normalize_gradient,
        precision,
        initial_params,
    )
    state, logs, done, chunk = search.start(), [], 0, 10
    while done < steps:
        count = min(chunk, steps - done)
        began = time.monotonic()
        state, records = search.advance(state, count)
        # The first chunk includes compilation, so the length settles from the second one on.
        seconds = max(time.monotonic() - began, 1e-3)
        chunk = int(np.clip(chunk / seconds, 1, 2 * chunk + 10))
        done += count
        logs.append(records["losses"])
        if on_chunk is not None:
            on_chunk(done, records["losses"])
    return search.result(state, {"losses": np.concatenate(logs, axis=1)})


@functools.partial(jax.jit, static_argnames="arch")
def _initial_params(arch: Arch, seeds: UInt[Array, "seeds"]) -> Float[Array, "seeds params"]:
    def one(seed: UInt[Array, ""]) -> Float[Array, "params"]:
        variables = DenseCppn(arch).init(jax.random.PRNGKey(seed), jnp.zeros(len(arch.inputs)))
        return from_flax(arch, variables)

    return jax.vmap(one)(seeds)


@functools.partial(jax.jit, static_argnames=("loss", "mesh"))
def _evaluate(
    loss: BlockedLoss, mesh: Mesh, params: Float[Array, "params"], pixels: Pixels
) -> tuple[Float[Array, ""], Float[Array, "params"]]:
    return jax.shard_map(
        lambda params, pixels: loss.value_and_gradient(params, *pixels),
        mesh=mesh,
        in_specs=(PartitionSpec(), PartitionSpec(PIXELS)),
        out_specs=PartitionSpec(),
        check_vma=False,
    )(params, pixels)


@functools.partial(
    jax.jit, static_argnames=("loss", "mesh", "normalize_gradient"), donate_argnames="per_seed"
)
def _advance(
    loss: BlockedLoss,
    mesh: Mesh,
    normalize_gradient: bool,
    per_seed: Any,
    step: Int[Array, ""],
    count: Int[Array, ""],
    learning_rate: Float[Array, ""],
    pixels: Pixels,
) -> tuple[Any, Float[Array, "seeds log"]]:
    """`count` steps of every seed; the log is padded to `LOG_STEPS`, so that one program serves."""

    def share(per_seed: Any, pixels: Pixels) -> tuple[Any, Float[Array, "seeds log"]]:
        def update(index: Int[Array, ""], carry: tuple[Any, ...]) -> tuple[Any, ...]:
            params, optimizer, diverged_at, losses = carry
            value, gradient = loss.value_and_gradient(params, *pixels)
            norm = jnp.linalg.norm(gradient)
            direction = gradient
            if normalize_gradient:
                direction = jnp.where(norm > 0, gradient / norm, 0.0)
            updates, next_optimizer = _OPTIMIZER.update(direction, optimizer)
            next_params = params - learning_rate * updates
            alive = diverged_at < 0
            finite = jnp.isfinite(value) & jnp.isfinite(norm) & jnp.isfinite(next_params).all()
            losses = losses.at[index].set(jnp.where(alive, value, jnp.nan))
            diverged_at = jnp.where(alive & ~finite, step + index, diverged_at)
            params, optimizer = jax.tree.map(
                lambda new, old: jnp.where(alive & finite, new, old),
                (next_params, next_optimizer),
                (params, optimizer),
            )
            return params, optimizer, diverged_at, losses

        def one_seed(carried: tuple[Any, ...]) -> tuple[tuple[Any, ...], Float[Array, "log"]]:
            losses = jnp.full(LOG_STEPS, jnp.nan, jnp.float32)
            *carried, losses = jax.lax.fori_loop(0, count, update, (*carried, losses))
            return tuple(carried), losses

        # A map, not a vmap: a batched product would round a seed's sums by its company, and its
        # activations would not fit the cache.
        return jax.lax.map(one_seed, per_seed)

    return jax.shard_map(
        share,
        mesh=mesh,
        in_specs=(PartitionSpec(SEEDS), PartitionSpec(PIXELS)),
        out_specs=PartitionSpec(SEEDS),
        check_vma=False,
    )(per_seed, pixels)

"""`train_sgd`: training from Python, in one call."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax.typing import ArrayLike

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import conditional_arch
from fer_jax.errors import ConfigError
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.target import load_target
from fer_jax.search.devices import tell_of_idle_cores
from fer_jax.search.hyperparameters import Flag, Setting
from fer_jax.search.placement import agreed
from fer_jax.search.pruning import pruning_rounds
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.sgd_result import SgdResult


def logarithmic_steps(steps: int, count: int) -> tuple[int, ...]:
    """About `count` different steps from 0 to the last, evenly spaced on a logarithmic axis.

    Example:
        >>> logarithmic_steps(1000, 5)
        (0, 1, 10, 100, 1000)
    """
    if count < 1:
        return ()
    spaced = np.geomspace(1, steps, count - 1).tolist()
    return tuple(sorted({0, *map(round, spaced)}))


def train_sgd(
    arch: Arch | str,
    target: Any,
    *,
    seeds: int | Sequence[int] = 8,
    steps: int = 10_000,
    learning_rate: Setting = 3e-3,
    init_scale: Setting = 1.0,
    normalize_gradient: Flag = True,
    size: int | None = None,
    precision: str = "highest",
    initial_params: ArrayLike | None = None,
    optimizer: str = "adam",
    schedule: str = "constant",
    weight_decay: Setting | None = None,
    l1: Setting = 0.0,
    l2: Setting = 0.0,
    smoothness: Setting = 0.0,
    loss: str = "rgb",
    init: str = "lecun_normal",
    conditional: bool = False,
    trainable: ArrayLike | None = None,
    held: ArrayLike | None = None,
    prune: float = 0.0,
    prune_rounds: int = 1,
    target_loss: Setting | None = None,
    snapshots: int | Sequence[int] = 0,
    batch_size: int | None = None,
    block_size: int | None = None,
    seeds_in_flight: int | None = None,
    on_chunk: Callable[[int, np.ndarray], None] | None = None,
) -> SgdResult:
    """Train many seeds of one architecture to draw one image, or one each.

    Settings said to be one a seed are arrays of `(seeds,)`, or one value for all: whatever they
    are, one compiled program trains all seeds. A grid is written out with a seed for each of its
    points; a seed may then occur more than once.

    Args:
        arch: an `Arch`, a specification such as `relu:64x6`, or a name.
        target: an image array `(size, size, 3)` in [0, 1], a genome, a name or a path; or a list of
            those: one a seed, or all those that a conditional network is to draw.
        seeds: how many (0, 1, ...), or which; 0 to 2^32 - 1. Seeds agree with Flax's
            `init(jax.random.PRNGKey(seed), ...)`, and so with the original study's.
        steps: updates of each seed, at least 1.
        learning_rate: above 0, one a seed.
        init_scale: factor on the initial weights, above 0, one a seed.
        normalize_gradient: divide each gradient by its own L2 norm; one a seed.
        size: pixels along one side; by default an array's own, otherwise 256.
        precision: of the matrix products: "highest", "high" or "default".
        initial_params: `(params,)` or `(seeds, params)` to start from.
        optimizer: adam, adamw, sgd, momentum, rmsprop, lion ...: see `search.optimizers`.
        schedule: of the learning rate over the steps: constant, cosine, exponential, linear,
            warmup or warmup_cosine.
        weight_decay: decoupled, one a seed; None: what the optimizer's name implies.
        l1: factor on the sum of absolute weights, one a seed. Logged losses are without it.
        l2: factor on the sum of squared weights, one a seed, likewise.
        smoothness: factor on the mean over hidden units and pixels of a feature map's squared
            slope, by x and y in [-1, 1], one a seed, likewise. It takes three times the work.
        loss: rgb, as the original study's code has it, or hsv, as its text has it.
        init: lecun_normal (the original study's), he_normal, xavier_uniform, picbreeder ...
        conditional: train networks with a further input for each target, which draw all of them;
            `fer_jax.select(network, 0)` is then the network that draws the first.
        trainable: booleans, `(params,)` or `(seeds, params)`: the weights that may move. The others
            stay what `initial_params` says, or `held` without it. See `sparse_topology`.
        held: `(params,)`, what weights stay that may not move; by default 0.
        prune: share of the trainable weights that are set to 0 on the way, those of least
            magnitude; the rest is trained on.
        prune_rounds: in how many equal rounds they are pruned, evenly spaced over the steps.
        target_loss: at or below it a seed stops, one a seed.
        snapshots: how many times weights are kept, at logarithmically spaced steps; or at which.
        batch_size: pixels of which a step looks at as many, drawn anew for each seed and step;
            by default all. Losses are then those of the pixels drawn.
        block_size: pixels in a block, a divisor of their number; by default about 256 on a CPU
            and all of them elsewhere.
        seeds_in_flight: seeds that a device trains at once; by default 1 on a CPU, and as many as
            fit its memory elsewhere.
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
    if isinstance(snapshots, int):
        snapshots = logarithmic_steps(steps, snapshots)
    if not all(0 <= step <= steps for step in snapshots):
        raise ConfigError(f"snapshots names {list(snapshots)}; expected steps from 0 to {steps}")
    several = isinstance(target, list | tuple)
    images = [load_target(one, size).image for one in (target if several else [target])]
    resolved = resolve_arch(arch)
    search = SgdSearch(
        arch=conditional_arch(resolved, len(images)) if conditional else resolved,
        target=images if several or conditional else images[0],
        seeds=tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(s) for s in seeds),
        learning_rate=learning_rate,
        init_scale=init_scale,
        normalize_gradient=normalize_gradient,
        precision=precision,
        initial_params=initial_params,
        optimizer=optimizer,
        schedule=schedule,
        schedule_steps=steps,
        weight_decay=weight_decay,
        l1=l1,
        l2=l2,
        smoothness=smoothness,
        loss=loss,
        init=init,
        trainable=trainable,
        held=held,
        pruning=pruning_rounds(steps, prune, prune_rounds) if prune else (),
        target_loss=target_loss,
        snapshot_steps=tuple(sorted(int(step) for step in snapshots)),
        batch_size=batch_size,
        block_size=block_size,
        seeds_in_flight=seeds_in_flight,
    )
    tell_of_idle_cores()
    state, done, chunk = search.start(), 0, 10
    logs: dict[str, list[np.ndarray]] = {}
    while done < steps:
        count = min(chunk, steps - done)
        began = time.monotonic()
        state, records = search.advance(state, count)
        # The first chunk includes compilation, so the length settles from the second one on.
        seconds = max(time.monotonic() - began, 1e-3)
        chunk = agreed(int(np.clip(chunk / seconds, 1, 2 * chunk + 10)))
        done += count
        for name, array in records.items():
            logs.setdefault(name, []).append(array)
        if on_chunk is not None:
            on_chunk(done, records["losses"])
    joined = {name: np.concatenate(parts, axis=-1) for name, parts in logs.items()}
    return search.result(state, joined)

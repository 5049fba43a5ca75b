"""Networks that the bench trains, kept in files, so that none is trained twice."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn
from fer_jax.search.sgd import SgdSearch
from fer_jax.validation.kept import write_whole

SECONDS_BETWEEN_CHECKPOINTS = 60.0

Tell = Callable[[int, int], None]
"""Told how many steps are done, of how many."""


@dataclass(frozen=True, eq=False)
class Trained:
    """What came of a training.

    Attributes:
        arch: of all networks.
        seeds: `(seeds,)` int.
        flat_params: `(seeds, params)` float32.
        losses: `(seeds,)`, the last of each: before its last step, or where it stopped.
        stopped_at: `(seeds,)` int, the step at which it had reached the loss asked for, or -1.
        diverged_at: `(seeds,)` int, or -1.
    """

    arch: Arch
    seeds: np.ndarray
    flat_params: np.ndarray
    losses: np.ndarray
    stopped_at: np.ndarray
    diverged_at: np.ndarray

    @property
    def networks(self) -> list[Cppn]:
        """The network of each seed."""
        return [Cppn(self.arch, params) for params in self.flat_params]


def trained(
    file: Path, search: SgdSearch, steps: int, tell: Tell = lambda done, of: None
) -> Trained:
    """Train, or go on from the last checkpoint, or read what was trained before.

    Training ends early once every seed has reached its target loss, or has diverged.

    Args:
        file: what is kept; its name must say all that tells this training from others.
        search: what is trained, with its targets and settings.
        steps: of each seed, at most.
        tell: told how far it is.

    Returns:
        What came of it.

    Raises:
        OSError: if the file cannot be written.
    """
    kept = _read(file)
    if kept is not None:
        return Trained(search.arch, np.asarray(search.seeds), **kept)
    aside = file.with_name(f"{file.name}.checkpoint")
    state, losses = search.start(), np.full(len(search.seeds), np.nan)
    if (found := _read(aside)) is not None:
        losses = found.pop("bench_losses")
        state = search.restore(found)
    chunk, saved = 10, time.monotonic()
    file.parent.mkdir(parents=True, exist_ok=True)
    while (done := int(state.step)) < steps and not _all_ended(search.ended(state)):
        tell(done, steps)
        began = time.monotonic()
        count = min(chunk, steps - done)
        state, log = search.advance(state, count)
        for seed, row in enumerate(log["losses"]):
            finite = row[np.isfinite(row)]
            losses[seed] = finite[-1] if finite.size else losses[seed]
        # The first chunk includes compilation, so the length settles from the second one on.
        chunk = int(np.clip(2 * chunk / max(time.monotonic() - began, 1e-3), 1, 2 * chunk + 10))
        if time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
            _write(aside, {**search.arrays(state), "bench_losses": losses})
            saved = time.monotonic()
    none = np.zeros(0, np.float32)
    result = search.result(
        state, {"losses": losses[:, None], "snapshots": none, "snapshot_steps": none}
    )
    arrays = {
        "flat_params": result.flat_params,
        "losses": losses,
        "stopped_at": result.stopped_at,
        "diverged_at": result.diverged_at,
    }
    _write(file, arrays)
    aside.unlink(missing_ok=True)
    tell(steps, steps)
    return Trained(search.arch, np.asarray(search.seeds), **arrays)


def _all_ended(ended: dict[str, np.ndarray]) -> bool:
    return bool(np.logical_or.reduce(list(ended.values())).all())


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    # A 0-dimensional array becomes one of one element, which its shape undoes.
    shapes = {name: list(np.shape(array)) for name, array in arrays.items()}
    data = safetensors.numpy.save(contiguous, {"shapes": json.dumps(shapes)})
    write_whole(path, lambda aside: aside.write_bytes(data))


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a file, or None if there is none that can be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            shapes = json.loads(file.metadata()["shapes"])
            return {name: file.get_tensor(name).reshape(shapes[name]) for name in shapes}
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None

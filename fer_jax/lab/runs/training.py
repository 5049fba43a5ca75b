"""Driving a search: chunks of about a second, a checkpoint now and then, going on from one."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fer_jax.errors import ConfigError, RunFolderError
from fer_jax.lab.folders.checkpoint import Checkpoint, CheckpointFolder
from fer_jax.lab.folders.formats import HandsOffError
from fer_jax.search.base import Search

OnChunk = Callable[[int, dict[str, np.ndarray], dict[str, np.ndarray]], None]
"""Called as `on_chunk(steps_done, records_of_this_chunk, seeds_that_have_ended)`."""

FIRST_CHUNK = 10
SECONDS_PER_CHUNK = 1.0


def both(first: OnChunk, second: OnChunk) -> OnChunk:
    """Tells two what it is told."""

    def on_chunk(done: int, records: dict[str, np.ndarray], ended: dict[str, np.ndarray]) -> None:
        first(done, records, ended)
        second(done, records, ended)

    return on_chunk


def drive(
    search: Search[Any, Any],
    steps: int,
    checkpoints: CheckpointFolder,
    *,
    checkpoint_seconds: float = 60.0,
    checkpoint_steps: int | None = None,
    on_chunk: OnChunk = lambda done, records, ended: None,
    note: Callable[[str], None] = lambda text: None,
) -> Any:
    """Advance a search to its last step, from where the last process left it.

    The length of the chunks follows the clock and so differs from run to run; what comes out does
    not depend on it.

    Args:
        search: what is to be advanced.
        steps: how many steps in all.
        checkpoints: where to go on from, and where the state is saved.
        checkpoint_seconds: most time between checkpoints, by a clock that never jumps.
        checkpoint_steps: most steps between checkpoints, or None for no such limit.
        on_chunk: told of each chunk, and once of where it begins: with all records before that.
        note: told, in words, of anything unusual.

    Returns:
        The result of the search.

    Raises:
        HandsOffError: if there is a checkpoint that may be whole, and cannot be read.
        OSError: if a checkpoint cannot be written; the one before stays.
    """
    state, records, done = _begin(search, steps, checkpoints, note)
    unsaved: dict[str, list[np.ndarray]] = {}
    on_chunk(done, {name: parts[-1] for name, parts in records.items()}, search.ended(state))
    chunk, saved_at = FIRST_CHUNK, time.monotonic()
    while done < steps:
        count = min(chunk, steps - done)
        if checkpoint_steps:
            count = min(count, checkpoint_steps - done % checkpoint_steps)
        began = time.monotonic()
        state, logged = search.advance(state, count)
        # The first chunk includes compilation, so the length settles from the second one on.
        seconds = max(time.monotonic() - began, 1e-3)
        chunk = int(np.clip(count * SECONDS_PER_CHUNK / seconds, 1, 4 * count + FIRST_CHUNK))
        done += count
        for name, array in logged.items():
            records.setdefault(name, []).append(np.asarray(array))
            unsaved.setdefault(name, []).append(np.asarray(array))
        on_chunk(done, logged, search.ended(state))
        due = time.monotonic() - saved_at >= checkpoint_seconds
        if done < steps and (due or (checkpoint_steps and done % checkpoint_steps == 0)):
            checkpoints.save(Checkpoint(done, search.arrays(state), _joined(unsaved)))
            saved_at, unsaved = time.monotonic(), {}
    return search.result(state, _joined(records))


def _begin(
    search: Search[Any, Any],
    steps: int,
    checkpoints: CheckpointFolder,
    note: Callable[[str], None],
) -> tuple[Any, dict[str, list[np.ndarray]], int]:
    try:
        found = checkpoints.load()
        if found is not None and found.step <= steps:
            state = search.restore(found.state)
            note(f"goes on from step {found.step:,}")
            return state, {name: [array] for name, array in found.records.items()}, found.step
    except HandsOffError:
        raise
    except (RunFolderError, ConfigError) as error:
        note(f"its checkpoint cannot be used, so it starts over: {error}")
    checkpoints.remove()
    return search.start(), {}, 0


def _joined(records: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate(parts, axis=-1) for name, parts in records.items()}

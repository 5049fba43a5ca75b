"""Compiled programs of a process that does many runs: kept while memory allows."""

import gc

import jax
import psutil

from fer_jax.search.memory import container_limits

SHARE = 0.5
"""Of the memory that a process has or could still get, which it may hold before it lets go."""


def clear_if_large() -> bool:
    """Let go of all compiled programs where the process has grown large.

    Runs of the same shape share programs within a process, so that they are kept from run to run.
    What is compiled again later comes from the cache on disk (see `fer_jax.lab.launch.machine`).

    Returns:
        Whether they were.
    """
    held = psutil.Process().memory_info().rss
    if held <= SHARE * (held + free_bytes(held)):
        return False
    jax.clear_caches()
    gc.collect()
    return True


def free_bytes(held: int) -> int:
    """The memory that a process could still get, within the machine and its container.

    Args:
        held: bytes that it has already.

    Example:
        >>> free_bytes(0) > 2**20
        True
    """
    within = [max(0, limit - held) for limit in container_limits()]
    return int(min([psutil.virtual_memory().available, *within]))

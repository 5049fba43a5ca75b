"""Several models at a time on a processor, each on a core of its own.

Much of the work is NumPy's, whose larger pieces let other threads run, as XLA's programs do.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import jax

from fer_jax.cppn.render import Model
from fer_jax.metrics.effect_maps import GRID

MEMORY = 2**30
"""Bytes that the effect maps of all models at work may take, with what is made of them."""

COPIES = 3
"""Of the effect maps, at most, at a time."""

T = TypeVar("T")
R = TypeVar("R")


def models_at_once(models: Sequence[Model]) -> int:
    """How many models may be at work: one for each of JAX's devices, unless they are large.

    Example:
        >>> import fer_jax
        >>> models_at_once([fer_jax.load_genome("sunrise")])
        1
    """
    params = max((len(model.params) for model in models), default=0)
    each = COPIES * 4 * 3 * GRID**2 * max(params, 1)
    return max(1, min(len(models), jax.local_device_count(), MEMORY // each))


def side_by_side(work: Callable[[T], R], items: Sequence[T], at_once: int) -> Iterator[R]:
    """What comes of the work on each item, in order.

    Args:
        work: is called in several threads.
        items: on which.
        at_once: how many threads there are.

    Yields:
        The results.

    Example:
        >>> list(side_by_side(abs, [-1, 2, -3], 2))
        [1, 2, 3]
    """
    # The first alone: what it compiles is there for all others, and not compiled by each.
    yield from map(work, items[:1] if at_once > 1 else items)
    if at_once < 2:
        return
    with ThreadPoolExecutor(at_once) as threads:
        try:
            yield from threads.map(work, items[1:])
        finally:
            # Whoever stops should not have to wait for all the others.
            threads.shutdown(wait=False, cancel_futures=True)

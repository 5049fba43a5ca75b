"""What a metric asks of the device, said so that it can be done for many models at once."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec

SEEDS = "seeds"
"""Name of the axis along which models are spread over devices."""


@dataclass(frozen=True)
class Call:
    """A call of a jitted function, by keywords.

    Attributes:
        function: the jitted function.
        static: arguments that are compiled in; the same for all models of one arch.
        arrays: the others. Those of several models may differ in length along the first axis, if
            zeros at the end of the shorter ones, and of what comes out, do no harm.
    """

    function: Callable[..., Any]
    static: dict[str, Any]
    arrays: dict[str, Any]

    def result(self) -> Any:
        """What it gives."""
        return self.function(**self.static, **self.arrays)


def results_of(calls: Sequence[Call], places: int) -> list[Any]:
    """The results of several calls of one function, from one compiled program.

    Args:
        calls: alike in all but their arrays' values and first lengths.
        places: for how many calls the program is made, at least as many as there are; so that it
            serves fewer too.

    Returns:
        One for each call, as NumPy arrays.

    Example:
        >>> double = jax.jit(lambda x: 2.0 * x)
        >>> results_of([Call(double, {}, {"x": np.ones(n)}) for n in (1, 2)], places=2)
        [array([2., 0.], dtype=float32), array([2., 2.], dtype=float32)]
    """
    alike = [calls[min(place, len(calls) - 1)].arrays for place in range(places)]
    stacked = jax.tree.map(lambda *each: _stacked(each), *alike)
    devices = jax.local_devices()[: max(1, places)]
    while places % len(devices):
        devices = devices[:-1]
    mesh = Mesh(np.array(devices), (SEEDS,))
    static = tuple(sorted(calls[0].static.items()))
    found = jax.device_get(for_each(calls[0].function, static, mesh, stacked))
    return [_at(place, found) for place in range(len(calls))]


def _at(place: int, found: Any) -> Any:
    return jax.tree.map(lambda part: part[place], found)


@functools.partial(jax.jit, static_argnames=("function", "static", "mesh"))
def for_each(
    function: Callable[..., Any], static: tuple[tuple[str, Any], ...], mesh: Mesh, arrays: Any
) -> Any:
    """The function of each slice of some arrays, which the devices share."""

    def of_one(one: Any) -> Any:
        return function(**dict(static), **one)

    def on_device(own: Any) -> Any:
        return jax.vmap(of_one)(own)

    spec = PartitionSpec(SEEDS)
    return jax.shard_map(on_device, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False)(
        arrays
    )


def _stacked(each: Sequence[Any]) -> jax.Array | np.ndarray:
    """One array of several, the shorter ones filled up with zeros."""
    arrays = [np.asarray(one) for one in each]
    shapes = {one.shape for one in arrays}
    if len(shapes) > 1:
        longest = max(len(one) for one in arrays)
        arrays = [
            np.pad(one, [(0, longest - len(one))] + [(0, 0)] * (one.ndim - 1)) for one in arrays
        ]
    return np.stack(arrays)

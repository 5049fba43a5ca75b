"""Genomes spread over the local devices, and what comes of them gathered on one."""

import jax
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array

GENOMES = "genomes"
"""Name of the axis along which genomes are spread over devices."""

SPREAD = PartitionSpec(GENOMES)
"""Of an array whose first axis that is."""

ALIGNMENT = 64
"""Bytes, of whose multiple a CPU device wants the address of an array."""


def genome_mesh(count: int) -> Mesh:
    """As many of the local devices as share so many genomes evenly.

    Example:
        >>> genome_mesh(1).size
        1
    """
    devices = jax.local_devices()
    while count % len(devices):
        devices = devices[:-1]
    return Mesh(np.array(devices), (GENOMES,))


def gathered(found: Array) -> Array:
    """On one device, so that whoever sums over all does so in one order, however many drew them."""
    first = jax.local_devices()[0]
    if first.platform != "cpu" or len(found.addressable_shards) == 1:
        return jax.device_put(found, first)
    return jax.device_put(on_host(found), first)


def on_host(found: Array) -> np.ndarray:
    """As a NumPy array that is nobody else's, put together in half the time that JAX takes."""
    whole = _aligned(found.shape, np.dtype(found.dtype))
    for piece in found.addressable_shards:
        whole[piece.index] = np.asarray(piece.data)
    return whole


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An empty array that a CPU device takes as it is.

    It copies those that lie elsewhere, which takes twice as long as the rest of gathering.
    """
    length = int(np.prod(shape)) * dtype.itemsize
    room = np.empty(length + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + length].view(dtype).reshape(shape)

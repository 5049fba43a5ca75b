"""Devices: one CPU device per core, and the mesh over which seeds are spread."""

import functools
import logging
import os

import jax
import numpy as np
from jax.sharding import Mesh

from fer_jax.errors import ConfigError

SEEDS, PIXELS = "seeds", "pixels"
"""Names of the mesh axes along which seeds, and the pixels of each seed's picture, are spread."""


def use_all_cores(count: int | None = None) -> int:
    """Make one JAX CPU device per core, so that seeds train side by side.

    Call it once, before anything runs on JAX. On a machine whose JAX backend is a GPU or TPU it
    changes nothing that matters.

    Args:
        count: number of CPU devices; by default the cores this process may use.

    Returns:
        The number of CPU devices.

    Raises:
        ConfigError: if JAX has already started with another number of CPU devices.

    Example:
        >>> import fer_jax
        >>> count = len(jax.devices("cpu"))
        >>> fer_jax.use_all_cores(count) == count  # already so: nothing to do
        True
    """
    wanted = count if count is not None else len(usable_cores())
    if wanted < 1:
        raise ConfigError(f"use_all_cores got {wanted} devices; expected at least 1")
    try:
        jax.config.update("jax_num_cpu_devices", wanted)
    except RuntimeError:
        found = len(jax.devices("cpu"))
        if found != wanted:
            raise ConfigError(
                f"JAX has already started with {found} CPU device(s); call "
                f"fer_jax.use_all_cores() before the first computation"
            ) from None
    return wanted


@functools.cache
def tell_of_idle_cores() -> None:
    """Say once in a process that training uses one core of several, and what to do about it."""
    cores = len(usable_cores())
    if jax.default_backend() == "cpu" and len(jax.local_devices()) == 1 and cores > 1:
        logging.getLogger("fer_jax").warning(
            "fer_jax trains on one of %d cores, since JAX has one CPU device; call "
            "fer_jax.use_all_cores() before anything runs on JAX",
            cores,
        )


def training_mesh(seed_count: int, groups: int) -> Mesh:
    """A mesh over the devices: seeds along one axis, each seed's pixels along the other.

    With `jax.distributed` these are the devices of every process.

    Args:
        seed_count: number of seeds; at least as many as devices, and each has a device's whole
            attention.
        groups: of pixels, a power of two; a seed's are spread over at most as many devices.

    Returns:
        The mesh. Some devices are left out where they cannot share the work evenly.

    Example:
        >>> training_mesh(8, groups=16).axis_names
        ('seeds', 'pixels')
    """
    devices = jax.devices()
    rows = max(1, min(seed_count, len(devices)))
    columns = min(groups, 1 << ((len(devices) // rows).bit_length() - 1))
    return Mesh(np.array(devices[: rows * columns]).reshape(rows, columns), (SEEDS, PIXELS))


def usable_cores() -> list[int]:
    """The numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))

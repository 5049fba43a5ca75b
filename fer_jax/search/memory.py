"""How many seeds a device trains at once, and in blocks of how many pixels.

A CPU takes one seed at a time, in blocks that stay in its cache. A GPU or TPU wants as much
parallel work as its memory holds: whole pictures, and many seeds. Either way memory does not grow
with the number of seeds, beyond what is kept of each.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jax

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ConfigError
from fer_jax.search.placement import fetch

State = TypeVar("State")
Result = TypeVar("Result")

SHARE = 0.5
"""Of a device's memory, that activations may take."""

UNKNOWN_MEMORY = 8 * 2**30
"""Bytes that are assumed of an accelerator that does not say what it has."""

LIMIT_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container says how much memory it may take (cgroup 2 and 1)."""


@dataclass
class SeedsInFlight:
    """How many seeds a device trains at once. It falls when the device's memory does not suffice.

    Attributes:
        count: at least 1.
    """

    count: int

    def halve(self) -> None:
        """Half as many from now on, and at least 1."""
        self.count = max(1, self.count // 2)


def is_exhausted(error: Exception) -> bool:
    """Whether an error of JAX says that memory did not suffice."""
    return "RESOURCE_EXHAUSTED" in str(error)


def with_fewer_if_need_be(
    in_flight: SeedsInFlight, state: State, attempt: Callable[[State], Result], what: str
) -> Result:
    """What an attempt gives, with half as many seeds at once for every time that memory runs out.

    Args:
        in_flight: what the attempt looks at; it is changed.
        state: for the attempt, arrays on the devices, which may be gone when it fails.
        attempt: from the state to what is wanted.
        what: takes the memory, in words.

    Raises:
        ConfigError: if memory does not suffice for one seed at a time.
    """
    while True:
        spare = jax.tree.map(fetch, state) if in_flight.count > 1 else None
        try:
            return attempt(state)
        except jax.errors.JaxRuntimeError as error:
            if not is_exhausted(error):
                raise
            if spare is None:
                raise ConfigError(
                    f"{what} does not fit the device's memory, one seed at a time; take fewer "
                    f"pixels (batch_size, block_size or size): {error!s:.200}"
                ) from error
            in_flight.halve()
            logging.getLogger("fer_jax").warning(
                "the device ran out of memory for %s; going on with %d seeds at once",
                what,
                in_flight.count,
            )
            state = spare


def available_bytes() -> int:
    """The memory that training may take: the devices' own, or a CPU's within its container.

    Example:
        >>> available_bytes() > 2**20
        True
    """
    device = jax.local_devices()[0]
    if device.platform != "cpu":
        devices = len(jax.local_devices())
        return devices * (device.memory_stats() or {}).get("bytes_limit", UNKNOWN_MEMORY)
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *container_limits()])


def container_limits() -> list[int]:
    """The bytes that the container of this process may take; empty where nothing limits it.

    Example:
        >>> all(limit > 0 for limit in container_limits())
        True
    """
    limits = []
    for file in LIMIT_FILES:
        try:
            text = Path(file).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            limits.append(int(text))
    return limits


def check(needed: int, what: str) -> None:
    """Refuse what cannot fit, before anything starts.

    Args:
        needed: bytes.
        what: would need them, in words.

    Raises:
        ConfigError: if that is more than there is.
    """
    available = available_bytes()
    if needed > available:
        raise ConfigError(
            f"{what}: needs about {needed / 2**30:.1f} GiB, and there are "
            f"{available / 2**30:.1f} GiB; take fewer seeds, snapshots or steps at a time"
        )


def activation_bytes(arch: Arch, pixels: int, smooth: bool = False) -> int:
    """An upper estimate of what one step of one seed keeps at once, in bytes.

    Every unit's value and slope are kept for the way back, and about as much is at work; with a
    penalty on slopes, the same again for the slope along each axis.

    Example:
        >>> activation_bytes(Arch.parse("relu:64x6"), 65536) / 2**20
        391.0
    """
    return 4 * pixels * sum(arch.layer_sizes) * (12 if smooth else 4)


def seeds_in_flight(
    arch: Arch, pixels: int, seeds: int, device: Any = None, *, smooth: bool = False
) -> int:
    """How many seeds a device trains side by side.

    Args:
        arch: of the networks.
        pixels: of the picture.
        seeds: how many there are for the device.
        device: a JAX device; by default the first.
        smooth: whether slopes are penalised.

    Returns:
        1 on a CPU; elsewhere as many as fit into half of its memory, at least 1.

    Example:
        >>> seeds_in_flight(Arch.parse("relu:64x6"), 65536, 64, jax.devices("cpu")[0])
        1
    """
    device = device or jax.local_devices()[0]
    if device.platform == "cpu":
        return 1
    memory = (device.memory_stats() or {}).get("bytes_limit", UNKNOWN_MEMORY)
    return max(1, min(seeds, int(SHARE * memory) // activation_bytes(arch, pixels, smooth)))

"""How many seeds a device trains at once, and in blocks of how many pixels.

A CPU takes one seed at a time, in blocks that stay in its cache. A GPU or TPU wants as much
parallel work as its memory holds: whole pictures, and many seeds. Either way memory does not grow
with the number of seeds, beyond what is kept of each.
"""

from typing import Any

import jax

from fer_jax.cppn.arch import Arch

SHARE = 0.5
"""Of a device's memory, that activations may take."""

UNKNOWN_MEMORY = 8 * 2**30
"""Bytes that are assumed of an accelerator that does not say what it has."""


def activation_bytes(arch: Arch, pixels: int) -> int:
    """An upper estimate of what one step of one seed keeps at once, in bytes.

    Every unit's value and slope are kept for the way back, and about as much is at work.

    Example:
        >>> activation_bytes(Arch.parse("relu:64x6"), 65536) / 2**20
        391.0
    """
    return 4 * pixels * sum(arch.layer_sizes) * 4


def seeds_in_flight(arch: Arch, pixels: int, seeds: int, device: Any = None) -> int:
    """How many seeds a device trains side by side.

    Args:
        arch: of the networks.
        pixels: of the picture.
        seeds: how many there are for the device.
        device: a JAX device; by default the first.

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
    return max(1, min(seeds, int(SHARE * memory) // activation_bytes(arch, pixels)))

"""One flat vector of all weights, in the order by which the original study names single weights.

That order is the Flax parameter dict flattened with string-sorted keys: Dense_0, Dense_1,
Dense_10, Dense_11, ..., Dense_2, ... and each kernel row by row, `(units in, units out)`.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.arch import Arch
from fer_jax.errors import NetworkError


@functools.lru_cache(maxsize=256)
def kernel_offsets(arch: Arch) -> tuple[int, ...]:
    """Where the kernel of Dense_0 ... Dense_depth starts in the flat vector.

    Example:
        >>> kernel_offsets(Arch.parse("relu:2x11"))[:3]  # Dense_10, Dense_11 precede Dense_2
        (0, 8, 22)
    """
    layers = range(len(arch.kernel_shapes))
    offsets, end = [0] * len(layers), 0
    for layer in sorted(layers, key=lambda layer: f"Dense_{layer}"):
        offsets[layer] = end
        end += arch.kernel_shapes[layer][0] * arch.kernel_shapes[layer][1]
    return tuple(offsets)


def unflatten(
    arch: Arch, flat_params: Float[Array | np.ndarray, "params"]
) -> list[Float[Array | np.ndarray, "_in _out"]]:
    """The kernels of Dense_0 ... Dense_depth.

    Args:
        arch: the architecture.
        flat_params: one weight vector, in the flat order.

    Returns:
        List of `(units in, units out)`, in the order in which the layers act.

    Raises:
        NetworkError: if the vector has another length than the arch.

    Example:
        >>> [kernel.shape for kernel in unflatten(Arch.parse("relu:2x1"), jnp.zeros(14))]
        [(4, 2), (2, 3)]
    """
    check_length(arch, flat_params.shape)
    return [
        flat_params[start : start + rows * columns].reshape(rows, columns)
        for start, (rows, columns) in zip(kernel_offsets(arch), arch.kernel_shapes, strict=True)
    ]


def flatten(arch: Arch, kernels: Sequence[np.ndarray]) -> np.ndarray:
    """The flat vector of a list of kernels; the inverse of `unflatten`, in NumPy.

    Args:
        arch: the architecture.
        kernels: `(units in, units out)` of Dense_0 ... Dense_depth.

    Returns:
        float32, `(params,)`.

    Raises:
        NetworkError: if a kernel has another shape than the arch says.

    Example:
        >>> flatten(Arch.parse("relu:2x1"), [np.ones((4, 2)), np.zeros((2, 3))]).sum()
        np.float32(8.0)
    """
    shapes = tuple(kernel.shape for kernel in kernels)
    if shapes != arch.kernel_shapes:
        raise NetworkError(f"kernels of {arch} have shapes {arch.kernel_shapes}; got {shapes}")
    flat = np.zeros(arch.parameter_count, dtype=np.float32)
    for start, kernel in zip(kernel_offsets(arch), kernels, strict=True):
        flat[start : start + kernel.size] = np.asarray(kernel, dtype=np.float32).ravel()
    return flat


def flatten_traced(
    arch: Arch, kernels: Sequence[Float[Array, "_in _out"]]
) -> Float[Array, "params"]:
    """`flatten` as a function that JAX can trace; the shapes are not checked."""
    in_order = sorted(zip(kernel_offsets(arch), kernels, strict=True), key=lambda pair: pair[0])
    return jnp.concatenate([kernel.ravel() for _, kernel in in_order])


def to_flax(
    arch: Arch, flat_params: Float[Array | np.ndarray, "params"]
) -> dict[str, dict[str, dict[str, Array | np.ndarray]]]:
    """The variables dict of the Flax module (`DenseCppn`) that holds these weights.

    Example:
        >>> list(to_flax(Arch.parse("relu:2x1"), jnp.zeros(14))["params"])
        ['Dense_0', 'Dense_1']
    """
    kernels = unflatten(arch, flat_params)
    return {"params": {f"Dense_{layer}": {"kernel": k} for layer, k in enumerate(kernels)}}


def from_flax(arch: Arch, variables: Mapping[str, Any]) -> Float[Array, "params"]:
    """The flat vector of a Flax variables dict; the inverse of `to_flax`, traceable.

    Example:
        >>> from_flax(Arch.parse("relu:2x1"), to_flax(Arch.parse("relu:2x1"), jnp.ones(14))).shape
        (14,)
    """
    params = variables["params"]
    names = sorted(f"Dense_{layer}" for layer in range(len(arch.kernel_shapes)))
    return jnp.concatenate([params[name]["kernel"].ravel() for name in names])


def check_length(arch: Arch, shape: tuple[int, ...]) -> None:
    """Raise `NetworkError` unless `shape` is that of one flat vector of the arch."""
    if tuple(shape) != (arch.parameter_count,):
        raise NetworkError(
            f"{arch} has {arch.parameter_count} parameters in one flat vector; "
            f"got an array of shape {tuple(shape)}"
        )

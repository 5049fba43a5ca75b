"""The loss of a dense network and its gradient, block of pixels by block, in the processor's cache.

The plain way computes every feature map of the whole picture and sends each through memory. Here
the maps of one block at a time are kept, feature-major `(units, pixels)`, so that each activation
works on whole rows and each product is one of the shapes that XLA's kernels are fast at: hence
the padding of layers to a multiple of 8 units, and a transposed copy of every kernel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.flat_params import kernel_offsets, unflatten
from fer_jax.search.devices import PIXELS
from fer_jax.search.fast_sine import fast_cos, fast_sin
from fer_jax.search.pixel_blocks import tree_sum

FAST_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {**ACTIVATIONS, "cos": fast_cos, "sin": fast_sin}
)

_ALIGNMENT = 8

Kernels = list[Float[Array, "_in _out"]]
PixelLoss = Callable[[Float[Array, "3 block"], Float[Array, "3 block"]], Float[Array, "_ block"]]


def squared_rgb_error(
    outputs: Float[Array, "3 block"], target: Float[Array, "3 block"]
) -> Float[Array, "3 block"]:
    """Squared difference of each channel of RGB, as in the original study's code."""
    return jnp.square(outputs_to_rgb(outputs.T).T - target)


@dataclass(frozen=True)
class BlockedLoss:
    """Mean loss over pixels and channels, and its gradient; hashable, so static in jit.

    Attributes:
        arch: of the network.
        precision: of the matrix products.
        pixel_loss: from outputs and target of a block's pixels to what is averaged.
        axis_name: the mesh axis along which the groups of pixels lie.
    """

    arch: Arch
    precision: jax.lax.Precision
    pixel_loss: PixelLoss = squared_rgb_error
    axis_name: str = PIXELS

    def value_and_gradient(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "groups blocks inputs block"],
        target: Float[Array, "groups blocks 3 block"],
        weights: Float[Array, "groups blocks 1 block"],
    ) -> tuple[Float[Array, ""], Float[Array, "params"]]:
        """The loss and its gradient.

        Args:
            params: flat weights.
            inputs: of every pixel, cut by `PixelBlocks`: this device's groups.
            target: RGB of every pixel, cut alike.
            weights: of every pixel; they sum to 1 / channels over all devices.

        Returns:
            The loss and the flat gradient, summed along the fixed tree.
        """
        kernels = [_padded(jnp.asarray(kernel)) for kernel in unflatten(self.arch, params)]
        transposed = [kernel.T for kernel in kernels]

        def add_block(sums: tuple, block: tuple) -> tuple[tuple, None]:
            found = jax.value_and_grad(self._block_loss)(kernels, transposed, *block)
            return jax.tree.map(jnp.add, sums, found), None

        def group_sums(group: tuple) -> Float[Array, "sums"]:
            zero = (jnp.zeros((), jnp.float32), [jnp.zeros_like(kernel) for kernel in kernels])
            (loss, gradients), _ = jax.lax.scan(add_block, zero, group)
            return jnp.concatenate([loss[None], self._flat(gradients)])

        parts = jax.lax.map(group_sums, (inputs, target, weights))
        # Gathered in order, so that every device sums all parts alike.
        sums = tree_sum(jax.lax.all_gather(parts, self.axis_name, tiled=True))
        return sums[0], sums[1:]

    def _block_loss(
        self,
        kernels: Kernels,
        transposed: Kernels,
        inputs: Float[Array, "inputs block"],
        target: Float[Array, "3 block"],
        weights: Float[Array, "1 block"],
    ) -> Float[Array, ""]:
        values = _with_rows(inputs, kernels[0].shape[0])
        for kernel, turned in zip(kernels[:-1], transposed[:-1], strict=True):
            values = self._activate(_product(kernel, turned, values, self.precision))
        outputs = _product(kernels[-1], transposed[-1], values, self.precision)
        error = self.pixel_loss(outputs[: len(self.arch.outputs)], target)
        return jnp.sum(error * weights)

    def _activate(self, z: Float[Array, "padded block"]) -> Float[Array, "padded block"]:
        rows = [FAST_ACTIVATIONS[name](z[where]) for name, where in self.arch.activation_slices]
        return jnp.concatenate([*rows, z[self.arch.width :]])

    def _flat(self, kernels: Kernels) -> Float[Array, "params"]:
        cropped = [
            kernel[:rows, :columns].ravel()
            for kernel, (rows, columns) in zip(kernels, self.arch.kernel_shapes, strict=True)
        ]
        in_order = sorted(zip(kernel_offsets(self.arch), cropped, strict=True), key=lambda k: k[0])
        return jnp.concatenate([kernel for _, kernel in in_order])


def _product(
    kernel: Float[Array, "_in _out"],
    transposed: Float[Array, "_out _in"],
    values: Float[Array, "_in block"],
    precision: jax.lax.Precision,
) -> Float[Array, "_out block"]:
    """`transposed @ values`, whose gradients too are products that need no transposition."""

    @jax.custom_vjp
    def product(kernel: Array, transposed: Array, values: Array) -> Array:
        return jnp.matmul(transposed, values, precision=precision)

    def forward(kernel: Array, transposed: Array, values: Array) -> tuple[Array, tuple]:
        return product(kernel, transposed, values), (kernel, transposed, values)

    def backward(saved: tuple, slopes: Array) -> tuple[Array, Array, Array]:
        kernel, transposed, values = saved
        over_pixels = (((1,), (1,)), ((), ()))
        for_kernel = jax.lax.dot_general(values, slopes, over_pixels, precision=precision)
        for_values = jnp.matmul(kernel, slopes, precision=precision)
        return for_kernel, jnp.zeros_like(transposed), for_values

    product.defvjp(forward, backward)
    return product(kernel, transposed, values)


def _padded(kernel: Float[Array, "_in _out"]) -> Float[Array, "_in2 _out2"]:
    return jnp.pad(kernel, [(0, -length % _ALIGNMENT) for length in kernel.shape])


def _with_rows(values: Float[Array, "rows block"], rows: int) -> Float[Array, "rows2 block"]:
    return jnp.pad(values, [(0, rows - len(values)), (0, 0)])

"""The loss of a dense network and its gradient, block of pixels by block, in the processor's cache.

The plain way computes every feature map of the whole picture and sends each through memory. Here
the maps of one block at a time are kept, feature-major `(units, pixels)`, so that each activation
works on whole rows and each product is one of the shapes that XLA's kernels are fast at: hence
the padding of layers to a multiple of 8 units, and a transposed copy of every kernel.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.fast_sine import fast_cos, fast_sin
from fer_jax.cppn.flat_params import flatten_traced, unflatten
from fer_jax.search.devices import PIXELS
from fer_jax.search.pixel_blocks import tree_sum
from fer_jax.search.pixel_losses import PIXEL_LOSSES

FAST_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {**ACTIVATIONS, "cos": fast_cos, "sin": fast_sin}
)

PRECISIONS: Mapping[str, jax.lax.Precision] = MappingProxyType(
    {
        "default": jax.lax.Precision.DEFAULT,
        "high": jax.lax.Precision.HIGH,
        "highest": jax.lax.Precision.HIGHEST,
    }
)
"""Of matrix products, by name."""

_ALIGNMENT = 8

Kernels = list[Float[Array, "_in _out"]]


@dataclass(frozen=True)
class BlockedLoss:
    """Mean loss over pixels and channels, and its gradient; hashable, so static in jit.

    Attributes:
        arch: of the network.
        precision: of the matrix products.
        pixel_loss: a name of `PIXEL_LOSSES`.
        smooth: whether there is a penalty on the slopes of feature maps: the mean over all hidden
            units and pixels of the squared length of a unit's gradient by (x, y).
        axis_name: the mesh axis along which the groups of pixels lie.
    """

    arch: Arch
    precision: jax.lax.Precision
    pixel_loss: str = "rgb"
    smooth: bool = False
    axis_name: str = PIXELS

    def value_and_gradient(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "groups blocks inputs block"],
        target: Float[Array, "groups blocks 3 block"],
        weights: Float[Array, "groups blocks 1 block"],
        smoothness: Float[Array, ""] | float = 0.0,
    ) -> tuple[Float[Array, ""], Float[Array, "params"]]:
        """The loss without any penalty, and the gradient with it.

        Args:
            params: flat weights.
            inputs: of every pixel, cut by `PixelBlocks`: this device's groups. Where slopes are
                penalised, their slopes along x and along y are rows behind them.
            target: what is wanted of every pixel, cut alike.
            weights: of every pixel; they sum to 1 / channels over all devices.
            smoothness: factor on the penalty, if there is one.

        Returns:
            The loss and the flat gradient, summed along the fixed tree.
        """
        kernels = [padded(jnp.asarray(kernel)) for kernel in unflatten(self.arch, params)]
        transposed = [kernel.T for kernel in kernels]

        def add_block(sums: tuple, block: tuple) -> tuple[tuple, None]:
            descended = jax.value_and_grad(self.block_loss, has_aux=True)
            (_, loss), gradients = descended(kernels, transposed, smoothness, *block)
            return jax.tree.map(jnp.add, sums, (loss, gradients)), None

        def group_sums(group: tuple) -> Float[Array, "sums"]:
            zero = (jnp.zeros((), jnp.float32), [jnp.zeros_like(kernel) for kernel in kernels])
            (loss, gradients), _ = jax.lax.scan(add_block, zero, group)
            return jnp.concatenate([loss[None], self._flat(gradients)])

        parts = jax.lax.map(group_sums, (inputs, target, weights))
        # Gathered in order, so that every device sums all parts alike.
        sums = tree_sum(jax.lax.all_gather(parts, self.axis_name, tiled=True))
        return sums[0], sums[1:]

    def block_loss(
        self,
        kernels: Kernels,
        transposed: Kernels,
        smoothness: Float[Array, ""] | float,
        inputs: Float[Array, "inputs block"],
        target: Float[Array, "3 block"],
        weights: Float[Array, "1 block"],
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """What is descended of a block of pixels, and its loss alone.

        Args:
            kernels: `padded`.
            transposed: each of them, transposed.
            smoothness: factor on the penalty, if there is one.
            inputs: of every pixel of the block, as `value_and_gradient` takes them.
            target: what is wanted of every pixel.
            weights: of every pixel.
        """
        count, penalty = len(self.arch.inputs), jnp.zeros((), jnp.float32)
        rows = [inputs[at : at + count] for at in range(0, len(inputs), count)]
        values, *slopes = [_with_rows(part, kernels[0].shape[0]) for part in rows]
        for kernel, turned in zip(kernels[:-1], transposed[:-1], strict=True):
            z, *slopes = [
                _product(kernel, turned, part, self.precision) for part in (values, *slopes)
            ]
            for axis, slope in enumerate(slopes):
                slopes[axis] = jax.jvp(self._activate, (z,), (slope,))[1]
                penalty += jnp.sum(jnp.square(slopes[axis]) * weights)
            values = self._activate(z)
        outputs = _product(kernels[-1], transposed[-1], values, self.precision)
        outputs = outputs[: len(self.arch.outputs)]
        error = PIXEL_LOSSES[self.pixel_loss].error(outputs, target)
        loss = jnp.sum(error * weights)
        if not self.smooth:
            return loss, loss
        channels, units = len(self.arch.outputs), self.arch.width * self.arch.depth
        return loss + smoothness * channels / units * penalty, loss

    # Within jit, so that it is traced once and not anew for each layer; XLA sees no difference.
    @functools.partial(jax.jit, static_argnums=0)
    def _activate(self, z: Float[Array, "padded block"]) -> Float[Array, "padded block"]:
        rows = [FAST_ACTIVATIONS[name](z[where]) for name, where in self.arch.activation_slices]
        return jnp.concatenate([*rows, z[self.arch.width :]])

    def _flat(self, kernels: Kernels) -> Float[Array, "params"]:
        cropped = [
            kernel[:rows, :columns]
            for kernel, (rows, columns) in zip(kernels, self.arch.kernel_shapes, strict=True)
        ]
        return flatten_traced(self.arch, cropped)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def _turned_product(
    kernel: Float[Array, "_in _out"],
    transposed: Float[Array, "_out _in"],
    values: Float[Array, "_in block"],
    precision: jax.lax.Precision,
) -> Float[Array, "_out block"]:
    """`transposed @ values`, whose gradients too are products that need no transposition."""
    return jnp.matmul(transposed, values, precision=precision)


def _forward(
    kernel: Array, transposed: Array, values: Array, precision: jax.lax.Precision
) -> tuple[Array, tuple[Array, Array, Array]]:
    return jnp.matmul(transposed, values, precision=precision), (kernel, transposed, values)


def _backward(
    precision: jax.lax.Precision, saved: tuple[Array, Array, Array], slopes: Array
) -> tuple[Array, Array, Array]:
    kernel, transposed, values = saved
    over_pixels = (((1,), (1,)), ((), ()))
    for_kernel = jax.lax.dot_general(values, slopes, over_pixels, precision=precision)
    for_values = jnp.matmul(kernel, slopes, precision=precision)
    return for_kernel, jnp.zeros_like(transposed), for_values


_turned_product.defvjp(_forward, _backward)
_product = jax.jit(_turned_product, static_argnums=3)


def padded(kernel: Float[Array, "_in _out"]) -> Float[Array, "_in2 _out2"]:
    """A kernel with rows and columns of zeros behind it, up to a shape that products like."""
    return jnp.pad(kernel, [(0, -length % _ALIGNMENT) for length in kernel.shape])


def _with_rows(values: Float[Array, "rows block"], rows: int) -> Float[Array, "rows2 block"]:
    return jnp.pad(values, [(0, rows - len(values)), (0, 0)])

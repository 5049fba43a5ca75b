"""The dense CPPN: a pure function of a flat weight vector, and the same as a Flax module."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from fer_jax.cppn import flat_params as flat
from fer_jax.cppn.activations import ACTIVATIONS, LINEAR, Activation
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.wiring import Wiring

PRECISION = jax.lax.Precision.HIGHEST
"""Rendering and scoring multiply in full float32; by default a GPU would use TF32, a TPU bf16."""


def activate(
    arch: Arch,
    z: Float[Array, "*pixels width"],
    activations: Mapping[str, Activation] = ACTIVATIONS,
) -> Float[Array, "*pixels width"]:
    """Apply each activation to its own neurons of a hidden layer."""
    return jnp.concatenate(
        [activations[name](z[..., where]) for name, where in arch.activation_slices], axis=-1
    )


@dataclass(frozen=True)
class DenseProgram:
    """What a dense CPPN computes, as a pure function of its weights; hashable, so static in jit.

    Attributes:
        arch: the architecture.
        precision: of the matrix products.
    """

    arch: Arch
    precision: jax.lax.Precision = PRECISION

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return self.arch.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""
        return self.arch.outputs

    def layers(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "*pixels inputs"],
        activations: Mapping[str, Activation] = ACTIVATIONS,
        nudges: Sequence[Float[Array, "*pixels _width"]] | None = None,
    ) -> list[Float[Array, "*pixels _width"]]:
        """Every layer's values, inputs first and outputs last (the output layer is linear).

        Args:
            params: flat weights.
            inputs: of each pixel.
            activations: by name.
            nudges: of each layer behind the inputs, what is added to its units' sums; to take
                derivatives by them.
        """
        layers = [inputs]
        kernels = flat.unflatten(self.arch, params)
        for depth, kernel in enumerate(kernels):
            z = jnp.matmul(layers[-1], kernel, precision=self.precision)
            if nudges is not None:
                z = z + nudges[depth]
            hidden = depth < len(kernels) - 1
            layers.append(activate(self.arch, z, activations) if hidden else z)
        return layers

    @property
    def wiring(self) -> Wiring:
        """Which unit each weight feeds; hidden units layer by layer, then the linear outputs."""
        hidden = np.concatenate(
            [np.full(count, name in LINEAR) for name, count in self.arch.neurons]
        )
        outputs = np.ones(len(self.outputs), dtype=bool)
        linear = np.concatenate([np.tile(hidden, self.arch.depth), outputs, [False]])
        first = np.cumsum([0, *self.arch.layer_sizes[1:-1]])
        units = [
            np.tile(np.arange(columns, dtype=np.int32) + start, (rows, 1))
            for start, (rows, columns) in zip(first, self.arch.kernel_shapes, strict=True)
        ]
        return Wiring(flat.flatten(self.arch, units).astype(np.int32), linear)


class DenseCppn(nn.Module):
    """The same network as a Flax module, for those who build on Flax.

    Its kernels have no biases: the constant input plays that part. They start LeCun-normal
    (truncated, variance 1 / fan-in), as in the original study.

    Attributes:
        arch: the architecture.
        precision: of the matrix products.
        kernel_init: draws the initial kernels.

    Example:
        >>> arch = Arch.parse("sin:8x2")
        >>> variables = DenseCppn(arch).init(jax.random.key(0), jnp.zeros(4))
        >>> DenseCppn(arch).apply(variables, jnp.zeros(4)).shape
        (3,)
    """

    arch: Arch
    precision: jax.lax.Precision = PRECISION
    kernel_init: jax.nn.initializers.Initializer = jax.nn.initializers.lecun_normal()

    @nn.compact
    def __call__(self, inputs: Float[Array, "*pixels inputs"]) -> Float[Array, "*pixels outputs"]:
        """The outputs (hue, saturation, brightness) for each pixel's inputs."""
        dense = functools.partial(
            nn.Dense, use_bias=False, precision=self.precision, kernel_init=self.kernel_init
        )
        values = inputs
        for _ in range(self.arch.depth):
            values = activate(self.arch, dense(self.arch.width)(values))
        return dense(len(self.arch.outputs))(values)


@dataclass(frozen=True, eq=False)
class Cppn:
    """A dense network: an architecture and its weights.

    Attributes:
        arch: the architecture.
        flat_params: float32, `(arch.parameter_count,)`, in the order of the original study.

    Raises:
        NetworkError: if the weights do not fit the arch.

    Example:
        >>> network = Cppn.from_flat("relu:4x2", np.zeros(44))
        >>> str(network.arch)
        '2;relu:4'
    """

    arch: Arch
    flat_params: np.ndarray

    def __post_init__(self) -> None:
        flat.check_length(self.arch, np.shape(self.flat_params))

    @classmethod
    def from_flat(cls, arch: Arch | str, flat_params: ArrayLike) -> "Cppn":
        """A network from an arch (or its string) and a flat weight vector.

        Args:
            arch: an `Arch` or a string in any of its spellings.
            flat_params: `(params,)`, cast to float32.

        Returns:
            The network.

        Raises:
            ArchError: if the string is no architecture.
            NetworkError: if the vector has another length than the arch.

        Example:
            >>> Cppn.from_flat("relu:4x2", np.zeros(44)).params.shape
            (44,)
        """
        return cls(Arch.parse(arch), np.asarray(flat_params, dtype=np.float32))

    @property
    def kernels(self) -> list[np.ndarray]:
        """`(units in, units out)` of Dense_0 ... Dense_depth."""
        return [np.asarray(k) for k in flat.unflatten(self.arch, self.flat_params)]

    @property
    def params(self) -> np.ndarray:
        """The weights, as every drawable model calls them."""
        return self.flat_params

    @property
    def program(self) -> DenseProgram:
        """What the network computes, apart from its weights."""
        return DenseProgram(self.arch)

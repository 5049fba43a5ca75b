"""Drawing: from any model (a genome's graph or a dense network) to an image and feature maps."""

import functools
from collections.abc import Hashable, Mapping
from typing import Protocol, runtime_checkable

import jax
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.wiring import Wiring


@runtime_checkable
class Program(Hashable, Protocol):
    """What a model computes, as a pure function of its parameters. Hashable: static in jit."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""

    def layers(
        self,
        params: Float[Array, "params"],
        inputs: Float[Array, "*pixels inputs"],
        activations: Mapping[str, Activation] = ACTIVATIONS,
    ) -> list[Float[Array, "*pixels _width"]]:
        """Every layer's values, inputs first and outputs last."""

    @property
    def wiring(self) -> Wiring:
        """Which unit each parameter feeds."""


@runtime_checkable
class Model(Protocol):
    """Anything drawable: a program and its parameters."""

    @property
    def params(self) -> np.ndarray:
        """The parameters, `(params,)` float32."""

    @property
    def program(self) -> Program:
        """What the model computes, apart from its parameters."""


def draw(
    program: Program, params: Float[Array, "params"], inputs: Float[Array, "*pixels inputs"]
) -> Float[Array, "*pixels 3"]:
    """RGB in [0, 1] at given inputs, as a pure and differentiable function of the parameters."""
    return outputs_to_rgb(program.layers(params, inputs)[-1])


@functools.partial(jax.jit, static_argnames=("program", "size"))
def render_params(
    program: Program, params: Float[Array, "params"], *, size: int
) -> Float[Array, "size size 3"]:
    """`render` as a compiled function of the parameters, for use on many of them."""
    return draw(program, params, pixel_inputs(size, program.inputs))


@functools.partial(jax.jit, static_argnames=("program", "size"))
def feature_maps_params(
    program: Program, params: Float[Array, "params"], *, size: int
) -> list[Float[Array, "size size _width"]]:
    """`feature_maps` as a compiled function of the parameters, for use on many of them."""
    return program.layers(params, pixel_inputs(size, program.inputs))


def render(model: Model, size: int = 256) -> np.ndarray:
    """Draw a genome or a network.

    Args:
        model: a `Genome` or a `Cppn`.
        size: pixels along one side, at least 2.

    Returns:
        `(size, size, 3)` float32 RGB in [0, 1], row 0 on top.

    Raises:
        ValueError: for a size below 2.

    Example:
        >>> import fer_jax
        >>> fer_jax.render(fer_jax.load_genome("sunrise"), size=16).shape
        (16, 16, 3)
    """
    return np.asarray(render_params(model.program, model.params, size=size))


def feature_maps(model: Model, size: int = 256) -> list[np.ndarray]:
    """What every neuron computes at every pixel.

    Args:
        model: a `Genome` or a `Cppn`.
        size: pixels along one side, at least 2.

    Returns:
        A list with one float32 array `(size, size, width)` per layer, inputs first, outputs (hue,
        saturation, brightness before the colour map) last. A genome's layer holds the nodes at
        one depth.

    Raises:
        ValueError: for a size below 2.

    Example:
        >>> import fer_jax
        >>> maps = fer_jax.feature_maps(fer_jax.load_genome("sunrise"), size=16)
        >>> maps[0].shape
        (16, 16, 4)
    """
    return [np.asarray(m) for m in feature_maps_params(model.program, model.params, size=size)]

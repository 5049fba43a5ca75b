"""What every parameter does to the picture, drawn small.

At the size of the picture the effects of all parameters of a large network would fill the memory of
a machine, so where they are needed one by one they are looked at on a fixed grid.
"""

import functools
from typing import Any

import jax
from jaxtyping import Array, Float

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.metrics.effects import Signals

GRID = 24
"""Pixels along one side, whatever the size at which the picture is scored."""


@functools.partial(jax.jit, static_argnames="signals")
def effect_maps(signals: Signals, data: Any) -> Float[Array, "GRID GRID 3 params"]:
    """The derivative of every pixel's colours by every parameter, on the grid.

    Args:
        signals: of the model's kind.
        data: the model.

    Returns:
        float32, not scaled by the parameters.

    Example:
        >>> import fer_jax
        >>> from fer_jax.metrics.effects import signals_of
        >>> effect_maps(*signals_of(fer_jax.load_genome("sunrise"))).shape[:3]
        (24, 24, 3)
    """
    # Row by row, since what it is made of takes several times its size.
    return jax.lax.map(lambda row: signals.jacobian(data, row), pixel_inputs(GRID, signals.inputs))

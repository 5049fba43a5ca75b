"""How far two pixels are moved by the same parameters, along the lines of a picture.

The whole Jacobian (pixels times channels times parameters) would fill the memory of a machine for
a large network, so one row or column of the picture is taken at a time.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.network import PRECISION
from fer_jax.metrics.effects import Signals


@functools.partial(jax.jit, static_argnames="signals")
def line_products(
    signals: Signals,
    data: Any,
    live: Float[Array, "params"],
    lines: Float[Array, "lines pixels inputs"],
) -> Float[Array, "lines pixels pixels"]:
    """Products of how the parameters move the pixels of a line.

    Args:
        signals: of the model's kind.
        data: the model.
        live: weight of each parameter.
        lines: the inputs of the pixels of each line; rows and columns need one program.

    Returns:
        For each line, `K(p, q) = sum over channels c and parameters i of live_i J_pci J_qci`
        for any two of its pixels.
    """

    def one_line(line: Float[Array, "pixels inputs"]) -> Float[Array, "pixels pixels"]:
        jacobian = signals.jacobian(data, line)
        return jnp.einsum("pci,qci->pq", jacobian * live, jacobian, precision=PRECISION)

    return jax.lax.map(one_line, lines)

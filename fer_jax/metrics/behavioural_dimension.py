"""In how many ways do a network's parameters change its picture?

Each parameter's effect is a picture of its own: the derivative of the image. Scaled to unit length,
the effects of 16 sampled parameters span some number of dimensions. In a factored network many
parameters do the same few things, so it is low; where every parameter does something of its own, it
is high. The number of dimensions is the participation ratio `(sum e)^2 / sum e^2` of the
eigenvalues e of the 16 x 16 matrix of cosines: `256 / (16 + 240 c)`, where c is the mean squared
cosine of two of them. For c its mean over all pairs of parameters is taken, which needs no sampling
and does not depend on how many parameters there are.

Known doubts: links in series have collinear effects by construction, so that wiring alone lowers
the reading.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.metrics.device_work import Call
from fer_jax.metrics.effects import Signals
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

SAMPLE = 16
"""Parameters in the sample that the reading speaks of."""

GRID = 16
"""Pixels along one side at which effects are compared, whatever the size of the picture."""

LEAST_LIVE = 8.0
"""Parameters that must take part."""

LEAST_EFFECT = 1e-3
"""Of the largest one: parameters with far less effect than that do not count."""


def behavioural_dimension(view: View) -> float:
    """Dimensions that the effects of 16 parameters span, over 16.

    Parameters count as far as they take part, not by the size of their effect, apart from
    effects near zero.

    Args:
        view: of the model.

    Returns:
        From 1/16 (all do the same) to 1 (no two do anything alike).

    Raises:
        Undefined: if fewer than 8 parameters take part.
    """
    together, alone, count = view.computed(_call)
    together, alone, count = float(together), float(alone), float(count)
    if not count >= LEAST_LIVE:
        raise Undefined(f"{count:.1f} parameters take part; {LEAST_LIVE:.0f} are needed")
    squared_cosine = (together - alone) / (count**2 - alone)
    return 1.0 / (1.0 + (SAMPLE - 1) * float(np.clip(squared_cosine, 0.0, 1.0)))


def _call(view: View) -> Call:
    signals, data = view.signals
    return Call(_sums, {"signals": signals}, {"data": data, "live": view.live_filled})


@functools.partial(jax.jit, static_argnames="signals")
def _sums(
    signals: Signals, data: Any, live: Float[Array, "params"]
) -> tuple[Float[Array, ""], Float[Array, ""], Float[Array, ""]]:
    """Sums of `w_i w_j cosine_ij^2` over all pairs, of `w_i^2`, and of the weights w."""
    pixels = pixel_inputs(GRID, signals.inputs).reshape(GRID * GRID, -1)
    (energy,) = signals.energies(data, pixels, jnp.ones((1, len(pixels))))
    floor = LEAST_EFFECT**2 * jnp.max(live * energy)
    tiny = jnp.finfo(jnp.float32).tiny
    # Over pixels rather than parameters, of which there may be far more: with u of unit length,
    # sum_ij w_i w_j (u_i . u_j)^2 is the squared norm of the matrix sum_i w_i u_i u_i^T.
    weights = live * energy / jnp.maximum(energy + floor, tiny)
    scales = live / jnp.maximum(energy + floor, tiny)
    factors = signals.factors(data, pixels)

    def row_of_pixels(ones: Any) -> Float[Array, ""]:
        return jnp.sum(signals.color_products(ones, factors, scales) ** 2)

    rows = jax.tree.map(lambda part: part.reshape(GRID, GRID, *part.shape[1:]), factors)
    return jnp.sum(jax.lax.map(row_of_pixels, rows)), jnp.sum(weights**2), jnp.sum(weights)


METRIC = Metric(
    name="behavioural_dimension",
    version="1",
    kind="entanglement",
    worse="higher",
    range="1/16 to 1",
    calibration="1/16: all parameters do the same; 1: no two do anything alike",
    needs="8 parameters that take part",
    basis_free=False,
    reference="Defined here.",
    summary=(
        "In how many ways 16 parameters change the picture, over 16: participation ratio of "
        "the directions of their effects."
    ),
    compute=behavioural_dimension,
)

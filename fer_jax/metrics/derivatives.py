"""How far two pixels are moved by the same parameters, along the lines of a picture.

The whole Jacobian (pixels times channels times parameters) would fill the memory of a machine for
a large network, so one row or column of the picture is taken at a time.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.metrics.effects import Signals


@functools.partial(jax.jit, static_argnames=("signals", "only_mirrored"))
def line_products(
    signals: Signals,
    data: Any,
    live: Float[Array, "params"],
    lines: Float[Array, "lines pixels inputs"],
    only_mirrored: bool = False,
) -> Float[Array, "lines pixels pixels"]:
    """Products of how the parameters move the pixels of a line.

    Args:
        signals: of the model's kind.
        data: the model.
        live: weight of each parameter.
        lines: the inputs of the pixels of each line; rows and columns need one program.
        only_mirrored: whether no more is needed than the products of each pixel with the one at
            its place from the other end, and with itself.

    Returns:
        For each line, `K(p, q) = sum over channels c and parameters i of live_i J_pci J_qci`
        for any two of its pixels as far apart as two that mirror each other can be, and for each
        with itself: by an odd number of pixels in a line of even length, or an even one in a line
        of odd length. The others are 0.
    """
    size = lines.shape[1]
    sets = [(slice(0, None, 2), slice(1, None, 2))]
    if size % 2:
        sets = [(each, each) for each in sets[0]]

    def of_two(one: Any, other: Any) -> Float[Array, ""]:
        one, other = (jax.tree.map(lambda part: part[None], pixel) for pixel in (one, other))
        return signals.products(one, other, live)[0, 0]

    def one_line(line: Float[Array, "pixels inputs"]) -> Float[Array, "pixels pixels"]:
        factors = signals.factors(data, line)
        found = jnp.diag(jax.vmap(of_two)(factors, factors))
        if only_mirrored:
            mirrored = jax.vmap(of_two)(factors, _of(factors, slice(None, None, -1)))
            return found.at[jnp.arange(size), jnp.arange(size)[::-1]].set(mirrored)
        for pixels in sets:
            ones, others = (_of(factors, its) for its in pixels)
            products = signals.products(ones, others, live)
            found = found.at[pixels].set(products).at[pixels[::-1]].set(products.T)
        return found

    return jax.lax.map(one_line, lines)


def _of(factors: Any, pixels: slice) -> Any:
    return jax.tree.map(lambda part: part[pixels], factors)

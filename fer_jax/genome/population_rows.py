"""A population as one array of whole numbers, a row for each genome.

One array is picked from, and goes to devices and back, in a fraction of the time that ten take.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from fer_jax.cppn.names import OUTPUT_NAMES
from fer_jax.genome.population import Population


def to_rows(population: Population) -> Int[Array | np.ndarray, "*genomes width"]:
    """All that a population holds, or one genome; weights by their bits.

    Args:
        population: as NumPy arrays, or within a compiled program.

    Returns:
        `(*genomes, width)` int32, of NumPy if the population is.

    Example:
        >>> import fer_jax
        >>> from fer_jax.genome.population import pad
        >>> moon = jax.device_get(pad([fer_jax.load_genome("moon")]))
        >>> same = from_rows(to_rows(moon), moon.slots, moon.links)
        >>> all((one == other).all() for one, other in zip(same, moon, strict=True))
        True
    """
    weights: Any = population.weights
    on_host = isinstance(weights, np.ndarray)
    bits = weights.view(np.int32) if on_host else jax.lax.bitcast_convert_type(weights, jnp.int32)
    whole: Any = population._replace(weights=bits)
    columns = [part if part.ndim == weights.ndim else part[..., None] for part in whole]
    join: Any = np.concatenate if on_host else jnp.concatenate
    return join(columns, axis=-1, dtype=np.int32)


def from_rows(
    rows: Int[Array | np.ndarray, "*genomes width"], slots: int, links: int
) -> Population:
    """What `to_rows` was given.

    Args:
        rows: of any genomes, or one.
        slots: to which the population was padded.
        links: likewise.
    """
    parts: list[Any] = []
    at = 0
    for length in (*[slots] * 2, *[links] * 5, 0, 0, len(OUTPUT_NAMES)):
        parts.append(rows[..., at : at + length] if length else rows[..., at])
        at += length or 1
    whole: Any = Population(*parts)
    if isinstance(rows, np.ndarray):
        weights = whole.weights.view(np.float32)
    else:
        weights = jax.lax.bitcast_convert_type(whole.weights, jnp.float32)
    return whole._replace(weights=weights, enabled=whole.enabled != 0)

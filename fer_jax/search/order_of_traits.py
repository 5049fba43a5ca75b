"""Which came first in a line of pictures: that they are symmetric, or that there is much to see.

In Picbreeder the skull was symmetric before it was a face. Whether lines of descent are so in
general, and what of the breeder's taste makes them so, can be asked of any line.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from fer_jax.genome.population_render import render_population
from fer_jax.search.ancestry import Ancestry
from fer_jax.search.descriptors import describe

SYMMETRIC = 0.9
"""From this symmetry on a picture counts as symmetric: nine tenths of its energy are."""

DETAILED = 0.5
"""From this share of the last picture's complexity on a picture counts as detailed."""


def symmetry_first(
    symmetry: Float[np.ndarray, "line"], complexity: Float[np.ndarray, "line"]
) -> float:
    """Whether a line was symmetric for good before it was detailed for good.

    Args:
        symmetry: of each picture, the first ancestor's first, in [0, 1].
        complexity: of each, alike.

    Returns:
        1 if it was symmetric earlier, 0 if it was detailed earlier, 0.5 if both came with the same
        child; NaN if the last picture is not symmetric.

    Example:
        >>> symmetry_first(np.array([0.2, 1.0, 0.95]), np.array([0.1, 0.2, 0.6]))
        1.0
    """
    symmetric = _since(symmetry, SYMMETRIC)
    detailed = _since(complexity, DETAILED * complexity[-1])
    if symmetric == len(symmetry):
        return float("nan")
    return float(0.5 * np.sign(detailed - symmetric) + 0.5)


def orders_of(
    ancestry: Ancestry, numbers: Sequence[int], size: int
) -> Float[np.ndarray, "genomes"]:
    """`symmetry_first` of the lines of some genomes.

    Args:
        ancestry: in which nobody from whom they come was forgotten.
        numbers: of the genomes.
        size: pixels along one side, at which their ancestors are drawn.

    Returns:
        `(genomes,)` float64.
    """
    lines = [ancestry.line(number) for number in numbers]
    known = sorted({number for line in lines for number in line})
    if not known:
        return np.zeros(0)
    images = render_population(ancestry.genomes_of(known), size)
    measured = np.asarray(describe(images, ("symmetry", "complexity")), np.float64)
    place = {number: at for at, number in enumerate(known)}
    found = []
    for line in lines:
        symmetry, complexity = measured[[place[number] for number in line]].T
        found.append(symmetry_first(symmetry, complexity))
    return np.array(found)


def _since(values: Float[np.ndarray, "line"], least: float) -> int:
    """The place from which on no value is less; their number if the last one is."""
    below = np.flatnonzero(~(values >= least))
    return int(below[-1]) + 1 if len(below) else 0

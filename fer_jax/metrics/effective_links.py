"""The links of a network as its nonlinear units see them, whatever lies between.

What linear units do between two nonlinear ones is one matrix, and which units carry it is a choice
of basis: turned by any invertible matrix, and turned back by the next layer, the network computes
the same. So metrics that look at single weights of linear units would read the basis. An effective
link goes from an input or a nonlinear unit to a nonlinear unit or an output, and its weight is the
sum over all ways through linear units alone. It depends on no basis; carriers, by which a layerized
genome passes values on, are gone, as are linear units that lead nowhere.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fer_jax.cppn.render import Model
from fer_jax.genome.program import GraphProgram
from fer_jax.metrics.links import link_matrix
from fer_jax.metrics.live import THRESHOLD


@dataclass(frozen=True, eq=False)
class EffectiveLinks:
    """The effective links of a model whose weight is not 0.

    Attributes:
        weights: `(links,)` float64.
        carriers: `(links,)`: how far each is the weight 1 by which an output passes on one unit's
            value: that says nothing of how the picture is made.
        places: `(links,)` each: where `Signals.link_energies` holds their source and target.
    """

    weights: Float[np.ndarray, "links"]
    carriers: Float[np.ndarray, "links"]
    places: tuple[Int[np.ndarray, "links"], Int[np.ndarray, "links"]]


def effective_links(model: Model) -> EffectiveLinks:
    """Find them.

    Args:
        model: a `Genome` or a `Cppn`.

    Returns:
        The links, in no order that means anything.

    Raises:
        TypeError: if it is neither a genome nor a dense network.

    Example:
        >>> from fer_jax.cppn.network import Cppn
        >>> network = Cppn.from_flat("2/identity:1/sin:1", np.arange(1.0, 19.0))
        >>> effective_links(network).weights.shape
        (27,)
    """
    units = link_matrix(model).T
    inputs = len(units) - units.shape[1]
    between = np.pad(units, ((0, 0), (inputs, 0)))
    is_linear = np.pad(model.program.wiring.linear[:-1], (inputs, 0))
    bent, linear = np.flatnonzero(~is_linear), np.flatnonzero(is_linear)
    hidden = bent[inputs:]
    # An output that is linear adds up what it reads; another one passes its own value on.
    ends = np.arange(len(units))[OUTPUTS]
    outputs = np.where(is_linear[ends], between[:, ends], np.eye(len(units))[:, ends])
    into = np.concatenate([between[:, hidden], outputs], axis=1)
    passing = np.eye(len(linear)) - between[np.ix_(linear, linear)]
    passed = np.linalg.solve(passing, into[linear])
    weights = into[bent] + between[np.ix_(bent, linear)] @ passed
    source, target = np.nonzero(weights)
    places = _places(model, bent)
    return EffectiveLinks(
        weights[source, target],
        _carriers(weights, len(hidden))[source, target],
        (places[source], np.concatenate([places[inputs:] - _skipped(model), OUTPUTS])[target]),
    )


OUTPUTS = np.array([-3, -2, -1])
"""Where the outputs lie, among units and among the targets of `Signals.link_energies`."""


def _places(model: Model, bent: Int[np.ndarray, "sources"]) -> Int[np.ndarray, "sources"]:
    """Where `Signals.link_energies` holds the units that are not linear, as sources."""
    program = model.program
    if not isinstance(program, GraphProgram):
        return np.arange(len(bent))
    slots = [slot for layer in program.units for slot in layer]
    return np.concatenate([np.arange(len(program.inputs)), slots])[bent].astype(int)


def _skipped(model: Model) -> int:
    """How many sources a dense network has that are no targets; graphs have a place for each."""
    return 0 if isinstance(model.program, GraphProgram) else len(model.program.inputs)


def _carriers(
    weights: Float[np.ndarray, "sources targets"], hidden: int
) -> Float[np.ndarray, "sources targets"]:
    """As `fer_jax.metrics.live.carriers`, of the links into outputs."""
    squares = weights**2
    rest = np.maximum(squares.sum(axis=0) - squares, 0.0)
    near_one = np.exp(-(((weights - 1.0) / THRESHOLD) ** 2) - rest / THRESHOLD**2)
    near_one[:, :hidden] = 0.0
    return near_one

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
from jaxtyping import Bool, Float, Int
from scipy.linalg import solve_triangular

from fer_jax.cppn.activations import LINEAR
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import unflatten
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import Model
from fer_jax.genome.program import GraphProgram
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
        >>> network = Cppn.from_flat("2/identity:1/sin:1", np.arange(1.0, 15.0))
        >>> effective_links(network).weights.shape
        (26,)
    """
    units = _units(model)
    bent = np.flatnonzero(~units.linear)
    hidden = np.setdiff1d(bent, np.arange(len(model.program.inputs)))
    linear = np.flatnonzero(units.linear)
    into = np.concatenate([units.between[:, hidden], units.outputs], axis=1)
    # Units lie in topological order, so that what linear ones pass to each other is triangular.
    passing = np.eye(len(linear)) - units.between[np.ix_(linear, linear)]
    passed = solve_triangular(passing, into[linear], unit_diagonal=True)
    weights = into[bent] + units.between[np.ix_(bent, linear)] @ passed
    source, target = np.nonzero(weights)
    return EffectiveLinks(
        weights[source, target],
        _carriers(weights, len(hidden))[source, target],
        (units.sources[source], np.concatenate([units.targets, OUTPUTS])[target]),
    )


OUTPUTS = np.array([-3, -2, -1])
"""Where `Signals.link_energies` holds the outputs among the targets."""


@dataclass(frozen=True, eq=False)
class _Units:
    """A model as a matrix.

    Attributes:
        between: `[from, to]`, weights between the inputs and hidden units, in topological order.
        outputs: `[from, output]`, weights into the outputs.
        linear: which units are; inputs are not.
        sources: where `Signals.link_energies` holds each unit that is not linear.
        targets: the same without the inputs.
    """

    between: Float[np.ndarray, "units units"]
    outputs: Float[np.ndarray, "units outputs"]
    linear: Bool[np.ndarray, "units"]
    sources: Int[np.ndarray, "sources"]
    targets: Int[np.ndarray, "targets"]


def _units(model: Model) -> _Units:
    program = model.program
    if isinstance(program, GraphProgram):
        return _of_graph(program, np.asarray(model.params, np.float64))
    if isinstance(program, DenseProgram):
        return _of_dense(program.arch, np.asarray(model.params, np.float64))
    raise TypeError(f"{type(program).__name__} is neither a graph nor a dense program")


def _of_graph(program: GraphProgram, params: Float[np.ndarray, "links"]) -> _Units:
    count, inputs = len(program.activations), len(program.inputs)
    between = np.zeros((count, count))
    for target, incoming in enumerate(program.incoming):
        for source, link in incoming:
            between[source, target] = params[link]
    linear = np.array([name in LINEAR for name in program.activations])
    linear[:inputs] = False
    # The value of a nonlinear output is passed on, as layerized genomes do.
    outputs = [
        between[:, slot] if linear[slot] else np.eye(count)[slot] for slot in program.output_slots
    ]
    bent = np.flatnonzero(~linear)
    return _Units(between, np.stack(outputs, axis=1), linear, bent, bent[inputs:])


def _of_dense(arch: Arch, params: Float[np.ndarray, "params"]) -> _Units:
    *hidden, last = unflatten(arch, params)
    starts = np.cumsum([0, *arch.layer_sizes[:-1]])
    between = np.zeros((starts[-1], starts[-1]))
    for depth, kernel in enumerate(hidden):
        rows, columns = (slice(*starts[i : i + 2]) for i in (depth, depth + 1))
        between[rows, columns] = kernel
    outputs = np.zeros((starts[-1], len(arch.outputs)))
    outputs[starts[-2] :] = last
    own = np.concatenate([np.full(count, name in LINEAR) for name, count in arch.neurons])
    linear = np.concatenate([np.zeros(len(arch.inputs), bool), np.tile(own, arch.depth)])
    sources = np.arange(np.count_nonzero(~linear))
    return _Units(between, outputs, linear, sources, sources[: -len(arch.inputs)])


def _carriers(
    weights: Float[np.ndarray, "sources targets"], hidden: int
) -> Float[np.ndarray, "sources targets"]:
    """As `fer_jax.metrics.live.carriers`, of the links into outputs."""
    squares = weights**2
    rest = np.maximum(squares.sum(axis=0) - squares, 0.0)
    near_one = np.exp(-(((weights - 1.0) / THRESHOLD) ** 2) - rest / THRESHOLD**2)
    near_one[:, :hidden] = 0.0
    return near_one

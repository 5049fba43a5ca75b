"""A model's weights as one matrix from units to units, whatever kind of model it is."""

import numpy as np
from jaxtyping import Float

from fer_jax.cppn.flat_params import unflatten
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import Model
from fer_jax.genome.program import GraphProgram


def link_matrix(model: Model) -> Float[np.ndarray, "units sources"]:
    """The weight of every link.

    Args:
        model: a `Genome` or a `Cppn`.

    Returns:
        float64, `[to, from]`: units in the order of the feature maps, outputs last; sources are the
        inputs and then the units. A unit reads only sources before it.

    Raises:
        TypeError: if it is neither a genome nor a dense network.

    Example:
        >>> from fer_jax.cppn.network import Cppn
        >>> link_matrix(Cppn.from_flat("relu:2x1", np.arange(14))).shape
        (5, 9)
    """
    program = model.program
    if isinstance(program, GraphProgram):
        return _of_graph(program, model.params)
    if isinstance(program, DenseProgram):
        return _of_dense(program, model.params)
    raise TypeError(f"{type(program).__name__} is neither a graph nor a dense program")


def _of_graph(
    program: GraphProgram, params: Float[np.ndarray, "links"]
) -> Float[np.ndarray, "units sources"]:
    slots = [slot for layer in program.units for slot in layer]
    first = len(program.inputs)
    column = {slot: slot for slot in range(first)}
    column |= {slot: first + unit for unit, slot in enumerate(slots)}
    weights = np.zeros((len(slots), first + len(slots)))
    for unit, slot in enumerate(slots):
        for source, link in program.incoming[slot]:
            weights[unit, column[source]] += params[link]
    return weights


def _of_dense(
    program: DenseProgram, params: Float[np.ndarray, "params"]
) -> Float[np.ndarray, "units sources"]:
    kernels = [np.asarray(kernel) for kernel in unflatten(program.arch, params)]
    count = sum(kernel.shape[1] for kernel in kernels)
    weights = np.zeros((count, len(program.inputs) + count))
    row = column = 0
    for kernel in kernels:
        rows, columns = kernel.shape
        weights[row : row + columns, column : column + rows] = kernel.T
        row, column = row + columns, column + rows
    return weights

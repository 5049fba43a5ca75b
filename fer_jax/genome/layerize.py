"""Layerization: the dense network that computes exactly what a genome's graph computes.

Every node sits in the layer of its depth and is carried by a `cache` neuron of weight 1 through
each later layer until the last one that reads it; the width of an activation is the largest count
that any layer needs (Kumar et al., arXiv 2505.11581, appendix B).
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import kernel_offsets
from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES, OUTPUT_NAMES
from fer_jax.cppn.network import Cppn
from fer_jax.genome.graph import Genome


@dataclass(frozen=True, eq=False)
class Layout:
    """Where layerization puts a genome into the flat vector, whatever its weights are.

    Attributes:
        arch: of the dense network.
        link_places: int64, `(links,)`: the flat index of each link's weight, in the order of
            `genome.links`; -1 where no output depends on the link.
        carrier_places: int64, `(carriers,)`: the flat indices of the weights 1 that carry a value
            on through a `cache` neuron. All other weights are 0.
    """

    arch: Arch
    link_places: np.ndarray
    carrier_places: np.ndarray


def layerize(genome: Genome) -> Cppn:
    """The dense network of a genome, neuron for neuron as the original study lays it out.

    Args:
        genome: the graph. Nodes on which no output depends are left out.

    Returns:
        A `Cppn` that draws the same image; most of its weights are 0 or 1.

    Raises:
        ArchError: if the dense network would be wider or deeper than an `Arch` may be.

    Example:
        >>> import fer_jax
        >>> network = fer_jax.layerize(fer_jax.load_genome("sunrise"))
        >>> network.flat_params.shape == (network.arch.parameter_count,)
        True
    """
    where = layout(genome)
    drawn = where.link_places >= 0
    flat_params = np.zeros(where.arch.parameter_count, dtype=np.float32)
    flat_params[where.carrier_places] = 1.0
    flat_params[where.link_places[drawn]] = genome.params[drawn]
    return Cppn(where.arch, flat_params)


def layout(genome: Genome) -> Layout:
    """Where each link of a genome, and each carried value, lies in its dense network.

    Args:
        genome: the graph. Nodes on which no output depends are left out.

    Returns:
        The places, which depend on the nodes and links alone and on no weight.

    Raises:
        ArchError: if the dense network would be wider or deeper than an `Arch` may be.

    Example:
        >>> import fer_jax
        >>> genome = fer_jax.load_genome("sunrise")
        >>> weights = fer_jax.layerize(genome).flat_params
        >>> bool(weights[layout(genome).link_places[0]] == genome.params[0])
        True
    """
    # Refused where it is too deep, before its layers take memory.
    Arch(max(genome.depths.values()), (("cache", 1),))
    layers = _occupants(genome)
    most: Counter[str] = Counter()
    for layer in layers[1:-1]:
        for activation, count in Counter(layer.values()).items():
            most[activation] = max(most[activation], count)
    # The inputs of the original's layout count as carried values of one more layer.
    most["cache"] = max(most["cache"], len(INPUT_NAMES))
    arch = Arch(len(layers) - 2, tuple(sorted(most.items())))

    starts = {name: where.start for name, where in arch.activation_slices}
    places = [_places(layer, starts) for layer in layers[1:-1]]
    places = [_in_order(layers[0]), *places, _in_order(layers[-1])]
    carriers = []
    links = np.full(len(genome.links), -1, dtype=np.int64)
    kernels = zip(kernel_offsets(arch), arch.kernel_shapes, strict=True)
    for index, (start, (_, columns)) in enumerate(kernels):
        before, after = places[index], places[index + 1]
        for id, column in after.items():
            if layers[index + 1][id] == "cache" and id in before:
                carriers.append(start + before[id] * columns + column)
            else:
                for link, ends in genome.incoming[id]:
                    links[link] = start + before[ends.source] * columns + column
    return Layout(arch, links, np.array(carriers, dtype=np.int64))


def _occupants(genome: Genome) -> list[dict[str, str]]:
    """For each layer, its nodes in order, and whether each is computed there or carried.

    The value is the node's activation where it is computed and "cache" where it is carried. The
    first layer holds the inputs, the last the outputs.
    """
    activations = {node.id: node.activation for node in genome.nodes}
    outputs = [genome.role_ids[name] for name in OUTPUT_NAMES]
    depths = genome.depths
    last_hidden = max(depths.values())
    last_use = dict.fromkeys(depths, 0)
    for target in depths:
        for _, link in genome.incoming[target]:
            last_use[link.source] = max(last_use[link.source], depths[target] - 1)
    for output in outputs:
        last_use[output] = last_hidden
    layers: list[dict[str, str]] = [{} for _ in range(last_hidden + 1)]
    for id, depth in depths.items():
        for layer in range(depth, last_use[id] + 1):
            layers[layer][id] = activations[id] if layer == depth else "cache"
    layers[0] = {genome.role_ids[name]: "cache" for name in INPUT_NAMES}
    return [*layers, dict.fromkeys(outputs, "cache")]


def _places(layer: dict[str, str], starts: dict[str, int]) -> dict[str, int]:
    """The neuron of each node: its activation's neurons are filled in the layer's order."""
    used = dict.fromkeys(ACTIVATION_NAMES, 0)
    places = {}
    for id, activation in layer.items():
        places[id] = starts[activation] + used[activation]
        used[activation] += 1
    return places


def _in_order(layer: dict[str, str]) -> dict[str, int]:
    return {id: place for place, id in enumerate(layer)}

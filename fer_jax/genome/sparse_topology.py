"""The raw sparse topology of a genome: its own graph, as weights of a dense network that may move.

Trained so, a network has exactly the links that evolution left in the genome, and other weights on
them (Kumar et al., arXiv 2505.11581, figure 12).
"""

from dataclasses import dataclass

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.genome.graph import Genome
from fer_jax.genome.layerize import layout


@dataclass(frozen=True, eq=False)
class SparseTopology:
    """Which weights of a dense network are links of a genome, and what all others are.

    Attributes:
        arch: of the layerized genome.
        trainable: bool, `(params,)` in the flat order: where a link's weight is.
        held: float32, `(params,)`: the value of every weight that is no link: 1 where a value is
            carried on through a `cache` neuron, 0 elsewhere, and 0 at the links too.
    """

    arch: Arch
    trainable: np.ndarray
    held: np.ndarray

    @property
    def links(self) -> int:
        """How many weights may move: the links on which an output depends."""
        return int(self.trainable.sum())


def sparse_topology(genome: Genome) -> SparseTopology:
    """The graph of a genome without its weights, laid out as `layerize` does.

    A link of weight 0 is a link, and so are those that reading adds for a genome with `ink` alone;
    links that were cut because they close a cycle are none.

    Args:
        genome: the graph. Nodes on which no output depends are left out.

    Returns:
        Masks over the dense network. `np.where(trainable, weights, held)` puts weights on the
        graph.

    Raises:
        ArchError: if the dense network would be wider or deeper than an `Arch` may be.

    Example:
        >>> import fer_jax
        >>> genome = fer_jax.load_genome("sunrise")
        >>> topology, network = sparse_topology(genome), fer_jax.layerize(genome)
        >>> topology.links == len(genome.links) < topology.arch.parameter_count
        True
        >>> weights = np.where(topology.trainable, network.flat_params, topology.held)
        >>> bool((weights == network.flat_params).all())
        True
    """
    where = layout(genome)
    trainable = np.zeros(where.arch.parameter_count, dtype=np.bool_)
    trainable[where.link_places[where.link_places >= 0]] = True
    held = np.zeros(where.arch.parameter_count, dtype=np.float32)
    held[where.carrier_places] = 1.0
    return SparseTopology(where.arch, trainable, held)

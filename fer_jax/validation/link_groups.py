"""Links of a genome in groups, by what they do to its picture and by nothing else.

What a link does is the derivative of the picture by its weight. An effective link between two
nonlinear units has the same derivative as the genome's own link there, so that these are the very
numbers that metrics look at.
"""

import functools
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float, Int
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.genome.graph import Genome
from fer_jax.metrics.effects import Signals, energies
from fer_jax.metrics.graph_signals import GraphSignals, graph_data
from fer_jax.metrics.view import View


def effect_maps(
    genome: Genome, params: Float[np.ndarray, "links"], size: int
) -> Float[np.ndarray, "values links"]:
    """What each link does to each pixel and colour.

    Args:
        genome: the graph.
        params: its weights, or others on the same links.
        size: pixels along one side.

    Returns:
        The derivative of the picture by each weight, one column a link.

    Example:
        >>> import fer_jax
        >>> genome = fer_jax.load_genome("sunrise")
        >>> effect_maps(genome, genome.params, 8).shape == (3 * 8 * 8, len(genome.links))
        True
    """
    inputs = pixel_inputs(size).reshape(size * size, -1)
    found = _jacobian(GraphSignals(), graph_data(genome.program, params), inputs)
    return np.asarray(found, np.float64).reshape(3 * size * size, -1)[:, : len(params)]


def concept_effects(view: View) -> Float[np.ndarray, "concepts links"]:
    """How far each link moves each concept of the picture: its mean squared derivative there."""
    return _mean_energies(view, view.scene.concepts)


def copy_effects(view: View) -> Float[np.ndarray, "regions links"]:
    """The same of both regions of each pair that shows one thing twice."""
    return _mean_energies(view, np.concatenate([view.scene.ones, view.scene.others]))


def grouped(vectors: Float[np.ndarray, "values links"], count: int) -> Int[np.ndarray, "links"]:
    """Groups of links whose vectors point the same way, or the opposite one.

    Average linkage of 1 - |cosine|, cut where there are as many groups as asked for.

    Args:
        vectors: one column a link; the length of a column says nothing, but it has one.
        count: of groups, at most.

    Returns:
        The group of each link.

    Example:
        >>> grouped(np.array([[1.0, -2.0, 0.0], [0.0, 0.1, 3.0]]), 2).tolist()
        [1, 1, 2]
    """
    along = vectors / np.linalg.norm(vectors, axis=0)
    apart = np.clip(1.0 - np.abs(along.T @ along), 0.0, None)
    np.fill_diagonal(apart, 0.0)
    return _cut(squareform((apart + apart.T) / 2.0), count)


def grouped_by_size(
    vectors: Float[np.ndarray, "values links"], count: int
) -> Int[np.ndarray, "links"]:
    """Groups of links of about the same effect, on a logarithmic scale, wherever it is."""
    sizes = np.log(np.linalg.norm(vectors, axis=0))
    return _cut(squareform(np.abs(sizes[:, None] - sizes)), count)


def _cut(distances: Float[np.ndarray, "pairs"], count: int) -> Int[np.ndarray, "links"]:
    return fcluster(linkage(distances, "average"), count, "maxclust")


def _mean_energies(
    view: View, masks: Float[np.ndarray, "regions size size"]
) -> Float[np.ndarray, "regions links"]:
    return energies(view.model, masks) / masks.sum(axis=(1, 2))[:, None]


@functools.partial(jax.jit, static_argnames="signals")
def _jacobian(
    signals: Signals, data: Any, inputs: Float[Array, "pixels inputs"]
) -> Float[Array, "pixels 3 links"]:
    return signals.jacobian(data, inputs)

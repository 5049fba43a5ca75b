"""Seeds spread over the rows of a mesh, in equal shares."""

from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from fer_jax.search.devices import SEEDS

Tree = TypeVar("Tree")


def spread(mesh: Mesh, per_seed: Tree) -> Tree:
    """Arrays of one row a seed, spread over the devices; the last row is repeated to fill up.

    Args:
        mesh: of `training_mesh`.
        per_seed: a PyTree of arrays with the seeds on their first axis.

    Returns:
        The same, always placed alike: a first chunk and a later one are the same program.
    """
    rows = mesh.shape[SEEDS]

    def filled(leaf: Any) -> Any:
        missing = -len(leaf) % rows
        return jnp.pad(leaf, [(0, missing)] + [(0, 0)] * (leaf.ndim - 1), mode="edge")

    if any(len(leaf) % rows for leaf in jax.tree.leaves(per_seed)):
        per_seed = jax.tree.map(filled, per_seed)
    return jax.device_put(per_seed, NamedSharding(mesh, PartitionSpec(SEEDS)))


def first(per_seed: Tree, count: int) -> Tree:
    """The rows of the first seeds, without what `spread` has filled up."""
    if all(len(leaf) == count for leaf in jax.tree.leaves(per_seed)):
        return per_seed
    return jax.tree.map(lambda leaf: leaf[:count], per_seed)


def fetch(array: Any) -> np.ndarray:
    """An array on this host, wherever its parts lie."""
    if isinstance(array, jax.Array) and not array.is_fully_addressable:
        return np.asarray(multihost_utils.process_allgather(array, tiled=True))
    return np.asarray(array)


def agreed(number: int) -> int:
    """The first process's number in every process of `jax.distributed`, so that all go on alike.

    Example:
        >>> agreed(3)
        3
    """
    if jax.process_count() == 1:
        return number
    return int(multihost_utils.broadcast_one_to_all(np.int32(number)))

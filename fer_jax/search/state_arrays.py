"""A search's state as named arrays, for checkpoints, and back to the last bit."""

from collections.abc import Mapping
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from fer_jax.errors import ConfigError

State = TypeVar("State")


def to_arrays(state: Any) -> dict[str, np.ndarray]:
    """The leaves of a PyTree, by their path.

    Example:
        >>> to_arrays({"step": jnp.int32(3)})
        {"['step']": array(3, dtype=int32)}
    """
    leaves = jax.tree_util.tree_leaves_with_path(state)
    return {jax.tree_util.keystr(path): np.asarray(leaf) for path, leaf in leaves}


def from_arrays(like: State, arrays: Mapping[str, Any]) -> State:
    """The PyTree again.

    Args:
        like: of the same structure and shapes; its values are not looked at.
        arrays: of `to_arrays`.

    Raises:
        ConfigError: if names or shapes are others, as of another kind of search.

    Example:
        >>> from_arrays({"step": jnp.int32(0)}, to_arrays({"step": jnp.int32(3)}))
        {'step': Array(3, dtype=int32)}
    """
    leaves, structure = jax.tree_util.tree_flatten_with_path(like)
    names = [jax.tree_util.keystr(path) for path, _ in leaves]
    if set(names) != set(arrays):
        raise ConfigError(f"a checkpoint of this search holds {names}; got {sorted(arrays)}")
    for name, (_, leaf) in zip(names, leaves, strict=True):
        if tuple(np.shape(arrays[name])) != leaf.shape:
            raise ConfigError(
                f"the checkpoint's {name} has shape {np.shape(arrays[name])}; "
                f"this training needs {leaf.shape}"
            )
    return jax.tree.unflatten(structure, [jnp.asarray(arrays[name]) for name in names])

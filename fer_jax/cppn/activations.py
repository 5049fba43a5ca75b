"""The activation functions of Picbreeder, scaled as Picbreeder scales them.

Source of the scaled forms: Secretan et al., "Picbreeder: A Case Study in Collaborative
Evolutionary Exploration of Design Space", Evolutionary Computation 19(3), 2011.
"""

from collections.abc import Callable
from types import MappingProxyType

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Activation = Callable[[Float[Array, "..."]], Float[Array, "..."]]


def identity(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Pass the value on unchanged."""
    return z


def gaussian(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Bell curve in [-1, 1], 1 at zero: `2 exp(-z^2) - 1`.

    Example:
        >>> float(gaussian(jnp.zeros(())))
        1.0
    """
    return 2.0 * jnp.exp(-jnp.square(z)) - 1.0


def sigmoid(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Odd logistic curve in [-1, 1]: `2 / (1 + exp(-z)) - 1`.

    Example:
        >>> float(sigmoid(jnp.zeros(())))
        0.0
    """
    return 2.0 * jax.nn.sigmoid(z) - 1.0


ACTIVATIONS: MappingProxyType[str, Activation] = MappingProxyType(
    {
        # A cache neuron is an identity that layerization uses to carry a value through layers.
        "cache": identity,
        "cos": jnp.cos,
        "gaussian": gaussian,
        "identity": identity,
        "relu": jax.nn.relu,
        "sigmoid": sigmoid,
        "sin": jnp.sin,
        "tanh": jnp.tanh,
    }
)
"""Every activation by name, in alphabetical order (the order of an arch string)."""

LINEAR = frozenset({"cache", "identity"})
"""Activations whose units can be rescaled or rotated without changing the function."""

"""The activation of a slot whose kind is data: as a branch, or by arithmetic that serves all."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.fast_sine import fast_cos, fast_sin, sine_and_cosine
from fer_jax.cppn.names import ACTIVATION_NAMES

_FAST: dict[str, Activation] = {**ACTIVATIONS, "sin": fast_sin, "cos": fast_cos}
_BRANCHES = [_FAST[name] for name in ACTIVATION_NAMES]


def branch(kind: Int[Array, ""], z: Float[Array, "block"]) -> Float[Array, "block"]:
    """By the function of that place in `ACTIVATION_NAMES` alone."""
    return jax.lax.switch(kind, _BRANCHES, z)


def selected(kind: Int[Array, ""], z: Float[Array, "block"]) -> Float[Array, "block"]:
    """Any activation by one exponential and one sine."""

    def is_(name: str) -> Array:
        return kind == ACTIVATION_NAMES.index(name)

    sine, cosine = sine_and_cosine(z)
    power = jnp.where(is_("gaussian"), -jnp.square(z), jnp.where(is_("tanh"), -2.0 * z, -z))
    exponential = jnp.exp(power)
    odd = 2.0 / (1.0 + exponential) - 1.0
    value = jnp.where(is_("relu"), jax.nn.relu(z), z)
    value = jnp.where(is_("sin"), sine, jnp.where(is_("cos"), cosine, value))
    value = jnp.where(is_("gaussian"), 2.0 * exponential - 1.0, value)
    return jnp.where(is_("sigmoid") | is_("tanh"), odd, value)

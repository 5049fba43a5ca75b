"""Initial weights by name. A seed's are a function of its integer and the arch alone."""

import functools
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, UInt, UInt32

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import from_flax
from fer_jax.cppn.network import DenseCppn


def _picbreeder(key: Array, shape: tuple[int, ...], dtype: Any = jnp.float32, **_: Any) -> Array:
    return jax.random.uniform(key, shape, dtype, -3.0, 3.0)


INITIALIZERS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "he_normal": jax.nn.initializers.he_normal(),
        "he_uniform": jax.nn.initializers.he_uniform(),
        "lecun_normal": jax.nn.initializers.lecun_normal(),
        "lecun_uniform": jax.nn.initializers.lecun_uniform(),
        "picbreeder": _picbreeder,
        "xavier_normal": jax.nn.initializers.glorot_normal(),
        "xavier_uniform": jax.nn.initializers.glorot_uniform(),
    }
)
"""Every initialisation by name. lecun_normal (truncated, variance 1 / fan-in) is the original
study's; picbreeder is uniform in [-3, 3], as Picbreeder draws the weight of a new link."""


@functools.partial(jax.jit, static_argnames=("arch", "init"))
def initial_params(
    arch: Arch, init: str, seeds: UInt[Array, "seeds"]
) -> Float[Array, "seeds params"]:
    """The weights from which each seed starts.

    Args:
        arch: the architecture.
        init: a name of `INITIALIZERS`.
        seeds: one integer per network. Those of lecun_normal are what Flax's
            `init(jax.random.PRNGKey(seed), ...)` gives, and so the original study's.

    Returns:
        Flat weights.

    Example:
        >>> initial_params(Arch.parse("relu:2x1"), "he_normal", jnp.arange(3, dtype="uint32")).shape
        (3, 14)
    """
    # Flax decides the key of each kernel, whatever draws from it.
    module = DenseCppn(arch, kernel_init=INITIALIZERS[init])

    def one(seed: UInt[Array, ""]) -> Float[Array, "params"]:
        return from_flax(arch, module.init(jax.random.PRNGKey(seed), jnp.zeros(len(arch.inputs))))

    return jax.vmap(one)(seeds)


@dataclass(frozen=True)
class InitialDraw:
    """From a key to the weights of a member; hashable, so static in jit.

    Attributes:
        arch: of the network.
        init: a name of `INITIALIZERS`.
    """

    arch: Arch
    init: str

    def __call__(self, key: UInt32[Array, "2"]) -> Float[Array, "params"]:
        """The weights from which a seed starts whose integer is drawn."""
        return initial_params(self.arch, self.init, jax.random.bits(key, (1,), jnp.uint32))[0]

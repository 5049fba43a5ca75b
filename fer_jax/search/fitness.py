"""What evolution selects for: functions of a population's pictures, and of the maps inside it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float

from fer_jax.genome.population import Population
from fer_jax.genome.population_render import judged
from fer_jax.genome.spread import genome_mesh

Features = Callable[[], Float[Array, "genomes slots size size"]]
"""Draws the feature maps of a population, whose genomes are padded to some number of slots; called
only by those that need them, since they take much memory."""

Fitness = Callable[[Float[Array, "genomes size size 3"], Features], Float[Array, "genomes"]]
"""Of each genome, from its picture and its features; higher is better. What is not finite counts as
the worst."""


@jax.jit
def mean_squared_errors(
    images: Float[Array, "genomes size size 3"], target: Float[Array, "size size 3"]
) -> Float[Array, "genomes"]:
    """How far pictures are from a target: at least 0."""
    return jnp.mean((images - target) ** 2, axis=(1, 2, 3))


def squared_error(
    image: Float[Array, "size size 3"], target: Float[Array, "size size 3"]
) -> Float[Array, ""]:
    """One picture's mean squared error, for use within a compiled program."""
    return jnp.mean((image - target) ** 2)


@jax.jit
def structural_similarities(
    images: Float[Array, "genomes size size 3"], target: Float[Array, "size size 3"]
) -> Float[Array, "genomes"]:
    """How alike pictures and a target are to the eye: at most 1.

    Source: Wang et al., "Image quality assessment: from error visibility to structural similarity",
    IEEE Transactions on Image Processing 13 (2004), by dm_pix.
    """
    import dm_pix  # it brings chex, which no other run needs

    size = min(11, len(target) - (len(target) + 1) % 2)
    return dm_pix.ssim(images, jnp.broadcast_to(target, images.shape), filter_size=size)


@dataclass(frozen=True, eq=False)
class NearTarget:
    """Fitness of drawing a target: minus the mean squared error.

    Attributes:
        target: `(size, size, 3)` RGB in [0, 1].

    Example:
        >>> black = jnp.zeros((2, 4, 4, 3))
        >>> NearTarget(np.ones((4, 4, 3), np.float32))(black, lambda: black).tolist()
        [-1.0, -1.0]
    """

    target: np.ndarray
    _placed: dict[Mesh, Array] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, images: Array, features: Features) -> Array:
        """Of each picture."""
        return -mean_squared_errors(images, self.target)

    def errors(self, population: Population) -> Float[Array, "genomes"]:
        """Of each genome's picture, which is looked at where it is drawn, and not kept."""
        mesh = genome_mesh(population.genomes)
        return judged(population, len(self.target), squared_error, self._on(mesh))

    def _on(self, mesh: Mesh) -> Array:
        """The target on each of some devices, to which it goes once."""
        if mesh not in self._placed:
            everywhere = NamedSharding(mesh, PartitionSpec())
            self._placed[mesh] = jax.device_put(np.asarray(self.target, np.float32), everywhere)
        return self._placed[mesh]


@dataclass(frozen=True, eq=False)
class LikeTarget:
    """Fitness of looking like a target: structural similarity.

    Attributes:
        target: `(size, size, 3)` RGB in [0, 1].
    """

    target: np.ndarray

    def __call__(self, images: Array, features: Features) -> Array:
        """Of each picture."""
        return structural_similarities(images, self.target)


FITNESS: MappingProxyType[str, Callable[[np.ndarray], Fitness]] = MappingProxyType(
    {"mse": NearTarget, "ssim": LikeTarget}
)
"""By name, made from a target."""

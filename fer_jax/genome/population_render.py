"""Drawing whole populations of mixed topologies by one compiled program.

The graphs are data: a loop over each genome's own slots, and over each slot's own links, so that a
genome costs what it holds and not what it is padded to. A processor takes one genome and a block of
pixels at a time, which stay in its cache, and its devices share the genomes. There the activation
of a slot is a branch; where genomes are looked at side by side, as on an accelerator, all branches
would be computed, and one exponential and one sine serve them all instead.
"""

import functools
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Float, Int

from fer_jax.cppn.activations import ACTIVATIONS, Activation
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.fast_sine import fast_cos, fast_sin, sine_and_cosine
from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES
from fer_jax.genome.graph import Genome
from fer_jax.genome.population import Population, bucket, pad

CACHE = 2**20
"""Bytes that the values of one block of pixels may fill."""

LEAST_BLOCK = 256
"""Pixels in a block, at least: fewer do not pay for the loops."""

GENOMES = "genomes"
"""Name of the axis along which genomes are spread over devices."""

_FAST: dict[str, Activation] = {**ACTIVATIONS, "sin": fast_sin, "cos": fast_cos}
_BRANCHES = [_FAST[name] for name in ACTIVATION_NAMES]

Values = Float[Array, "slots block"]


def render_population(genomes: Sequence[Genome] | Population, size: int = 256) -> np.ndarray:
    """Draw many genomes of any topologies.

    All that fit into one bucket of slots, links and numbers of genomes share a compiled program.

    Args:
        genomes: to be drawn, at least one.
        size: pixels along one side.

    Returns:
        `(genomes, size, size, 3)` float32 RGB in [0, 1], row 0 on top.

    Raises:
        GenomeError: if there is no genome.

    Example:
        >>> import fer_jax
        >>> genomes = [fer_jax.load_genome(name) for name in ("moon", "sunrise")]
        >>> render_population(genomes, size=16).shape
        (2, 16, 16, 3)
    """
    count, population = _filled(genomes)
    return np.asarray(images_of(population, size))[:count]


def population_feature_maps(genomes: Sequence[Genome] | Population, size: int = 256) -> np.ndarray:
    """The value of every slot of many genomes.

    Args:
        genomes: at least one.
        size: pixels along one side.

    Returns:
        `(genomes, slots, size, size)` float32: of each genome its slots in the order of
        `fer_jax.genome.slots.order_of_slots`, and 0 beyond them.

    Raises:
        GenomeError: if there is no genome.

    Example:
        >>> import fer_jax
        >>> maps = population_feature_maps([fer_jax.load_genome("moon")], size=16)
        >>> maps[0, 3].min()  # the bias
        np.float32(1.0)
    """
    count, population = _filled(genomes)
    return np.asarray(maps_of(population, size))[:count]


def images_of(population: Population, size: int) -> Float[Array, "genomes size size 3"]:
    """`render_population` as an array of the first device."""
    return _by_blocks(population, size, _colors, (size, size, 3))


def maps_of(population: Population, size: int) -> Float[Array, "genomes slots size size"]:
    """`population_feature_maps` as an array of the first device."""
    found = _by_blocks(population, size, _every_slot, (size, size, population.slots))
    return jnp.moveaxis(found, -1, 1)


def _filled(genomes: Sequence[Genome] | Population) -> tuple[int, Population]:
    """A population of one of a few sizes; genomes of nothing, which cost nothing, fill it up."""
    population = genomes if isinstance(genomes, Population) else pad(genomes)
    count = population.genomes
    missing = bucket(count, jax.local_device_count()) - count
    return count, jax.tree.map(
        lambda part: jnp.pad(part, [(0, missing)] + [(0, 0)] * (part.ndim - 1)), population
    )


def _by_blocks(
    population: Population,
    size: int,
    seen: Callable[[Values, Int[Array, "3"]], Float[Array, "block some"]],
    shape: tuple[int, ...],
) -> Array:
    count = population.genomes
    devices = jax.local_devices()
    while count % len(devices):
        devices = devices[:-1]
    mesh = Mesh(np.array(devices), (GENOMES,))
    one_by_one = devices[0].platform == "cpu"
    found = on_devices(population, size, seen, mesh, one_by_one=one_by_one)
    # On one device, so that whoever looks at all of them sums in one order however many drew them.
    return jax.device_put(found, devices[0]).reshape(count, *shape)


@functools.partial(jax.jit, static_argnames=("size", "seen", "mesh", "one_by_one"))
def on_devices(
    population: Population,
    size: int,
    seen: Callable[[Values, Int[Array, "3"]], Float[Array, "block some"]],
    mesh: Mesh,
    *,
    one_by_one: bool,
) -> Float[Array, "genomes pixels some"]:
    """What is seen of the values of all slots.

    Args:
        population: whose genomes the devices can share evenly.
        size: pixels along one side.
        seen: of a block of pixels, from the values of the slots and the slots of the outputs.
        mesh: of the devices.
        one_by_one: whether a device takes one genome after another and one block of pixels after
            another, as suits a processor, or all at once.
    """
    pixels = pixel_inputs(size, INPUT_NAMES).reshape(size * size, -1).T
    length = _block(population.slots, size * size) if one_by_one else size * size
    missing = -pixels.shape[1] % length
    blocks = jnp.pad(pixels, [(0, 0), (0, missing)], "edge").reshape(len(pixels), -1, length)
    blocks = jnp.moveaxis(blocks, 1, 0)

    def of_one(genome: Population) -> Float[Array, "pixels some"]:
        starts = _starts(genome)

        def of_block(block: Float[Array, "inputs block"]) -> Float[Array, "block some"]:
            activate = _branch if one_by_one else _selected
            return seen(_values(genome, starts, block, activate), genome.outputs)

        found = jax.lax.map(of_block, blocks)
        return found.reshape(-1, found.shape[-1])[: size * size]

    def on_device(own: Population) -> Float[Array, "genomes pixels some"]:
        return jax.lax.map(of_one, own) if one_by_one else jax.vmap(of_one)(own)

    spec = PartitionSpec(GENOMES)
    return jax.shard_map(on_device, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False)(
        population
    )


def _block(slots: int, pixels: int) -> int:
    """Pixels at a time: what fits into the cache, in blocks of about the same length."""
    most = max(LEAST_BLOCK, CACHE // (4 * slots))
    return -(-pixels // -(-pixels // most))


def _starts(genome: Population) -> Int[Array, "starts"]:
    """Where in the order of the links each slot's begin; those of the next one end them."""
    slots = jnp.arange(genome.slots + 1)
    return jnp.sum(genome.targets < slots[:, None], axis=1)


def _values(
    genome: Population,
    starts: Int[Array, "starts"],
    pixels: Float[Array, "inputs block"],
    activate: Callable[[Int[Array, ""], Float[Array, "block"]], Float[Array, "block"]],
) -> Values:
    weights = jnp.where(genome.enabled, genome.weights, 0.0)
    values = jnp.zeros((genome.slots, pixels.shape[1])).at[: len(pixels)].set(pixels)

    def of_slot(slot: Array, values: Values) -> Values:
        def add(at: Array, z: Float[Array, "block"]) -> Float[Array, "block"]:
            return z + weights[at] * values[genome.sources[at]]

        z = jax.lax.fori_loop(starts[slot], starts[slot + 1], add, jnp.zeros(pixels.shape[1]))
        value = activate(genome.kinds[slot], z)
        return jax.lax.dynamic_update_index_in_dim(values, value, slot, 0)

    return jax.lax.fori_loop(len(pixels), genome.node_count, of_slot, values)


def _colors(values: Values, outputs: Int[Array, "3"]) -> Float[Array, "block 3"]:
    return outputs_to_rgb(values[outputs].T)


def _every_slot(values: Values, outputs: Int[Array, "3"]) -> Float[Array, "block slots"]:
    return values.T


def _branch(kind: Int[Array, ""], z: Float[Array, "block"]) -> Float[Array, "block"]:
    return jax.lax.switch(kind, _BRANCHES, z)


def _selected(kind: Int[Array, ""], z: Float[Array, "block"]) -> Float[Array, "block"]:
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

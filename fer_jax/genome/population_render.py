"""Drawing whole populations of mixed topologies by one compiled program.

The graphs are data: a loop over each genome's own slots, and over each slot's own links, so that a
genome costs what it holds and not what it is padded to. A processor takes one genome and a block of
pixels at a time, which stay in its cache, and its devices share the genomes. There the activation
of a slot is a branch; where genomes are looked at side by side, as on an accelerator, all branches
would be computed, and one exponential and one sine serve them all instead.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Float, Int, UInt

from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.genome.graph import Genome
from fer_jax.genome.population import Population, bucket, pad
from fer_jax.genome.slot_activations import branch, selected
from fer_jax.genome.spread import SPREAD, gathered, genome_mesh

CACHE = 2**20
"""Bytes that the values of one block of pixels may fill."""

LEAST_BLOCK = 256
"""Pixels in a block, at least: fewer do not pay for the loops."""

_BIAS = INPUT_NAMES.index("bias")

Values = Float[Array, "slots block"]
Seen = Callable[[Values, Population], Float[Array, "some block"]]
Judge = Callable[[Float[Array, "size size 3"], Any], Float[Array, "..."]]


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
    return gathered(_by_blocks(population, size, _colors))


def maps_of(population: Population, size: int) -> Float[Array, "genomes slots size size"]:
    """`population_feature_maps` as an array of the first device."""
    return jnp.moveaxis(gathered(_by_blocks(population, size, _every_slot)), -1, 1)


def judged(
    population: Population, size: int, judge: Judge, given: Float[Array, "..."]
) -> Float[Array, "genomes ..."]:
    """What a function says of each picture, which is asked as soon as the picture is drawn.

    The pictures are not kept, and as each is looked at by itself, it does not matter to the answers
    how many others there are and how many devices.

    Args:
        population: to be drawn.
        size: pixels along one side.
        judge: of a picture and of `given`; known by its identity to the compiled program.
        given: with every picture.
    """
    return _by_blocks(population, size, _colors, judge, given)


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
    seen: Seen,
    judge: Judge | None = None,
    given: Array | None = None,
) -> Array:
    mesh = genome_mesh(population.genomes)
    one_by_one = mesh.devices[0].platform == "cpu"
    return on_devices(population, size, seen, mesh, judge, given, one_by_one=one_by_one)


@functools.partial(jax.jit, static_argnames=("size", "seen", "mesh", "judge", "one_by_one"))
def on_devices(
    population: Population,
    size: int,
    seen: Seen,
    mesh: Mesh,
    judge: Judge | None = None,
    given: Array | None = None,
    *,
    one_by_one: bool,
) -> Float[Array, "genomes ..."]:
    """What is seen of the values of all slots, `(size, size, some)`, or what is said of that.

    Args:
        population: whose genomes the devices can share evenly.
        size: pixels along one side.
        seen: of a block of pixels, from the values of the slots and the genome.
        mesh: of the devices.
        judge: of what is seen of a genome, and of `given`; None for what is seen.
        given: with every genome.
        one_by_one: whether a device takes one genome after another and one block of pixels after
            another, as suits a processor, or all at once.
    """
    pixels = pixel_inputs(size, INPUT_NAMES).reshape(size * size, -1).T
    length = _block(population.slots, size * size) if one_by_one else size * size
    missing = -pixels.shape[1] % length
    blocks = jnp.pad(pixels, [(0, 0), (0, missing)], "edge").reshape(len(pixels), -1, length)
    blocks = jnp.moveaxis(blocks, 1, 0)
    # One array for all genomes and blocks, since clearing it costs as much as some slots.
    blank = jnp.zeros((population.slots, length))

    def of_one(
        values: Values, genome: Population, given: Array | None
    ) -> tuple[Values, Float[Array, "..."]]:
        links = _links(genome)

        def of_block(
            values: Values, block: Float[Array, "inputs block"]
        ) -> tuple[Values, Float[Array, "some block"]]:
            activate = branch if one_by_one else selected
            values = _values(genome, links, values, block, activate)
            return values, seen(values, genome)

        values, found = jax.lax.scan(of_block, values, blocks)
        found = jnp.moveaxis(found, 1, 0).reshape(found.shape[1], -1)[:, : size * size]
        found = jnp.moveaxis(found.reshape(-1, size, size), 0, -1)
        return values, found if judge is None else judge(found, given)

    def on_device(own: Population, given: Array | None) -> Float[Array, "genomes ..."]:
        if one_by_one:
            return jax.lax.scan(lambda values, genome: of_one(values, genome, given), blank, own)[1]
        return jax.vmap(lambda genome: of_one(blank, genome, given)[1])(own)

    return jax.shard_map(
        on_device,
        mesh=mesh,
        in_specs=(SPREAD, PartitionSpec()),
        out_specs=SPREAD,
        check_vma=False,
    )(population, given)


def _block(slots: int, pixels: int) -> int:
    """Pixels at a time: what fits into the cache, in blocks of about the same length."""
    most = max(LEAST_BLOCK, CACHE // (4 * slots))
    return -(-pixels // -(-pixels // most))


class _Links(NamedTuple):
    """A genome's links as the loops read them.

    Places are unsigned, since XLA corrects those that might be negative, at a cost for each link.

    Attributes:
        weights: 0 where a link does not count.
        sources: the bias where it does not, which is a number whatever the genome computes.
        ends: of each slot, the place behind its links, where those of the next one begin.
    """

    weights: Float[Array, "links"]
    sources: UInt[Array, "links"]
    ends: UInt[Array, "slots"]


def _links(genome: Population) -> _Links:
    slots = jnp.arange(genome.slots)
    ends = jnp.sum(genome.targets <= slots[:, None], axis=1)
    return _Links(
        jnp.where(genome.enabled, genome.weights, 0.0),
        jnp.where(genome.enabled, genome.sources, _BIAS).astype(jnp.uint32),
        ends.astype(jnp.uint32),
    )


def _values(
    genome: Population,
    links: _Links,
    values: Values,
    pixels: Float[Array, "inputs block"],
    activate: Callable[[Int[Array, ""], Float[Array, "block"]], Float[Array, "block"]],
) -> Values:
    """The values of all slots of a genome; beyond them stays what was there.

    The body of the loop over slots is kept short: XLA executes up to eight steps one after another,
    and hands more of them to other threads, which takes longer than the steps.
    """
    one = jnp.uint32(1)
    nothing = jnp.zeros(pixels.shape[1])

    def of_slot(state: tuple[Array, Array, Values]) -> tuple[Array, Array, Values]:
        slot, first, values = state
        end = _at(links.ends, slot)

        def add(state: tuple[Array, Array]) -> tuple[Array, Array]:
            at, z = state
            return at + one, z + _at(links.weights, at) * _at(values, _at(links.sources, at))

        first, z = jax.lax.while_loop(lambda state: state[0] < end, add, (first, nothing))
        value = activate(_at(genome.kinds, slot), z)
        return slot + one, first, jax.lax.dynamic_update_index_in_dim(values, value, slot, 0)

    values = values.at[: len(pixels)].set(pixels)
    slots = genome.node_count.astype(jnp.uint32)
    start = jnp.uint32(len(pixels)), links.ends[len(pixels) - 1], values
    return jax.lax.while_loop(lambda state: state[0] < slots, of_slot, start)[2]


def _at(values: Array, place: UInt[Array, ""]) -> Array:
    return jax.lax.dynamic_index_in_dim(values, place, 0, keepdims=False)


def _colors(values: Values, genome: Population) -> Float[Array, "3 block"]:
    return outputs_to_rgb(values[genome.outputs].T).T


def _every_slot(values: Values, genome: Population) -> Float[Array, "slots block"]:
    return jnp.where(genome.is_node[:, None], values, 0.0)

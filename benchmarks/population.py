"""Million pixels of genomes a second that a population of mixed topologies is drawn at.

Three ways, in this process: the population by one program; each genome by a program of its own, as
`fer_jax.render` draws it; and an evaluator of the usual kind, which maps a switch over genomes side
by side, so that every branch is computed for every slot. All are compared before any is timed. The
last two are slow to compile or to run, so they draw fewer genomes or pixels; rates are compared.
"""

import argparse
import functools
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

import numpy as np

import fer_jax

fer_jax.use_all_cores()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

from fer_jax.cppn.activations import ACTIVATIONS  # noqa: E402
from fer_jax.cppn.color import outputs_to_rgb  # noqa: E402
from fer_jax.cppn.coordinates import pixel_inputs  # noqa: E402
from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES, OUTPUT_NAMES  # noqa: E402
from fer_jax.genome.graph import Genome, Link, Node  # noqa: E402
from fer_jax.genome.population import Population, pad  # noqa: E402
from fer_jax.genome.population_render import images_of, render_population  # noqa: E402

ORIGINALS = ("skull", "butterfly", "apple")
ALONE = 6
"""Genomes that are drawn one by one: each is compiled for."""


def random_genome(rng: np.random.Generator, slots: int) -> Genome:
    """A graph of so many nodes, each of which reads one to four earlier ones."""
    names = [name for name in ACTIVATION_NAMES if name != "cache"]
    ends = [Node(role, "identity", role) for role in (*INPUT_NAMES, *OUTPUT_NAMES)]
    inputs, outputs = ends[: len(INPUT_NAMES)], ends[len(INPUT_NAMES) :]
    hidden = [Node(str(7 + at), str(rng.choice(names))) for at in range(slots - len(ends))]
    order = [*inputs, *hidden, *outputs]
    links = []
    for at, node in enumerate(order[len(inputs) :], len(inputs)):
        earlier = len(inputs) + len(hidden) if node.role else at
        for source in rng.choice(earlier, min(earlier, rng.integers(1, 5)), replace=False):
            links.append(Link(order[source].id, node.id, float(rng.normal())))
    return Genome(tuple(order), tuple(links))


def mixed(count: int, slots: int) -> list[Genome]:
    """The original study's genomes where they are at hand and fit, and random ones."""
    rng = np.random.default_rng(0)
    own = []
    for name in ORIGINALS:
        try:
            own.append(fer_jax.load_genome(name))
        except fer_jax.GenomeError:
            print(f"without the {name}'s genome, which `fer-jax data fetch` gets")
    fitting = [genome for genome in own if len(genome.nodes) <= slots]
    return fitting + [
        random_genome(rng, int(rng.integers(10, slots + 1))) for _ in range(count - len(fitting))
    ]


@functools.partial(jax.jit, static_argnames=("size", "fan_in"))
def by_switch(population: Population, size: int, fan_in: int) -> jax.Array:
    """The usual evaluator: genomes side by side, a switch over activations at each slot."""
    pixels = pixel_inputs(size, INPUT_NAMES).reshape(size * size, -1).T
    branches = [ACTIVATIONS[name] for name in ACTIVATION_NAMES]

    def of_one(genome: Population) -> jax.Array:
        weights = jnp.where(genome.enabled, genome.weights, 0.0)
        starts = jnp.sum(genome.targets < jnp.arange(genome.slots)[:, None], axis=1)
        values = jnp.zeros((genome.slots, size * size)).at[: len(pixels)].set(pixels)

        def of_slot(values: jax.Array, slot: jax.Array) -> tuple[jax.Array, None]:
            places = starts[slot] + jnp.arange(fan_in)
            into = genome.targets.at[places].get(mode="fill", fill_value=-1) == slot
            own = jnp.where(into, weights.at[places].get(mode="fill", fill_value=0.0), 0.0)
            sources = genome.sources.at[places].get(mode="fill", fill_value=0)
            value = jax.lax.switch(genome.kinds[slot], branches, own @ values[sources])
            return values.at[slot].set(value), None

        values, _ = jax.lax.scan(of_slot, values, jnp.arange(len(pixels), genome.slots))
        return outputs_to_rgb(values[genome.outputs].T).reshape(size, size, 3)

    return jax.vmap(of_one)(population)


def most_links_into_a_slot(population: Population) -> int:
    """Over all genomes."""
    targets = np.asarray(population.targets)
    return max(int(np.bincount(own[own < population.slots]).max()) for own in targets)


def check(genomes: list[Genome], population: Population, fan_in: int) -> None:
    """Compare the three ways.

    Raises:
        SystemExit: if they differ.
    """
    together = render_population(genomes, 32)
    switched = np.asarray(by_switch(population, 32, fan_in))
    alone = np.stack([fer_jax.render(genome, 32) for genome in genomes[:ALONE]])
    for name, found in (("switch", switched), ("one by one", alone)):
        apart = np.abs(found - together[: len(found)])
        # Where the hue passes from one end to the other, a rounding error is a colour.
        if np.mean(apart > 1e-4) > 1e-3:
            raise SystemExit(f"{name} draws something else; nothing was timed")


def seconds(way: Callable[[], object], rounds: int) -> float:
    """The median over some rounds, without the first."""
    jax.block_until_ready(way())
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        jax.block_until_ready(way())
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genomes", type=int, default=64)
    parser.add_argument("--slots", type=int, default=50, help="of the largest genome")
    parser.add_argument("--size", type=int, default=256, help="pixels along one side")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    genomes = mixed(given.genomes, given.slots)
    population = pad(genomes)
    fan_in = most_links_into_a_slot(population)
    small = 64
    # The memory first, since the peak of what comes later would hide it.
    before = peak_mib()
    began = time.perf_counter()
    jax.block_until_ready(images_of(population, given.size))
    first, used = time.perf_counter() - began, peak_mib() - before
    check(genomes, population, fan_in)
    together = seconds(lambda: images_of(population, given.size), given.rounds)
    alone = sum(
        seconds(lambda genome=genome: fer_jax.render(genome, given.size), given.rounds)
        for genome in genomes[:ALONE]
    )
    switched = seconds(lambda: by_switch(population, small, fan_in), 2)
    rates = {
        "population": given.genomes * given.size**2 / together,
        "one by one": ALONE * given.size**2 / alone,
        "switch": given.genomes * small**2 / switched,
    }
    mean = np.mean([len(genome.nodes) for genome in genomes])
    print(
        f"{given.genomes} genomes of up to {given.slots} slots (mean {mean:.0f}), {given.size} x "
        f"{given.size} pixels, {len(jax.local_devices())} device(s) of {platform.machine()}"
    )
    for name, rate in rates.items():
        ratio = rates["population"] / rate
        print(f"{name:>10}: {rate / 1e6:6.2f} million pixel-genomes/s ({ratio:.1f} x as long)")
    images = 12 * given.genomes * given.size**2 / 2**20
    print(f"first call {first:.1f} s; peak memory grew by {used:.0f} MiB, images are {images:.0f}")


def peak_mib() -> float:
    """Of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()

"""How long a generation of NEAT takes beside drawing it, and how often JAX compiles.

Twenty generations are timed as they are, and then the drawing of the same populations alone, in
turns: what a generation takes longer is beside drawing, and what is done while the devices draw
counts as far as it holds them up. What is bred is checked first: a run that is cut in two by a
checkpoint ends with the same genomes.
"""

import argparse
import os
import resource
import sys
import time
from collections import Counter
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

import numpy as np

import fer_jax

fer_jax.use_all_cores()

import jax  # noqa: E402

from fer_jax.genome.population_render import judged  # noqa: E402
from fer_jax.search import fitness  # noqa: E402
from fer_jax.search.neat import NeatSearch  # noqa: E402
from fer_jax.search.neat_settings import PRESETS, preset_of  # noqa: E402


class Drawing:
    """`judged`, which keeps what it was given to draw."""

    def __init__(self) -> None:
        self.drawn: list[Any] = []
        self.alone = False

    def __call__(self, *given: Any) -> jax.Array:
        self.drawn.append(given)
        return judged(*given)

    def again(self) -> float:
        """Seconds for drawing it all once more, one population after the other, into pictures."""
        self.alone, began = True, time.perf_counter()
        for population, size, _, target in self.drawn:
            jax.block_until_ready(judged(population, size, kept, target))
        self.alone = False
        return time.perf_counter() - began


def kept(image: jax.Array, target: jax.Array) -> jax.Array:
    """The picture."""
    return image


def check(search: NeatSearch) -> None:
    """Compare a run with the same one cut in two.

    Raises:
        SystemExit: if they differ.
    """
    whole, _ = search.advance(search.start(), 4)
    cut, _ = search.advance(search.start(), 2)
    again, _ = search.advance(search.restore(search.arrays(cut)), 2)
    one, other = search.arrays(whole), search.arrays(again)
    if any(not np.array_equal(one[name], other[name]) for name in one):
        raise SystemExit("a run that was cut ends otherwise; nothing was timed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="neat_2004")
    parser.add_argument("--population-size", type=int, default=256)
    parser.add_argument("--size", type=int, default=64, help="pixels along one side")
    parser.add_argument("--generations", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1, help="runs")
    parser.add_argument("--target", default="moth")
    given = parser.parse_args()
    target = fer_jax.render(fer_jax.load_genome(given.target), given.size)
    settings = preset_of(given.preset, given.population_size)
    check(NeatSearch(target, (1,), settings))

    compiled: Counter[str] = Counter()

    def listen(event: str, duration: float, fun_name: str = "", **_: Any) -> None:
        if event == "/jax/core/compile/backend_compile_duration" and not drawing.alone:
            compiled[fun_name] += 1

    search, drawing = NeatSearch(target, tuple(range(given.seeds)), settings), Drawing()
    jax.monitoring.register_event_duration_secs_listener(listen)
    fitness.judged = drawing  # type: ignore[assignment]
    state, _ = search.advance(search.start(), 3)
    rates = []
    for _ in range(max(1, given.generations // 20)):
        drawing.drawn, began = [], time.perf_counter()
        state, records = search.advance(state, 20)
        rates.append((time.perf_counter() - began, drawing.again()))
    whole, drawn = np.median(np.array(rates), axis=0) / (20 * given.seeds)
    population = state[0].population
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak /= 2**20 if sys.platform == "darwin" else 2**10
    print(
        f"{given.preset}, {given.seeds} run(s) of {given.population_size} genomes, {given.size} x "
        f"{given.size} pixels: "
        f"{1e3 * whole:.1f} ms a generation, {100 * (1 - drawn / whole):.0f}% of it beside drawing"
    )
    print(
        f"loss {records['losses'][0, -1]:.4f}, largest genome {int(population.node_count.max())} "
        f"nodes, padded to {population.slots} slots and {population.links} links; "
        f"{len(state[0].ancestry.genomes)} genomes of the past are kept; peak memory {peak:.0f} MiB"
    )
    counts = {
        name: compiled[name] for name in ("jit(_offspring)", "jit(on_devices)") if name in compiled
    }
    print(f"compilations of what breeds and draws: {counts or 'none since the check'}")


if __name__ == "__main__":
    main()

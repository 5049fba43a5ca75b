"""Seconds that all metrics of a dense network take: many networks together, against one by one.

Both ways run in this process and take turns, so that a noisy machine is noisy for both. Their
readings are compared before any time is taken, and what is compiled for that is told apart. Seconds
of the clock and of the processors are printed: the latter tell how busy the machine was.
"""

import argparse
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

import numpy as np

import fer_jax

fer_jax.use_all_cores()

import jax  # noqa: E402

from fer_jax.cppn.network import Cppn  # noqa: E402
from fer_jax.genome.arch_names import resolve_arch  # noqa: E402
from fer_jax.genome.target import load_target  # noqa: E402
from fer_jax.metrics.registry import METRICS  # noqa: E402
from fer_jax.metrics.scoring import measure, measure_many  # noqa: E402

NOISE = 0.003
"""By which the weights of a saved network are moved, for networks that draw about the same."""


def networks(given: str, count: int) -> list[Cppn]:
    """Networks near to a saved one, or random ones of an arch."""
    rng = np.random.default_rng(0)
    try:
        arch = resolve_arch(given)
    except fer_jax.FerJaxError:
        saved = fer_jax.load_network(given)
        noise = NOISE * rng.normal(size=(count, len(saved.params)))
        return [Cppn.from_flat(saved.arch, saved.params + each) for each in noise]
    scales = np.concatenate(
        [np.full(rows * columns, rows**-0.5) for rows, columns in arch.kernel_shapes]
    )
    return [Cppn.from_flat(arch, 1.5 * scales * rng.normal(size=len(scales))) for _ in range(count)]


def check(models: list[Cppn], **how: Any) -> tuple[float, float]:
    """Seconds of compiling for either way.

    Raises:
        SystemExit: if the ways differ.
    """
    seconds = [0.0]

    def listen(event: str, duration: float, **_: object) -> None:
        if event.endswith("backend_compile_duration"):
            seconds[-1] += duration

    jax.monitoring.register_event_duration_secs_listener(listen)
    alone = [measure(model, **how) for model in models]
    seconds.append(0.0)
    together = measure_many(models, **how)
    for one, other in zip(alone, together, strict=True):
        values = [[reading.value for reading in readings] for readings in (one, other)]
        if not np.allclose(*values, rtol=1e-5, atol=1e-5, equal_nan=True):
            raise SystemExit("the two ways differ; nothing was timed")
    return seconds[0], seconds[1]


def timed(way: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of the processors."""
    began, worked = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - began, time.process_time() - worked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="skull", help="an arch, or a saved network")
    parser.add_argument("--size", type=int, default=128, help="pixels along one side")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--target", help="what they are meant to draw, as in a run of many seeds")
    parser.add_argument("--parts", action="store_true", help="time each metric by itself too")
    given = parser.parse_args()
    models = networks(given.network, given.seeds)
    how: dict[str, Any] = {"size": given.size}
    if given.target:
        how["target"] = load_target(given.target, 64).image
    compiled = check(models[:2], **how)
    ways = {
        "one by one": lambda: [measure(model, **how) for model in models],
        "together": lambda: measure_many(models, **how),
    }
    took = [[timed(way) for way in ways.values()] for _ in range(given.rounds)]
    print(
        f"{models[0].arch}, {given.size} x {given.size} pixels, {given.seeds} networks, "
        f"{len(jax.local_devices())} device(s) of {platform.machine()}"
    )
    medians = []
    for way, compiling, column in zip(ways, compiled, zip(*took, strict=True), strict=True):
        clock, worked = (statistics.median(each) for each in zip(*column, strict=True))
        medians.append(clock)
        print(
            f"{way:>10}: {clock:6.2f} s, {clock / given.seeds:.2f} s a network "
            f"({worked / given.seeds:.2f} s of processors); compiling {compiling:.1f} s"
        )
    print(f"ratio {medians[0] / medians[1]:.2f} x; peak memory {peak_mib():.0f} MiB")
    if given.parts:
        for name in METRICS:
            clock, worked = timed(lambda name=name: measure(models[0], [name], **how))
            print(f"{name:>24}: {clock:.2f} s ({worked:.2f} s of processors)")


def peak_mib() -> float:
    """Of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()

"""The networks of tests 3 to 6: trained to draw what genomes draw, in several ways."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import find
from fer_jax.genome.sparse_topology import sparse_topology
from fer_jax.genome.target import load_target
from fer_jax.search.sgd import SgdSearch
from fer_jax.validation.training import Trained
from fer_jax.validation.workshop import Workshop

EDITION = "1"
"""Of the recipes below; networks of another one are trained anew."""

LOSS, BAND = 1e-3, 0.2
"""To which networks are trained, and how far from it a network may be to count as trained alike."""

WANTED, AT_ONCE, MOST = 8, 4, 24
"""Networks of that loss that are wanted of a target, seeds that are tried at once, and at all."""

LEARNING_RATES = {"apple": 3e-4}
"""As in the original study; 3e-3 elsewhere."""

NOISE = 0.003
"""Standard deviation of what is put on every absent weight of a genome, to make it dense."""

DENSITIES, PRUNING_STEPS, ROUNDS = (0.8, 0.6, 0.5), 8_000, 10
"""Shares of the weights that are left, steps of pruning and retraining, and rounds of pruning."""

SMOOTHNESS, SMOOTHING_STEPS = 3e-4, 3_000
"""Factor on the mean squared slope of the maps, and steps of training with it."""

FREE_OF_LINEAR = ("relu:24x6", "6/gaussian:12/sin:12")
"""Architectures without linear units."""


@dataclass(frozen=True)
class Subject:
    """A genome, and what is trained to draw the same.

    Attributes:
        name: of the genome.
        quick: whether all is of toy size.
    """

    name: str
    quick: bool = False

    @functools.cached_property
    def genome(self) -> Genome:
        """The genome."""
        return load_genome(self.name)

    @functools.cached_property
    def dense(self) -> Cppn:
        """The genome, layerized."""
        return layerize(self.genome)

    @property
    def size(self) -> int:
        """Pixels along one side at which networks are trained."""
        return 16 if self.quick else 64

    @functools.cached_property
    def image(self) -> np.ndarray:
        """`(size, size, 3)`, what they are trained to draw."""
        return load_target(self.genome, self.size).image

    @property
    def arch(self) -> Arch:
        """Of the networks: the genome's own, layerized."""
        return Arch.parse("tanh:8x2") if self.quick else self.dense.arch

    @property
    def learning_rate(self) -> float:
        """Of the optimizer."""
        return LEARNING_RATES.get(self.name, 3e-3)

    def search(self, seeds: tuple[int, ...], arch: Arch | None = None, **more: Any) -> SgdSearch:
        """A training to the loss of all, unless more is said."""
        settings = {"learning_rate": self.learning_rate, "target_loss": LOSS, **more}
        return SgdSearch(arch=arch or self.arch, target=self.image, seeds=seeds, **settings)

    def steps(self, count: int) -> int:
        """So many, or few."""
        return 20 if self.quick else count


def subjects(workshop: Workshop) -> list[Subject]:
    """The originals that are there, from the small to the large; quickly, one of the shelf."""
    if workshop.quick:
        return [Subject("heart", quick=True)]
    entries = {name: find(name) for name in ("skull", "butterfly", "apple")}
    return [Subject(name) for name, entry in entries.items() if entry and entry.path]


@dataclass(frozen=True)
class Seeds:
    """Networks from random weights.

    Attributes:
        networks: of the loss wanted.
        seeds: of each.
        failed: seeds that did not reach it, and why.
    """

    networks: tuple[Cppn, ...]
    seeds: tuple[int, ...]
    failed: dict[int, str]


def from_scratch(
    workshop: Workshop, subject: Subject, wanted: int | None = None, most: int | None = None
) -> Seeds:
    """Seed after seed, until as many as are wanted have reached the loss.

    All seeds of one architecture stop at the first step at which their loss is at most `LOSS`, so
    that they are matched.

    Args:
        workshop: where they are kept.
        subject: what they draw.
        wanted: networks; by default `WANTED`. If more are wanted, the first are the same.
        most: seeds that are tried; by default `MOST`.

    Returns:
        The networks, fewer where not enough seeds reach the loss.
    """
    networks: list[Cppn] = []
    seeds: list[int] = []
    failed: dict[int, str] = {}
    wanted = wanted or (2 if subject.quick else WANTED)
    most, at_once = most or (2 if subject.quick else MOST), 2 if subject.quick else AT_ONCE
    for first in range(0, most, at_once):
        if len(networks) >= wanted:
            break
        tried = tuple(range(first, min(first + at_once, most)))
        search, steps = subject.search(tried), subject.steps(20_000)
        name = f"{subject.name}-scratch-{first}-{EDITION}"
        found = workshop.train(name, search, steps)
        for seed, network, loss, stop in zip(
            tried, found.networks, found.losses, found.stopped_at, strict=True
        ):
            if subject.quick or (stop >= 0 and loss >= LOSS * (1 - BAND)):
                networks.append(network)
                seeds.append(seed)
            else:
                diverged = found.diverged_at[seed - first] >= 0
                failed[seed] = "diverged" if diverged else f"loss {loss:.1e}"
    return Seeds(tuple(networks[:wanted]), tuple(seeds[:wanted]), failed)


@dataclass(frozen=True)
class Control:
    """Networks that test what a metric sees.

    Attributes:
        name: of the control.
        trained: the networks.
        good: whether they should read better than networks from random weights; otherwise they
            should read worse than the genome.
    """

    name: str
    trained: Trained
    good: bool = False


def controls(workshop: Workshop, subject: Subject, seeds: Seeds) -> Iterator[Control]:
    """Every control of a genome.

    - finetuned: the genome with noise on every absent weight, trained to the loss of all.
    - own wiring: only the genome's links are trained, from random weights.
    - pruned: networks from random weights of which a share of the weights is left, retrained.
    - smooth: the same networks, trained on with a penalty on the slope of the maps.
    - other architectures, without linear units.

    Where the learning rate is not lowered to 0 in the end, networks that are pruned, smoothed or of
    other architectures seldom come near the loss of all.
    """
    four = tuple(range(2 if subject.quick else 4))
    start = np.array([network.flat_params for network in seeds.networks[: len(four)]])

    def train(name: str, steps: int, search: SgdSearch) -> Trained:
        return workshop.train(f"{subject.name}-{name}-{EDITION}", search, subject.steps(steps))

    noisy = np.stack([noisy_weights(subject.dense, NOISE, seed) for seed in four])
    # At the rate of the others, the first steps undo the genome.
    gently = subject.learning_rate / 10
    search = subject.search(four, subject.dense.arch, initial_params=noisy, learning_rate=gently)
    yield Control("finetuned", train("finetuned-gently", 5_000, search), good=True)
    wired = sparse_topology(subject.genome)
    search = subject.search(four, wired.arch, trainable=wired.trainable, held=wired.held)
    yield Control("own wiring", train("wired", 10_000, search))
    again: dict[str, Any] = {"initial_params": start, "target_loss": None, "schedule": "cosine"}
    for left in DENSITIES if len(start) else ():
        steps = subject.steps(PRUNING_STEPS)
        rounds = _early_rounds(steps, left)
        search = subject.search(four[: len(start)], pruning=rounds, schedule_steps=steps, **again)
        yield Control(f"pruned to {left:.0%}", train(f"pruned-early-{left}", steps, search))
    if len(start):
        steps = subject.steps(SMOOTHING_STEPS)
        search = subject.search(
            four[: len(start)], smoothness=SMOOTHNESS, schedule_steps=steps, **again
        )
        yield Control("smooth", train(f"smooth-again-{SMOOTHNESS}", steps, search))
    for arch in ("relu:8x2",) if subject.quick else FREE_OF_LINEAR:
        steps = subject.steps(10_000)
        name = arch.replace("/", "-").replace(":", "")
        search = subject.search(four, Arch.parse(arch), schedule="cosine", schedule_steps=steps)
        yield Control(arch, train(f"{name}-cosine", steps, search))


def _early_rounds(steps: int, left: float) -> tuple[tuple[int, float], ...]:
    """Pruning in small steps over the first half, so that the second is left for retraining."""
    rounds = min(ROUNDS, steps // 2)
    return tuple(
        (steps * (each + 1) // (2 * rounds), left ** ((each + 1) / rounds))
        for each in range(rounds)
    )


def noisy_weights(network: Cppn, sd: float, seed: int) -> np.ndarray:
    """Its weights, and Gaussian noise in place of every 0: `(params,)` float32."""
    noise = np.random.default_rng(seed).normal(size=network.flat_params.shape) * sd
    return np.where(network.flat_params == 0, noise, network.flat_params).astype(np.float32)

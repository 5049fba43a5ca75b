"""What a method of getting networks is: what it prepares of a configuration, and what it finds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fer_jax.cppn.render import Model
from fer_jax.genome.graph import Genome
from fer_jax.lab.folders.archives import Archive
from fer_jax.lab.folders.evolution import Evolution
from fer_jax.lab.folders.networks import Networks
from fer_jax.lab.folders.snapshots import Snapshots
from fer_jax.lab.settings.config import RunConfig
from fer_jax.search.base import Search


@dataclass(frozen=True, eq=False)
class Found:
    """What a run has made.

    Attributes:
        networks: trained networks, one per seed, or None.
        genomes: evolved genomes, or the one that draws the target.
        genome_seeds: of evolved genomes, the seed of each, and of archives; otherwise none.
        evolution: how evolved genomes came to be.
        archives: where there is no target, which cell of its archive each genome holds.
        curves: arrays for `curves.npz`, such as losses `(seeds, steps)`.
        diverged: what became of each diverged seed, in words.
        snapshots: weights kept on the way, or None.
    """

    networks: Networks | None = None
    genomes: tuple[Genome, ...] = ()
    genome_seeds: tuple[int, ...] = ()
    evolution: tuple[Evolution, ...] = ()
    archives: tuple[Archive, ...] = ()
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    diverged: dict[int, str] = field(default_factory=dict)
    snapshots: Snapshots | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """All of them, diverged ones too."""
        return self.genome_seeds if self.networks is None else self.networks.seeds

    @property
    def models(self) -> list[tuple[int | None, Model]]:
        """What there is to score: (seed, model) of each that is ok; a target's own has no seed.

        Those of an archive are thousands, of which none is the one that was looked for.
        """
        if self.archives:
            return []
        seeds = self.genome_seeds or (None,) * len(self.genomes)
        models: list[tuple[int | None, Model]] = list(zip(seeds, self.genomes, strict=True))
        if self.networks is not None:
            models += [
                (seed, self.networks.network(seed))
                for seed in self.networks.seeds
                if seed not in self.diverged
            ]
        return models


@dataclass(frozen=True, eq=False)
class Prepared:
    """A run before it starts: every name resolved, every value checked, nothing written.

    Attributes:
        settings: the resolved settings that decide what comes out, for JSON.
        search: what is to be advanced, or None where there is nothing to search for.
        harvest: from the search's result (or None) to what was found.
    """

    settings: dict[str, Any]
    search: Search[Any, Any] | None
    harvest: Callable[[Any], Found]


@dataclass(frozen=True)
class Method:
    """A way to get networks.

    Attributes:
        uses: the keys of the configuration, beside target and size, on which its result depends.
        prepare: from a configuration and its target, or None, to a run that can start.
    """

    uses: tuple[str, ...]
    prepare: Callable[[RunConfig, Any], Prepared]

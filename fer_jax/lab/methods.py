"""The registry of methods: how each makes networks of a configuration. A new one is one entry."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.render import Model
from fer_jax.errors import ConfigError
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import write_json
from fer_jax.genome.layerize import layerize
from fer_jax.genome.sparse_topology import SparseTopology, sparse_topology
from fer_jax.genome.target import Target
from fer_jax.lab.config import RunConfig
from fer_jax.lab.evolution import Evolution, evolution_of
from fer_jax.lab.networks import Networks
from fer_jax.lab.snapshots import Snapshots, snapshots_of
from fer_jax.search.base import Search
from fer_jax.search.neat import NeatSearch
from fer_jax.search.neat_result import NeatResult
from fer_jax.search.neat_settings import preset_of
from fer_jax.search.pruning import pruning_rounds
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.sgd_result import SgdResult
from fer_jax.search.train_sgd import logarithmic_steps


@dataclass(frozen=True, eq=False)
class Found:
    """What a run has made.

    Attributes:
        networks: trained networks, one per seed, or None.
        genomes: evolved genomes, or the one that draws the target.
        genome_seeds: of evolved genomes, the seed of each; otherwise none.
        evolution: how evolved genomes came to be.
        curves: arrays for `curves.npz`, such as losses `(seeds, steps)`.
        diverged: what became of each diverged seed, in words.
        snapshots: weights kept on the way, or None.
    """

    networks: Networks | None = None
    genomes: tuple[Genome, ...] = ()
    genome_seeds: tuple[int, ...] = ()
    evolution: tuple[Evolution, ...] = ()
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    diverged: dict[int, str] = field(default_factory=dict)
    snapshots: Snapshots | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """All of them, diverged ones too."""
        return self.genome_seeds if self.networks is None else self.networks.seeds

    @property
    def models(self) -> list[tuple[int | None, Model]]:
        """What there is to score: (seed, model) of each that is ok; a target's own has no seed."""
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
        prepare: from a configuration and its target to a run that can start.
    """

    uses: tuple[str, ...]
    prepare: Callable[[RunConfig, Target], Prepared]


def _prepare_genome(config: RunConfig, target: Target) -> Prepared:
    genome = target.genome
    if genome is None:
        raise ConfigError(
            f"method=genome scores the genome that draws the target, but {target.name!r} is no "
            f"genome; name one, or use method=sgd"
        )
    # Two genomes may draw the same picture, so the picture alone does not tell them apart.
    text = write_json(replace(genome, name=""))
    settings = {"genome": hashlib.sha256(text.encode()).hexdigest()}
    return Prepared(settings, None, lambda _: Found(genomes=(genome,)))


def _prepare_sgd(config: RunConfig, target: Target) -> Prepared:
    arch, own_links = _network_of(config, target)
    search = SgdSearch(
        arch=arch,
        target=target.image,
        seeds=config.seed_list,
        learning_rate=config.learning_rate,
        init_scale=config.init_scale,
        normalize_gradient=config.normalize_gradient,
        precision=config.precision,
        optimizer=config.optimizer,
        schedule=config.schedule,
        schedule_steps=config.steps,
        weight_decay=config.weight_decay,
        l1=config.l1,
        l2=config.l2,
        smoothness=config.smoothness,
        loss=config.loss,
        init=config.init,
        trainable=own_links.trainable if own_links else None,
        held=own_links.held if own_links else None,
        pruning=pruning_rounds(config.steps, config.prune, config.prune_rounds)
        if config.prune
        else (),
        batch_size=config.batch_size,
        target_loss=config.target_loss,
        snapshot_steps=logarithmic_steps(config.steps, config.snapshots),
    )
    settings = {key: getattr(config, key) for key in METHODS["sgd"].uses}
    settings |= {"arch": arch.spelling, "seeds": list(config.seed_list)}
    return Prepared(settings, search, _harvest_sgd)


def _network_of(config: RunConfig, target: Target) -> tuple[Arch, SparseTopology | None]:
    """The architecture, and where only a genome's links are trained, which these are."""
    if config.wiring == "genome":
        if target.genome is None or config.arch is not None:
            raise ConfigError(
                f"wiring=genome trains the links of the target genome, so it needs arch=null and a "
                f"genome; got arch={config.arch or 'null'} and the target {target.name!r}"
            )
        topology = sparse_topology(target.genome)
        return topology.arch, topology
    if config.arch is not None:
        return resolve_arch(config.arch), None
    if target.genome is not None:
        return layerize(target.genome).arch, None
    raise ConfigError(
        f"arch is missing, and the target {target.name!r} is no genome that could give one; "
        f"name one, such as arch=relu:64x6"
    )


def _harvest_sgd(result: SgdResult) -> Found:
    seeds = tuple(int(seed) for seed in result.seeds)
    steps = [int(step) for step in result.diverged_at]
    curves = {
        "seeds": np.asarray(result.seeds),
        "losses": result.losses,
        "diverged_at": result.diverged_at,
        "stopped_at": result.stopped_at,
        "snapshots": result.snapshots,
        "snapshot_steps": result.snapshot_steps,
    }
    return Found(
        networks=Networks(result.arch, seeds, result.flat_params, tuple(result.status)),
        curves=curves,
        diverged={
            seed: f"diverged at step {step}"
            for seed, step in zip(seeds, steps, strict=True)
            if step >= 0
        },
        snapshots=snapshots_of(curves),
    )


def _prepare_neat(config: RunConfig, target: Target) -> Prepared:
    preset = preset_of(config.preset, config.population_size)
    search = NeatSearch(target.image, config.seed_list, preset, config.fitness)
    settings = {key: getattr(config, key) for key in METHODS["neat"].uses}
    settings |= {"population_size": preset.population_size, "seeds": list(config.seed_list)}
    return Prepared(settings, search, _harvest_neat)


def _harvest_neat(result: NeatResult) -> Found:
    return Found(
        genomes=tuple(run.best for run in result.runs),
        genome_seeds=result.seeds,
        evolution=tuple(map(evolution_of, result.runs)),
        curves={"seeds": np.array(result.seeds), **result.records},
    )


METHODS: dict[str, Method] = {
    "genome": Method((), _prepare_genome),
    "neat": Method(
        ("preset", "population_size", "fitness", "seeds", "steps"),
        _prepare_neat,
    ),
    "sgd": Method(
        (
            "arch",
            "wiring",
            "seeds",
            "steps",
            "learning_rate",
            "init_scale",
            "normalize_gradient",
            "optimizer",
            "schedule",
            "weight_decay",
            "l1",
            "l2",
            "smoothness",
            "loss",
            "init",
            "prune",
            "prune_rounds",
            "batch_size",
            "target_loss",
            "snapshots",
            "precision",
        ),
        _prepare_sgd,
    ),
}

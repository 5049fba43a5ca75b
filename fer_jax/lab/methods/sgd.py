"""Training by gradient descent, many seeds of one architecture side by side."""

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ConfigError
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.layerize import layerize
from fer_jax.genome.sparse_topology import SparseTopology, sparse_topology
from fer_jax.genome.target import Target
from fer_jax.lab.folders.networks import Networks
from fer_jax.lab.folders.snapshots import snapshots_of
from fer_jax.lab.methods.method import Found, Method, Prepared
from fer_jax.lab.settings.config import RunConfig
from fer_jax.search.pruning import pruning_rounds
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.sgd_result import SgdResult
from fer_jax.search.train_sgd import logarithmic_steps

USES = (
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
)


def _prepare(config: RunConfig, target: Target) -> Prepared:
    arch, own_links = network_of(config, target)
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
    settings = {key: getattr(config, key) for key in USES}
    settings |= {"arch": arch.spelling, "seeds": list(config.seed_list)}
    return Prepared(settings, search, harvest_networks)


def network_of(config: RunConfig, target: Target) -> tuple[Arch, SparseTopology | None]:
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


def harvest_networks(result: SgdResult, step: str = "step") -> Found:
    """What is kept of trained networks.

    Args:
        result: of the search.
        step: what a step is called.
    """
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
            seed: f"diverged at {step} {at}"
            for seed, at in zip(seeds, steps, strict=True)
            if at >= 0
        },
        snapshots=snapshots_of(curves),
    )


SGD = Method(USES, _prepare)

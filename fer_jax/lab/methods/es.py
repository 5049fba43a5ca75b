"""Evolving the weights of one architecture by a strategy of evosax, a population for each seed."""

from functools import partial

from fer_jax.errors import ConfigError
from fer_jax.genome.target import Target
from fer_jax.lab.methods.method import Method, Prepared
from fer_jax.lab.methods.sgd import harvest_networks, network_of
from fer_jax.lab.methods.step_names import step_name
from fer_jax.lab.settings.config import RunConfig
from fer_jax.search.train_sgd import logarithmic_steps

POPULATION_SIZE = 64
"""Members of a generation, unless told."""

USES = (
    "es",
    "es_options",
    "population_size",
    "arch",
    "seeds",
    "steps",
    "init_scale",
    "loss",
    "init",
    "target_loss",
    "snapshots",
    "precision",
)


def _prepare(config: RunConfig, target: Target) -> Prepared:
    # evosax computes as it is imported, and whatever starts JAX ends the choice of its devices.
    from fer_jax.search.es import EsSearch

    arch, own_links = network_of(config, target)
    if own_links is not None:
        raise ConfigError("wiring is 'genome', but method=es evolves every weight; take method=sgd")
    size = POPULATION_SIZE if config.population_size is None else config.population_size
    search = EsSearch(
        arch=arch,
        target=target.image,
        seeds=config.seed_list,
        strategy=config.es,
        population_size=size,
        init_scale=config.init_scale,
        strategy_options=dict(config.es_options or {}),
        schedule_steps=config.steps,
        precision=config.precision,
        loss=config.loss,
        init=config.init,
        target_loss=config.target_loss,
        snapshot_steps=logarithmic_steps(config.steps, config.snapshots),
    )
    settings = {key: getattr(config, key) for key in USES}
    settings |= {
        "es_options": search.options,
        "population_size": size,
        "arch": arch.spelling,
        "seeds": list(config.seed_list),
    }
    return Prepared(settings, search, partial(harvest_networks, step=step_name("es")))


ES = Method(USES, _prepare)

"""Breeding genomes towards the target by NEAT, a population for each seed."""

import numpy as np

from fer_jax.genome.target import Target
from fer_jax.lab.folders.evolution import evolution_of
from fer_jax.lab.methods.method import Found, Method, Prepared
from fer_jax.lab.settings.config import RunConfig
from fer_jax.search.neat import NeatSearch
from fer_jax.search.neat_result import NeatResult
from fer_jax.search.neat_settings import preset_of

USES = ("preset", "population_size", "fitness", "seeds", "steps")


def _prepare(config: RunConfig, target: Target) -> Prepared:
    preset = preset_of(config.preset, config.population_size)
    search = NeatSearch(target.image, config.seed_list, preset, config.fitness)
    settings = {key: getattr(config, key) for key in USES}
    settings |= {"population_size": preset.population_size, "seeds": list(config.seed_list)}
    return Prepared(settings, search, _harvest)


def _harvest(result: NeatResult) -> Found:
    return Found(
        genomes=tuple(run.best for run in result.runs),
        genome_seeds=result.seeds,
        evolution=tuple(map(evolution_of, result.runs)),
        curves={"seeds": np.array(result.seeds), **result.records},
    )


NEAT = Method(USES, _prepare)

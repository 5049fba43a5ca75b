"""Open-ended search: no target, an archive of genomes for each seed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fer_jax.errors import ConfigError
from fer_jax.lab.folders.archives import archive_of, line_of
from fer_jax.lab.methods.method import Found, Method, Prepared
from fer_jax.lab.settings.config import RunConfig
from fer_jax.search.neat_settings import preset_of
from fer_jax.search.open_ended import OpenEndedSearch
from fer_jax.search.open_ended_result import Illuminated

BREEDER = ("regularity_weight", "session_steps", "branching")
"""Keys that the breeder alone uses."""

USES = (
    "way",
    "preset",
    "population_size",
    "descriptors",
    "bins",
    "quality",
    *BREEDER,
    "seeds",
    "steps",
)


def _prepare(config: RunConfig, target: None) -> Prepared:
    search = OpenEndedSearch(
        seeds=config.seed_list,
        way=config.way,
        descriptors=names_of(config),
        bins=bins_of(config),
        batch_size=config.population_size,
        size=config.size,
        settings=preset_of(config.preset, None),
        quality=config.quality,
        regularity_weight=config.regularity_weight,
        session_steps=config.session_steps,
        branching=config.branching,
    )
    used = [key for key in USES if key not in BREEDER or config.way == "breeder"]
    settings: dict[str, Any] = {key: getattr(config, key) for key in used}
    settings |= {
        "population_size": search.offspring,
        "descriptors": list(search.descriptors),
        "bins": list(search.bins),
        "seeds": list(config.seed_list),
    }
    return Prepared(settings, search, partial(_harvest, config.size))


def names_of(config: RunConfig) -> tuple[str, ...]:
    """The descriptors.

    Raises:
        ConfigError: if `descriptors` is no list of names.
    """
    names = config.descriptors
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ConfigError(
            f"descriptors is {names!r}; expected names such as descriptors=[symmetry,complexity]"
        )
    return tuple(names)


def bins_of(config: RunConfig) -> tuple[int, ...]:
    """The bins along each descriptor; one number is that of all of them.

    Raises:
        ConfigError: if `bins` is neither a number nor numbers.
    """
    bins = config.bins
    if isinstance(bins, int) and not isinstance(bins, bool):
        return (bins,) * len(names_of(config))
    if not isinstance(bins, list | tuple) or not all(type(count) is int for count in bins):
        raise ConfigError(f"bins is {bins!r}; expected a number such as bins=8, or [8,8,4,4]")
    return tuple(bins)


def _harvest(size: int, result: Sequence[Illuminated]) -> Found:
    archives = tuple(archive_of(one, size) for one in result)
    genomes = tuple(
        replace(genome, name=name)
        for archive, one in zip(archives, result, strict=True)
        for name, genome in zip(archive.names, one.genomes, strict=True)
    )
    # Sorted, since a checkpoint does not tell in which order they were logged.
    names = sorted(result[0].records)
    records = {name: np.stack([one.records[name] for one in result]) for name in names}
    return Found(
        genomes=genomes,
        genome_seeds=tuple(one.seed for one in result),
        evolution=tuple(map(line_of, result)),
        archives=archives,
        curves={"seeds": np.array([one.seed for one in result]), **records},
    )


OPEN_ENDED = Method(USES, _prepare)

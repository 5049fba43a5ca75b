"""NEAT's settings, as published: how large a population is, who breeds, and how it changes."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from fer_jax.errors import ConfigError, nearest
from fer_jax.search.neat_rates import Rates


@dataclass(frozen=True)
class NeatSettings:
    """How a population is bred.

    Attributes:
        population_size: genomes in each generation.
        rates: of mutations and crossing.
        target_species: how many species the threshold is steered to; 0 for a threshold that stays,
            1 for no species at all.
        threshold: distance from a species' representative up to which a genome belongs to it.
        threshold_step: by which the threshold moves in a generation.
        survivors: share of a species, the fittest, that may have offspring.
        only_mutated: share of offspring that have one parent.
        interspecies: chance that the second parent is of another species.
        champion_of: genomes of a species from which on its best one is copied unchanged.
        stagnation: generations without a better best genome after which a species has no offspring
            any more; the best species always has some.
        start: what genomes begin with: "direct", all inputs lead to all outputs; "hidden", all
            inputs lead to one hidden node for each output, and the picture is grey at first.

    Example:
        >>> PRESETS["picbreeder"].population_size
        15
    """

    population_size: int = 150
    rates: Rates = field(default_factory=Rates)
    target_species: int = 0
    threshold: float = 3.0
    threshold_step: float = 0.3
    survivors: float = 0.2
    only_mutated: float = 0.25
    interspecies: float = 0.001
    champion_of: int = 6
    stagnation: int = 15
    start: str = "direct"


NEAT_2002 = NeatSettings()
"""Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies", Evolutionary
Computation 10(2), 2002, section 4.1. How far weights step, and their limit, are ours."""

NEAT_2004 = NeatSettings(
    population_size=256,
    rates=Rates(add_node=0.01, add_link=0.1, weight_factor=2.0, small_genome=2**31 - 1),
    target_species=10,
    interspecies=0.05,
    stagnation=30,
)
"""Stanley and Miikkulainen, "Competitive coevolution through evolutionary complexification",
Journal of Artificial Intelligence Research 21, 2004, appendix A: ten species, and distances that no
number of genes lessens. There the worst species older than 30 generations has no offspring; here
every one that has not become better for as long."""

PICBREEDER = NeatSettings(
    population_size=15,
    rates=Rates(
        add_node=4 / 21,
        add_link=6 / 21,
        mutate_activations=1 / 21,
        mutate_weights=1.0,
        each_weight=0.2,
        replace_weight=0.0,
        weight_step=1.0,
        normal_step=True,
        weight_limit=3.0,
        keeps_split_link=True,
    ),
    target_species=1,
    champion_of=1,
    start="hidden",
)
"""Fifteen pictures, no species, and mutations by the chances of Picbreeder's own program: of 21
offspring, 10 with other weights, 6 with a new link, 4 with a new node, 1 with other activations;
its slider of strength in the middle. Sources: Secretan et al., "Picbreeder", Evolutionary
Computation 19(3), 2011, for the rules; the chances are those with which the code of Earle et al.,
"In search of the ingredients of open-endedness", GECCO 2026 (arXiv 2605.23908), replicates it."""

PRESETS = MappingProxyType(
    {"neat_2002": NEAT_2002, "neat_2004": NEAT_2004, "picbreeder": PICBREEDER}
)
"""By name."""


def preset_of(name: str, population_size: int | None = None) -> NeatSettings:
    """A preset, with a population of another size if one is given.

    Raises:
        ConfigError: if there is no such preset, or the size is below 2.

    Example:
        >>> preset_of("neat_2004", population_size=64).population_size
        64
    """
    if name not in PRESETS:
        raise ConfigError(f"there is no preset {name!r}; {nearest(name, PRESETS)}")
    if population_size is None:
        return PRESETS[name]
    if population_size < 2:
        raise ConfigError(f"population_size is {population_size}; expected at least 2")
    return replace(PRESETS[name], population_size=population_size)

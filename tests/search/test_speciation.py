"""Distances are what they are by hand, and species are as the paper has them."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.population import pad
from fer_jax.search.neat_rates import Rates
from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.speciation import Speciation, distances, genes_of
from tests.genome.genomes import INPUTS, OUTPUTS

RATES = Rates()
HIDDEN = (Node("7", "sin"), Node("8", "gaussian"))
ONE = Genome(
    (*INPUTS, *HIDDEN, *OUTPUTS),
    (Link("x", "7", 1.0), Link("7", "hue", 2.0), Link("y", "8", 3.0), Link("8", "brightness", 4.0)),
)
OTHER = Genome(
    (*INPUTS, HIDDEN[0], *OUTPUTS),
    (Link("x", "7", -1.0), Link("7", "hue", -2.0), Link("d", "saturation", -5.0)),
)
NOTHING = Genome((*INPUTS, *OUTPUTS), (Link("bias", "saturation", 9.0),))


def population(*genomes):
    return jax.device_get(pad(genomes))


def far(one, others, rates=RATES):
    found = population(one, *others)
    return distances([genes_of(found, 0)], found, rates)[0, 1:].tolist()


def test_distance_by_hand():
    rates = replace(RATES, disjoint_factor=1.0, weight_factor=0.4)
    # 3 genes that one of them has, and two whose weights differ by 2 and 4.
    assert far(ONE, [OTHER], rates) == far(OTHER, [ONE], rates) == pytest.approx([3.0 + 0.4 * 3.0])
    large = replace(rates, small_genome=0)
    assert far(ONE, [OTHER], large) == pytest.approx([3.0 / 4.0 + 0.4 * 3.0])
    assert far(ONE, [ONE]) == [0.0]


def test_genomes_that_share_nothing_have_no_difference_of_weights():
    assert far(OTHER, [NOTHING]) == far(NOTHING, [OTHER]) == [4.0]


def weighted(*weights):
    return population(*(Genome((*INPUTS, *OUTPUTS), (Link("x", "hue", w),)) for w in weights))


SETTINGS = NeatSettings(rates=Rates(weight_factor=1.0), threshold=1.5)


def test_a_genome_belongs_to_the_first_species_that_is_near_or_founds_one():
    species = Speciation(1.5)
    own = species.sort(weighted(0.0, 1.0, 5.0, 2.0, 6.0), 0, SETTINGS)
    # 2.0 is not near to 0.0, which stands for the first species.
    assert own.tolist() == [0, 0, 1, 2, 1]
    assert [kind.number for kind in species.species] == [0, 1, 2]


def test_species_go_on_through_generations_and_die_out():
    species = Speciation(1.5)
    species.sort(weighted(0.0, 5.0), 0, SETTINGS)
    own = species.sort(weighted(5.5, 10.0), 1, SETTINGS)
    assert own.tolist() == [0, 1]
    assert [(kind.number, kind.founded) for kind in species.species] == [(1, 0), (2, 1)]


def test_who_stands_for_a_species_is_one_of_it():
    species = Speciation(1.5)
    first = weighted(0.0, 1.0, 5.0)
    own = species.sort(first, 0, SETTINGS)
    seen = set()
    for seed in range(10):
        species.stand_for(first, own, np.random.default_rng(seed))
        seen.add(tuple(float(kind.genes.weights[0]) for kind in species.species))
    assert seen == {(0.0, 5.0), (1.0, 5.0)}


def test_the_threshold_is_steered_to_as_many_species_as_are_asked():
    settings = replace(SETTINGS, target_species=2, threshold_step=0.5)
    species = Speciation(1.5)
    genomes = weighted(*np.arange(0.0, 30.0, 2.0))
    thresholds, counts = [], []
    random = np.random.default_rng(0)
    for generation in range(60):
        own = species.sort(genomes, generation, settings)
        species.stand_for(genomes, own, random)
        thresholds.append(species.threshold)
        counts.append(len(species.species))
    assert thresholds[:3] == [2.0, 2.5, 3.0]
    assert 1 <= np.mean(counts[30:]) <= 3


def test_without_species_all_are_one():
    species = Speciation(3.0)
    for generation in range(3):
        own = species.sort(weighted(0.0, 100.0), generation, replace(SETTINGS, target_species=1))
        assert own.tolist() == [0, 0]
    assert len(species.species) == 1


def test_what_the_best_was_worth_and_since_when():
    species = Speciation(1.5)
    own = species.sort(weighted(0.0, 1.0, 5.0), 0, SETTINGS)
    species.note(np.array([1.0, 3.0, 2.0]), own, 4)
    species.note(np.array([2.0, 2.0, 5.0]), own, 6)
    assert [(kind.best, kind.improved) for kind in species.species] == [(3.0, 4), (5.0, 6)]


def test_it_comes_back():
    species = Speciation(1.5)
    species.sort(weighted(0.0, 5.0), 3, SETTINGS)
    again = Speciation.restore(species.arrays())
    assert again.threshold == species.threshold
    for one, other in zip(again.species, species.species, strict=True):
        assert (one.number, one.founded, one.best) == (other.number, other.founded, other.best)
        np.testing.assert_array_equal(one.genes.numbers, other.genes.numbers)
        np.testing.assert_array_equal(one.genes.weights, other.genes.weights)
    assert again.sort(weighted(5.5), 4, SETTINGS).tolist() == [0]
    assert Speciation.restore(Speciation(2.0).arrays()).species == []

"""Offspring go to species as their fitness is shared, and to the fittest of each."""

from dataclasses import replace

import numpy as np
import pytest

from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.selection import allotted, choose_parents
from fer_jax.search.speciation import Genes, Species

SETTINGS = NeatSettings(population_size=20)
NO_GENES = Genes(np.zeros(0, int), np.zeros(0))


def kinds(count, improved=0):
    return [Species(number, NO_GENES, 0, improved=improved) for number in range(count)]


def parents(fitness, own, settings=SETTINGS, sizes=None, generation=1, seed=0):
    fitness, own = np.array(fitness, float), np.array(own)
    sizes = np.ones(len(fitness), int) if sizes is None else np.array(sizes)
    random = np.random.default_rng(seed)
    species = kinds(own.max() + 1)
    return choose_parents(fitness, sizes, own, species, generation, settings, random)


def test_offspring_are_shared_by_mean_fitness_above_the_worst():
    fitness, own = np.array([1.0, 3.0, 5.0, 3.0]), np.array([0, 0, 1, 1])
    # Means above the worst are 1 and 3.
    assert allotted(fitness, own, kinds(2), 1, SETTINGS).tolist() == [5, 15]
    # Neither sign nor scale matters.
    assert allotted(-100.0 + 0.01 * fitness, own, kinds(2), 1, SETTINGS).tolist() == [5, 15]


def test_all_offspring_are_allotted_whatever_is_left_over():
    random = np.random.default_rng(0)
    for _ in range(20):
        own = np.sort(random.integers(0, 3, 12))
        own = np.unique(own, return_inverse=True)[1]
        counts = allotted(random.normal(size=12), own, kinds(own.max() + 1), 1, SETTINGS)
        assert counts.sum() == 20
        assert counts.min() >= 0


def test_where_all_are_worth_the_same_all_have_offspring():
    assert allotted(np.zeros(4), np.array([0, 0, 1, 1]), kinds(2), 1, SETTINGS).tolist() == [10, 10]


def test_a_species_that_became_no_better_for_long_has_none_but_the_best_has():
    fitness, own = np.array([9.0, 1.0, 2.0]), np.array([0, 1, 2])
    stale = kinds(3)
    counts = allotted(fitness, own, stale, SETTINGS.stagnation + 1, SETTINGS)
    assert counts.tolist() == [20, 0, 0]
    stale[2].improved = 10
    counts = allotted(fitness, own, stale, SETTINGS.stagnation + 1, SETTINGS)
    assert counts[1] == 0
    assert counts[2] > 0


def test_only_the_fittest_have_offspring_and_the_best_of_a_large_species_stays():
    found = parents(range(10), [0] * 10, replace(SETTINGS, only_mutated=0.5))
    assert found.copied.tolist() == [True] + [False] * 19
    assert found.first[0] == found.second[0] == 9
    assert set(found.first) | set(found.second) == {8, 9}
    assert (found.first >= found.second).all()
    small = parents(range(5), [0] * 5)
    assert not small.copied.any()


def test_of_two_that_are_as_fit_the_smaller_gives_the_structure():
    settings = replace(SETTINGS, survivors=1.0, only_mutated=0.0)
    found = parents([1.0, 1.0], [0, 0], settings, sizes=[9, 4])
    crossed = found.first != found.second
    assert crossed.any()
    assert set(found.first[crossed].tolist()) == {1}


def test_as_many_have_one_parent_and_as_many_one_of_another_species_as_was_asked():
    settings = replace(
        SETTINGS, population_size=4000, survivors=1.0, only_mutated=0.25, interspecies=0.2
    )
    own = np.repeat([0, 1], 50)
    found = parents(np.tile(np.arange(50.0), 2), own, settings)
    drawn = ~found.copied
    alone = (found.first == found.second)[drawn]
    # A genome may be drawn twice.
    assert alone.mean() == pytest.approx(0.25 + 0.75 / 50, abs=0.03)
    across = (own[found.first] != own[found.second])[drawn]
    assert across.mean() == pytest.approx(0.75 * 0.2 / 2, abs=0.02)

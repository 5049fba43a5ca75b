"""Genomes stay genomes, whatever is done to them, and as much is done as was asked."""

import functools
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import fer_jax
from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.population import pad, unpad
from fer_jax.genome.population_render import render_population
from fer_jax.genome.population_rows import to_rows
from fer_jax.search.innovations import Innovations
from fer_jax.search.neat_breeding import Newborn, numbered
from fer_jax.search.neat_mutation import restructured, reweighted
from fer_jax.search.neat_proposal import propose
from fer_jax.search.neat_rates import Rates
from fer_jax.search.selection import Parents
from tests.genome.genomes import INPUTS, OUTPUTS, small_genome

MANY = 64
OFTEN = Rates(add_node=0.3, add_link=0.3, remove_link=0.1, mutate_activations=0.1)


def minimal() -> Genome:
    return Genome((*INPUTS, *OUTPUTS), (Link("x", "brightness", 1.0), Link("d", "hue", 0.5)))


@functools.partial(jax.jit, static_argnames="rates")
def proposed(population, keys, rates):
    return jax.vmap(lambda genome, key: propose(genome, key, rates))(population, keys)


@functools.partial(jax.jit, static_argnames="rates")
def made(population, proposals, keys, rates):
    def of_one(genome, proposal, key):
        changed = restructured(genome, proposal, rates)
        return reweighted(changed, proposal, key, rates)

    return jax.vmap(of_one)(population, proposals, keys)


def step(population, book, seed, rates):
    keys = jax.random.split(jax.random.key(seed), population.genomes)
    proposals = proposed(population, keys, rates)
    children = made(population, proposals, keys, rates)
    rows = jnp.concatenate([proposals.wanted, jax.vmap(to_rows)(children)], axis=1)
    newborn = Newborn(children, rows)
    own = np.arange(population.genomes)
    parents = Parents(own, own, np.zeros(len(own), bool))
    return numbered(newborn, jax.device_get(population), parents, book), proposals


def grown(genome=None, rounds=12, rates=OFTEN, slots=32, links=64):
    population = pad([genome or minimal()] * MANY, slots=slots, links=links)
    book = Innovations()
    book.knows(population)
    for seed in range(rounds):
        population, _ = step(population, book, seed, rates)
    return population, book


@pytest.fixture(scope="module")
def evolved():
    population, book = grown()
    return jax.device_get(population), book


def test_each_slot_reads_earlier_ones_and_links_stay_sorted(evolved):
    population, _ = evolved
    assert int(population.node_count.max()) > 9
    for place in range(MANY):
        count = int(population.link_count[place])
        sources, targets = population.sources[place, :count], population.targets[place, :count]
        assert (sources < targets).all()
        assert (np.diff(targets) >= 0).all()
        assert (population.targets[place, count:] == population.slots).all()
        assert int(targets.max()) < int(population.node_count[place])
        assert int(targets.min()) >= len(INPUT_NAMES)
        assert not population.enabled[place, count:].any()
        # No two links join the same slots.
        assert len(set(zip(sources.tolist(), targets.tolist(), strict=True))) == count


def test_they_are_genomes_that_files_keep(evolved, tmp_path):
    genomes = unpad(evolved[0])
    assert len(genomes) == MANY
    for genome in genomes[:8]:
        fer_jax.save_genome(genome, tmp_path / "one.json")
        assert fer_jax.load_genome(tmp_path / "one.json").links == genome.links
    again = pad(genomes, slots=32, links=64)
    np.testing.assert_allclose(
        render_population(again, 8), render_population(evolved[0], 8), atol=1e-6
    )


def test_numbers_name_the_same_everywhere(evolved):
    population, book = evolved
    ends, names = {}, {}
    for place in range(MANY):
        nodes = np.asarray(population.nodes[place])
        own = nodes[: int(population.node_count[place])].tolist()
        assert len(set(own)) == len(own)
        for at in range(int(population.link_count[place])):
            both = (
                int(nodes[int(population.sources[place, at])]),
                int(nodes[int(population.targets[place, at])]),
            )
            number = int(population.innovations[place, at])
            assert ends.setdefault(number, both) == both
            assert names.setdefault(both, number) == number
            assert book.links[both] == number


def test_the_book_comes_back(evolved):
    _, book = evolved
    assert Innovations.restore(book.arrays()) == book


def test_a_link_that_is_split_by_an_identity_draws_the_same():
    rates = Rates(add_node=1.0, mutate_weights=0.0, activations=("identity",))
    population = pad([small_genome()] * 16, slots=16, links=32)
    book = Innovations()
    book.knows(population)
    before = render_population(population, 16)
    after, proposals = step(population, book, 0, rates)
    assert proposals.splits.all()
    assert len({int(link) for link in proposals.link}) > 3
    np.testing.assert_allclose(render_population(after, 16), before, atol=2e-6)
    assert (after.node_count == population.node_count + 1).all()
    # Who split the same link has the same node.
    new = [set(own.tolist()) - set(range(7)) for own in np.asarray(after.nodes)]
    chosen = np.asarray(proposals.link)
    for one in range(16):
        for other in range(16):
            assert (new[one] == new[other]) == (chosen[one] == chosen[other])


def test_a_new_link_has_a_number_that_no_other_has():
    population = pad([minimal()])
    book = Innovations()
    # As after some of a run's links were lost.
    book.knows(population._replace(innovations=population.innovations * 5 + 4))
    assert book.link(1, 6) == max(book.links.values())
    assert len(set(book.links.values())) == len(book.links) == 3


def test_a_second_split_of_the_same_link_is_another_node():
    book = Innovations()
    assert book.node(3, set()) == 7
    assert book.node(3, {7}) == 8
    assert book.node(3, {7, 8}) == 9
    assert book.node(3, set()) == 7


def test_what_has_no_room_is_left_alone():
    population = pad([minimal()] * 4, slots=7, links=3)
    book = Innovations()
    book.knows(population)
    after, proposals = step(population, book, 0, replace(OFTEN, add_node=1.0, mutate_weights=0.0))
    assert not proposals.splits.any()
    jax.tree.map(np.testing.assert_array_equal, after, population)


def test_the_last_way_from_an_input_to_an_output_stays():
    links = (Link("x", "a", 1.0), Link("a", "brightness", 1.0), Link("y", "b", 1.0))
    genome = Genome((*INPUTS, Node("a", "sin"), Node("b", "sin"), *OUTPUTS), links)
    rates = Rates(add_node=0.0, add_link=0.0, remove_link=1.0)
    population, _ = grown(genome, rounds=8, rates=rates)
    assert int(population.link_count.min()) == 2
    assert len(unpad(population)) == MANY


def test_a_link_that_is_removed_is_gone():
    rates = Rates(add_node=0.0, add_link=0.0, remove_link=1.0, mutate_weights=0.0)
    population, _ = grown(small_genome(), rounds=1, rates=rates)
    assert (population.link_count == len(small_genome().links) - 1).all()
    kept = [
        {(link.source, link.target, link.weight) for link in genome.links}
        for genome in unpad(population)
    ]
    whole = unpad(pad([small_genome()]))[0]
    all_links = {(link.source, link.target, link.weight) for link in whole.links}
    assert all(one < all_links for one in kept)
    # Each may go.
    assert set().union(*(all_links - one for one in kept)) == all_links


def test_as_much_happens_as_was_asked():
    rates = Rates(
        add_node=0.2, add_link=0.3, remove_link=0.1, mutate_activations=0.15, mutate_weights=0.6
    )
    count = 4000
    population = pad([small_genome()], slots=16, links=32)
    keys = jax.random.split(jax.random.key(0), count)
    found = jax.vmap(propose, in_axes=(None, 0, None))(
        jax.tree.map(lambda part: part[0], population), keys, rates
    )
    ways = jnp.stack([found.splits, found.joins, found.removed, found.turns, found.moves])
    # Three standard deviations of a share of 0.3.
    np.testing.assert_allclose(
        ways.mean(axis=1), [0.2, 0.3, 0.1, 0.15, 0.15], atol=3 * (0.21 / count) ** 0.5
    )
    assert ways.sum(axis=0).max() == 1
    chosen = np.bincount(np.asarray(found.link)[np.asarray(found.splits)])
    assert len(chosen) == len(small_genome().links)
    assert chosen.min() > 0.5 * chosen.mean()
    kinds = set(np.asarray(found.kind)[np.asarray(found.splits)].tolist())
    assert kinds == set(rates.kinds)


def changed(rates, seed=1):
    """What differs in 1,000 genomes from one that all were."""
    population = pad([small_genome()] * 1000, slots=16, links=32)
    after, proposals = step(population, Innovations(), seed, rates)
    return population, after, proposals


NOTHING_NEW = Rates(add_node=0.0, add_link=0.0)


def test_weights_move_as_often_and_as_far_as_was_asked():
    rates = replace(NOTHING_NEW, mutate_weights=0.5, each_weight=0.4, replace_weight=0.25)
    population, after, _ = changed(rates)
    links = len(small_genome().links)
    moved = np.asarray(after.weights != population.weights)[:, :links]
    assert moved.any(axis=1).mean() == pytest.approx(0.5, abs=0.05)
    assert moved[moved.any(axis=1)].mean() == pytest.approx(0.4, abs=0.02)
    apart = np.abs(np.asarray(after.weights - population.weights)[:, :links])
    # What is drawn anew is mostly further away than a step.
    assert (apart[moved] > rates.weight_step).mean() == pytest.approx(0.25 * 0.83, abs=0.04)
    assert np.abs(after.weights).max() <= rates.weight_range
    np.testing.assert_array_equal(after.kinds, population.kinds)


def test_a_normal_step_has_the_deviation_that_was_asked():
    rates = replace(NOTHING_NEW, mutate_weights=1.0, replace_weight=0.0, normal_step=True)
    population, after, _ = changed(rates)
    links = len(small_genome().links)
    steps = np.asarray(after.weights - population.weights)[:, :links]
    assert steps.std() == pytest.approx(rates.weight_step, rel=0.05)
    assert np.abs(steps).max() > 2.5 * rates.weight_step


def test_activations_change_as_often_as_was_asked_and_weights_stay_then():
    rates = replace(NOTHING_NEW, mutate_activations=0.5, each_activation=0.3)
    population, after, proposals = changed(rates)
    turns = np.asarray(proposals.turns)
    assert turns.mean() == pytest.approx(0.5, abs=0.05)
    hidden = np.asarray(population.is_node) & (np.arange(16) >= 4)
    hidden &= (np.arange(16)[:, None] != np.asarray(population.outputs)[:, None]).all(-1)
    turned = np.asarray(after.kinds != population.kinds)
    assert not turned[~hidden].any()
    assert not turned[~turns].any()
    others = sum(name not in ("gaussian",) for name in rates.activations) / len(rates.activations)
    assert turned[turns][hidden[turns]].mean() == pytest.approx(0.3 * others, abs=0.05)
    np.testing.assert_array_equal(after.weights[turns], population.weights[turns])


def test_a_link_that_is_kept_when_it_is_split_goes_on_counting():
    rates = Rates(add_node=1.0, add_link=0.0, keeps_split_link=True)
    population, after, _ = changed(rates)
    assert (after.link_count == population.link_count + 2).all()
    before = np.asarray(population.enabled).sum(axis=1)
    np.testing.assert_array_equal(np.asarray(after.enabled).sum(axis=1), before + 2)
    # Both new weights are drawn, so that none of them is 1.
    new = np.sort(np.asarray(after.weights))[:, [0, -1]]
    assert np.abs(new).max() > 2.5


def test_weights_stay_within_their_limit():
    rates = Rates(mutate_weights=1.0, weight_step=3.0, weight_limit=2.0)
    population, _ = grown(rounds=3, rates=rates)
    assert jnp.abs(population.weights).max() <= 2.0

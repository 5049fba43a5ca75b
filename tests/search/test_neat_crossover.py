"""Children take what their parents have."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.population import pad, unpad
from fer_jax.search.neat_crossover import crossed, matches
from fer_jax.search.neat_rates import Rates
from tests.genome.genomes import INPUTS, OUTPUTS

RATES = Rates(average=0.0)
HIDDEN = (Node("7", "sin"), Node("8", "gaussian"))
FITTER = Genome(
    (*INPUTS, *HIDDEN, *OUTPUTS),
    (
        Link("x", "7", 1.0),
        Link("7", "hue", 2.0),
        Link("y", "8", 3.0),
        Link("8", "brightness", 4.0),
    ),
)
OTHER = Genome(
    (*INPUTS, HIDDEN[0], *OUTPUTS),
    (Link("x", "7", -1.0), Link("7", "hue", -2.0), Link("d", "saturation", -5.0)),
)


def parents(disabled=()):
    population = pad([FITTER, OTHER])
    enabled = population.enabled
    for genome, place in disabled:
        enabled = enabled.at[genome, place].set(False)
    population = population._replace(enabled=enabled)
    return [jax.tree.map(lambda part, at=at: part[at], population) for at in (0, 1)]


def children(rates=RATES, count=400, **given):
    keys = jax.random.split(jax.random.key(0), count)
    return jax.vmap(crossed, in_axes=(None, None, 0, None))(*parents(**given), keys, rates)


def test_a_child_has_the_structure_of_the_fitter_and_weights_of_both():
    for child in unpad(children(count=8)):
        assert [(link.source, link.target) for link in child.links] == [
            (link.source, link.target) for link in unpad(pad([FITTER]))[0].links
        ]
    weights = np.asarray(children().weights)[:, :4]
    numbers = {tuple(sorted(set(column.tolist()))) for column in weights.T}
    assert numbers == {(-1.0, 1.0), (-2.0, 2.0), (3.0,), (4.0,)}
    from_other = (weights < 0).any(axis=0)
    assert (weights[:, from_other] < 0).mean() == pytest.approx(0.5, abs=0.05)


def test_the_mean_of_both_as_often_as_was_asked():
    weights = np.asarray(children(replace(RATES, average=0.4)).weights)[:, :4]
    assert (weights == 0).any(axis=1).mean() == pytest.approx(0.4, abs=0.07)
    # All genes of one child are averaged, or none.
    assert set((weights == 0).sum(axis=1).tolist()) == {0, 2}


@pytest.mark.parametrize("disabled", [[(0, 0)], [(1, 0)], [(0, 0), (1, 0)]])
def test_what_counts_no_more_in_either_mostly_counts_no_more(disabled):
    enabled = np.asarray(children(disabled=disabled).enabled)
    assert enabled[:, 0].mean() == pytest.approx(0.25, abs=0.07)
    assert enabled[:, 1:4].all()
    assert not enabled[:, 4:].any()


@pytest.mark.parametrize("links", [64, 128])
def test_genes_are_matched_whatever_genomes_are_padded_to(links):
    """By comparing all with all, and by sorting."""
    population = pad([FITTER, OTHER], slots=16, links=links)
    one, other = (jax.tree.map(lambda part, at=at: part[at], population) for at in (0, 1))
    for first, second in ((one, other), (other, one)):
        place, both = (np.asarray(found) for found in matches(first, second))
        numbers, count = np.asarray(second.innovations), int(first.link_count)
        for at, number in enumerate(np.asarray(first.innovations)[:count].tolist()):
            assert both[at] == (number in numbers.tolist())
            if both[at]:
                assert numbers[place[at]] == number
        assert both.sum() == 2

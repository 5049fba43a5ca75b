"""Novelty search breeds those whom a plain loop finds most novel."""

import jax.numpy as jnp
import numpy as np
import pytest

import fer_jax
from fer_jax.search.ancestry import NOBODY
from fer_jax.search.choosers import ROOT
from fer_jax.search.descriptors import embedding
from fer_jax.search.novelty_search import MostNovel
from fer_jax.search.open_ended import OpenEndedSearch
from fer_jax.search.open_ended_run import Batch

SIZE, COUNT, STEPS = 8, 20, 8
NEIGHBOURS, BREEDERS = 15, 4


@pytest.fixture(scope="module")
def evolved():
    found = OpenEndedSearch((2,), batch_size=COUNT, size=SIZE, way="novelty")
    state, records = found.advance(found.start(), STEPS)
    return state[0], records, found.result(state, records)[0]


def novelties(archive, batch):
    """Of each of a batch: the mean distance to the nearest of all others and of the archive."""
    found = []
    for place, one in enumerate(batch):
        others = np.array([*archive, *batch[:place], *batch[place + 1 :]])
        found.append(np.sort(np.linalg.norm(others - one, axis=1))[:NEIGHBOURS].mean())
    return np.array(found)


def test_a_plain_loop_chooses_the_same(evolved):
    run, records, result = evolved
    everybody = run.ancestry.genomes_of(range(STEPS * COUNT))
    small = np.array(embedding(fer_jax.render_population(everybody, SIZE)), np.float64)
    archive, collected, parents = [], result.collection, np.array(run.ancestry.parents)
    for step in range(STEPS):
        of_step = slice(step * COUNT, (step + 1) * COUNT)
        batch = small[of_step]
        novel = novelties(archive, batch)
        np.testing.assert_allclose(records["mean_novelty"][0, step], novel.mean() / ROOT, rtol=1e-5)
        np.testing.assert_allclose(records["max_novelty"][0, step], novel.max() / ROOT, rtol=1e-5)
        # One of each step is archived, the most novel one.
        assert collected[step].step == step
        assert novel[collected[step].uid - step * COUNT] >= novel.max() - 1e-6
        archive.append(small[collected[step].uid])
        if step + 1 < STEPS:
            children = parents[(step + 1) * COUNT : (step + 2) * COUNT]
            breeding = np.unique(children[children != NOBODY]) - step * COUNT
            assert 2 <= len(breeding) <= BREEDERS
            assert (novel[breeding] >= np.sort(novel)[-BREEDERS] - 1e-6).all()
    assert records["archived"][0].tolist() == list(range(1, STEPS + 1))


def test_a_child_has_one_parent_or_two(evolved):
    run, _, _ = evolved
    bred = np.array(run.ancestry.parents)[COUNT:]
    alone = (bred[:, 1] == NOBODY).mean()
    # A quarter has one parent; so has a child that was to have two, of four, by chance the same.
    assert 0.2 < alone < 0.7
    assert (bred[:, 0] != bred[:, 1]).all()


def test_what_is_not_finite_does_not_breed():
    found = OpenEndedSearch(size=SIZE, way="novelty")
    run = found.start()[0]
    chooser = MostNovel(4, found.settings)
    images = jnp.stack([jnp.full((SIZE, SIZE, 3), value) for value in (np.nan, 0.0, 0.1, 1.0)])
    mean, most, archived = chooser.judge(run, Batch(np.arange(4), images))
    assert chooser.breeders.tolist() == chooser.collection == [3]
    assert 0.0 < mean < most <= 1.0
    assert archived == 1
    nothing = Batch(np.arange(4, 8), jnp.full_like(images, jnp.nan))
    assert np.isnan(chooser.judge(run, nothing)[:2]).all()
    assert chooser.collection == [3]

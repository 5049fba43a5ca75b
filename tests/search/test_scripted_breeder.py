"""The breeder chooses by what it says that it likes, publishes, and branches."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fer_jax
from fer_jax.search.ancestry import NOBODY
from fer_jax.search.descriptors import describe
from fer_jax.search.open_ended import OpenEndedSearch
from fer_jax.search.open_ended_run import Batch
from fer_jax.search.scripted_breeder import LEAST_CONTRAST, ScriptedBreeder, contrast, utility

SIZE, COUNT = 8, 15

values = st.sampled_from([0.0, 0.2, 0.5, 1.0]) | st.floats(0, 1)
pictures = st.lists(st.tuples(values, values, st.sampled_from([0.0, 0.04, 0.05, 0.3])), min_size=1)


def search(seeds=(0,), **given):
    return OpenEndedSearch(seeds, **{"size": SIZE, "way": "breeder", "session_steps": 5, **given})


@given(pictures, st.floats(0, 1))
def test_a_blank_picture_is_liked_less_than_any_other(pictures, weight):
    regularity, novelty, contrasts = np.array(pictures).T
    liked = utility(regularity, novelty, contrasts, weight)
    seen = contrasts >= LEAST_CONTRAST
    assert ((liked[seen] >= 0.0) & (liked[seen] <= 1.0 + 1e-12)).all()
    assert (liked[~seen] == contrasts[~seen] - LEAST_CONTRAST).all()
    # The unit of novelty does not matter.
    np.testing.assert_array_equal(utility(regularity, 2.0 * novelty, contrasts, weight), liked)


@given(pictures)
def test_the_ends_of_the_weight_are_one_liking_alone(pictures):
    regularity, novelty, _ = np.array(pictures).T
    contrasts = np.full(len(regularity), 0.3)
    by_regularity = utility(regularity, novelty, contrasts, 1.0)
    by_novelty = utility(regularity, novelty, contrasts, 0.0)
    rounded = np.round(regularity, 2)
    for liked, worth in ((by_regularity, rounded), (by_novelty, novelty)):
        order = worth[:, None] > worth
        np.testing.assert_array_equal(liked[:, None] > liked, order)
    both = utility(regularity, novelty, contrasts, 0.25)
    np.testing.assert_allclose(both, 0.25 * by_regularity + 0.75 * by_novelty)


def test_what_is_not_finite_is_liked_least():
    some = np.array([np.nan, 0.5, 0.5, 0.5])
    liked = utility(some, np.roll(some, 1), np.array([0.3, 0.3, 0.0, 0.3]), 0.5)
    assert liked.tolist() == [-1.0, -1.0, -LEAST_CONTRAST, 0.0]


def test_contrast_of_a_picture():
    noise = jnp.asarray(np.random.default_rng(0).random((2, 16, 16, 3), np.float32))
    expected = np.sqrt(np.var(np.asarray(noise), axis=(1, 2)).mean(axis=1))
    np.testing.assert_allclose(contrast(noise), expected, rtol=1e-5)
    steps = jnp.zeros((1, SIZE, SIZE, 3)).at[:, :, SIZE // 2 :].set(0.1)
    np.testing.assert_allclose(contrast(steps)[0], LEAST_CONTRAST, rtol=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_blank_pictures_are_not_chosen_where_another_is_there(weight):
    found = search()
    noise = np.random.default_rng(1).random((2, SIZE, SIZE, 3), np.float32)
    grey = np.full((COUNT, SIZE, SIZE, 3), 0.5, np.float32)
    faint = grey + np.linspace(0.0, 0.01, SIZE, dtype=np.float32)[:, None, None]
    run = found.start()[0]
    run.step = 4

    def judged(images):
        chooser = ScriptedBreeder(COUNT, found.settings, weight, session_steps=5, branching=1.0)
        chooser.judge(run, Batch(100 + np.arange(COUNT), jnp.asarray(images)))
        return chooser.chosen.tolist(), chooser.published

    two, one, none = grey.copy(), grey.copy(), grey.copy()
    two[3], two[9], one[7], none[6] = noise[0], noise[1], noise[0], faint[0]
    chosen, published = judged(two)
    assert set(chosen) == {103, 109}
    assert published == chosen[:1]
    assert judged(one) == ([107, 107], [107])
    # Nothing is there to be seen: what is nearest to a picture breeds, and nothing is published.
    assert judged(none) == ([106, 106], [])


def test_who_likes_regularity_chooses_it_and_who_likes_novelty_that():
    regular, novel = (
        search((0, 1, 2), session_steps=10, regularity_weight=weight) for weight in (1.0, 0.0)
    )
    (_, of_regular), (_, of_novel) = (one.advance(one.start(), 20) for one in (regular, novel))
    for name, more, less in (
        ("chosen_regularity", of_regular, of_novel),
        ("chosen_novelty", of_novel, of_regular),
    ):
        assert (more[name].mean(axis=1) > less[name].mean(axis=1) + 0.1).all()
        assert (more[name] <= 1.0).all()
        assert (less[name] >= 0.0).all()


def test_the_two_most_regular_breed_by_weight_one():
    steps = 10
    found = search((4,), regularity_weight=1.0, session_steps=steps)
    (run,), records = found.advance(found.start(), steps)
    images = fer_jax.render_population(run.ancestry.genomes_of(range(steps * COUNT)), SIZE)
    regular = np.asarray(describe(images, ["symmetry"]))[:, 0].reshape(steps, COUNT)
    regular = np.where(np.asarray(contrast(images)).reshape(steps, COUNT) > 0.05, regular, -1.0)
    parents = np.array(run.ancestry.parents).reshape(steps, COUNT, 2)
    for step in range(1, steps):
        breeding = np.unique(parents[step][parents[step] != NOBODY]) - (step - 1) * COUNT
        assert 1 <= len(breeding) <= 2
        worst = regular[step - 1][breeding].min()
        assert (regular[step - 1] > worst + 0.011).sum() < 2
    best = regular.max(axis=1)
    np.testing.assert_allclose(records["chosen_regularity"][0], best, atol=0.011)


@pytest.mark.parametrize("branching", [0.0, 0.5, 1.0])
def test_sessions_are_published_and_branch(branching):
    found = search((7,), branching=branching, session_steps=3)
    state, records = found.advance(found.start(), 32)
    (one,) = found.result(state, records)
    assert len(one.collection) == 10
    assert records["published"][0].tolist() == [(step + 1) // 3 for step in range(32)]
    assert [piece.step for piece in one.collection] == list(range(2, 32, 3))
    known = {NOBODY}
    for piece in one.collection:
        assert piece.branched_from in known
        known.add(piece.uid)
        line = one.ancestry.line(piece.uid)
        start = line.index(piece.branched_from) + 1 if piece.branched_from != NOBODY else 0
        # One genome of each generation of the session.
        born = [one.ancestry.born[uid] for uid in line[start:]]
        assert born == list(range(piece.step - 2, piece.step + 1))
    branched = sum(piece.branched_from != NOBODY for piece in one.collection)
    assert branched == {0.0: 0, 1.0: 9}.get(branching, branched)
    assert branching in (0.0, 1.0) or 0 < branched < 9

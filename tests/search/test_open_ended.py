"""The grid keeps what a plain loop over all children would, whatever the way, however it is cut."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

import fer_jax
from fer_jax.errors import ConfigError
from fer_jax.search.ancestry import NOBODY
from fer_jax.search.descriptors import describe
from fer_jax.search.open_ended import FORGET_EVERY, QUALITIES, RECORDS, WAYS, OpenEndedSearch
from tests.search.cut_runs import run, same

SIZE = 8


def search(seeds=(0,), **given):
    axes = {"descriptors": ("symmetry", "color"), "bins": (6, 5)}
    return OpenEndedSearch(seeds, **{"batch_size": 32, "size": SIZE, **axes, **given})


STEPS = FORGET_EVERY + 5


@pytest.fixture(scope="module", params=WAYS)
def whole(request):
    found = search((3, 5), way=request.param, session_steps=6)  # forgets amid a session
    state, records = run(found, STEPS)
    return found, state, records


def test_a_run_that_is_cut_ends_with_the_same_bytes(whole):
    found, state, records = whole
    again, logged = run(found, STEPS, cuts=(1, 9, FORGET_EVERY + 1))
    same(logged, records)
    same(found.arrays(again), found.arrays(state))


def test_a_seed_gives_the_same_alone_and_in_company(whole):
    found, state, records = whole
    alone = replace(found, seeds=(5,))
    again, logged = run(alone, STEPS)
    for name, values in logged.items():
        np.testing.assert_array_equal(values[0], records[name][1])
    other = whole[0].arrays(state)
    same(alone.arrays(again), {n: other[n.replace("0/", "1/", 1)] for n in alone.arrays(again)})
    assert not np.array_equal(records["accepted"][0], records["accepted"][1])


def test_every_elite_looks_as_its_cell_says_and_has_a_line(whole):
    found, state, records = whole
    for one in found.result(state, records):
        held = one.archive.elites()
        images = fer_jax.render_population(list(one.genomes), SIZE)
        described = np.asarray(describe(images, ["symmetry", "color"]), np.float64)
        np.testing.assert_allclose(described, held.descriptors, atol=1e-5)
        links = np.array([len(genome.links) for genome in one.genomes])
        np.testing.assert_allclose(held.fitness, 1.0 / (1.0 + links))
        kept = one.ancestry.genomes_of(held.uids.tolist())
        assert [genome.links for genome in kept] == [genome.links for genome in one.genomes]
        for uid in held.uids.tolist():
            line = one.ancestry.line(uid)
            assert one.ancestry.parents[line[0]] == (NOBODY, NOBODY)
            assert len(one.ancestry.genomes_of(line)) == len(line)
        for piece in one.collection:
            line = one.ancestry.line(piece.uid)
            assert one.ancestry.genomes_of(line)[-1] == piece.genome
            assert one.ancestry.born[piece.uid] == piece.step
        for name, values in one.records.items():
            np.testing.assert_array_equal(values, records[name][found.seeds.index(one.seed)])
    assert set(records) >= set(RECORDS)
    assert (np.diff(records["coverage"]) >= 0).all()
    assert (np.diff(records["qd_score"]) >= 0).all()


def test_every_way_has_its_own_number_of_children():
    assert {way: search(way=way, batch_size=None).offspring for way in WAYS} == dict(WAYS)
    assert "15 genomes a step" in search(way="breeder", batch_size=None).plan


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_plain_loop_over_all_children_keeps_the_same(quality):
    found = search(quality=quality)
    state, _ = found.advance(found.start(), 8)
    (one,) = state
    # Nobody has been forgotten yet.
    everybody = one.ancestry.genomes_of(range(8 * 32))
    images = fer_jax.render_population(everybody, SIZE)
    described = np.asarray(describe(images, ["symmetry", "color"]), np.float64)
    cells = np.minimum((described * [6, 5]).astype(int), [5, 4])
    kept = {}
    for uid, genome in enumerate(everybody):
        worth = 1.0 / (1.0 + len(genome.links)) if quality == "small" else uid // 32
        cell = tuple(cells[uid].tolist())
        if cell not in kept or worth > kept[cell][0]:
            kept[cell] = (worth, uid)
    held = one.archive.elites()
    expected = {int(np.ravel_multi_index(cell, (6, 5))): uid for cell, (_, uid) in kept.items()}
    assert dict(zip(held.cells.tolist(), held.uids.tolist(), strict=True)) == expected


def test_who_is_young_holds_the_cell_and_genomes_grow():
    small, new = (run(search(quality=quality), 30)[1] for quality in QUALITIES)
    assert new["mean_nodes"][0, -1] > small["mean_nodes"][0, -1] + 1


def test_quality_may_be_any_function_and_what_is_not_finite_is_nobody():
    def bright(images, features):
        means = images.mean(axis=(1, 2, 3))
        return jnp.where(means > 0.8, jnp.nan, means)

    found = search(quality=bright)
    state, records = found.advance(found.start(), 5)
    assert state[0].archive.elites().fitness.max() <= 0.8
    assert state[0].archive.rejected > 0
    assert records["best_quality"][0, -1] == state[0].archive.elites().fitness.max()


def test_what_is_impossible_is_said_in_one_line():
    with pytest.raises(ConfigError, match=r"no quality 'smal'; did you mean 'small'\?"):
        search(quality="smal")
    with pytest.raises(ConfigError, match=r"descriptor 'symetry'; did you mean 'symmetry'\?"):
        search(descriptors=("symetry", "color"))
    with pytest.raises(ConfigError, match="batch_size is 0"):
        search(batch_size=0)
    with pytest.raises(ConfigError, match=r"no way 'novel'; did you mean 'novelty'\?"):
        search(way="novel")
    for way in ("novelty", "breeder"):
        with pytest.raises(ConfigError, match="size is 12; expected a multiple of 8"):
            search(way=way, size=12)
    with pytest.raises(ConfigError, match=r"branching is -0.1; expected a number in \[0, 1\]"):
        search(way="breeder", branching=-0.1)
    with pytest.raises(ConfigError, match="regularity_weight is nan"):
        search(way="breeder", regularity_weight=float("nan"))
    with pytest.raises(ConfigError, match="session_steps is 0; expected at least 1"):
        search(way="breeder", session_steps=0)
    with pytest.raises(ConfigError, match="there is no seed"):
        search(())
    with pytest.raises(ConfigError, match="checkpoint is of other seeds"):
        search((1,)).restore(search((2,)).arrays(search((2,)).start()))


def test_a_checkpoint_of_another_way_is_refused():
    for way in WAYS:
        for other in set(WAYS) - {way}:
            found = search(way=other)
            arrays = found.arrays(found.start())
            with pytest.raises(ConfigError, match="checkpoint is of another way; expected one of"):
                search(way=way).restore(arrays)

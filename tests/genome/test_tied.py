"""Networks to be trained hold what they promise, whatever training makes of their weights."""

import itertools

import numpy as np
import pytest

from fer_jax.cppn.flat_params import unflatten
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import feature_maps
from fer_jax.errors import GenomeError
from fer_jax.genome.dials import LEVELS
from fer_jax.genome.dials.tied import TIED_KINDS, tied_network, tied_regions, tied_target

SIZE = 32
KINDS = sorted(TIED_KINDS)


def after_training(network):
    """Any weights that training may lead to; large ones, which magnify rounding errors."""
    random = np.random.default_rng(7)
    moved = network.initial_params + random.normal(size=len(network.initial_params))
    return Cppn.from_flat(network.arch, np.where(network.trainable, moved, network.initial_params))


def group_maps(network):
    """Of each group, the maps of its units in both layers, `(size, size, units)`."""
    maps = feature_maps(after_training(network), SIZE)[3:5]
    return [
        np.concatenate([layer[..., list(own)] for layer in maps], axis=-1) for own in network.units
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_tied_units_are_their_own_mirror_images_and_others_draw_one_half(level):
    network = tied_network("fold", 0, level, seed=1)
    tied = []
    for group, maps in zip(network.groups, group_maps(network), strict=True):
        one, other = group.cells
        tied.append(one.thing == other.thing)
        assert np.abs(maps).max(axis=(0, 1)).min() > 0.01
        if tied[-1]:
            np.testing.assert_allclose(maps, maps[:, ::-1], atol=5e-6)
        else:
            assert one.side == other.side
            half = maps[:, SIZE // 2 :] if one.side == 0 else maps[:, : SIZE // 2]
            assert (half == 0).all()
    assert 1.0 - np.mean(tied) == level


@pytest.mark.parametrize("level", LEVELS)
def test_dedicated_units_vanish_outside_of_their_thing(level):
    network = tied_network("concepts", 1, level, seed=0)
    labels, _ = tied_regions("concepts", 1, SIZE)
    shares = []
    for group, maps in zip(network.groups, group_maps(network), strict=True):
        things = {cell.thing for cell in group.cells}
        active = np.abs(maps).max(axis=-1) > 0
        assert set(np.unique(labels[active])) <= {1 + thing for thing in things}
        # Whoever draws two things does so with each of its units.
        for thing in things:
            assert (np.abs(maps[labels == 1 + thing]).max(axis=0) > 0).all()
        shares.append(len(things) == 2)
    assert np.mean(shares) == level


@pytest.mark.parametrize("kind", KINDS)
def test_a_dial_changes_neither_size_nor_fan_in_nor_how_many_draw_a_cell(kind):
    seen = set()
    for level, seed in itertools.product(LEVELS, range(3)):
        network = tied_network(kind, 2, level, seed)
        moves = network.trainable.astype(np.float32)
        links = unflatten(network.arch, np.maximum(moves, network.initial_params != 0))
        fan_in = [tuple(sorted(kernel.sum(axis=0))) for kernel in links]
        moving = [tuple(sorted(k.sum(axis=0))) for k in unflatten(network.arch, moves)]
        cells = sorted(cell for group in network.groups for cell in group.cells)
        drawn_by = tuple(sorted(cells.count(cell) for cell in set(cells)))
        seen.add((network.arch, tuple(fan_in), tuple(moving), drawn_by))
        # A hidden unit that moves reads as many as every other one of its layer.
        for kernel in unflatten(network.arch, moves)[2:4]:
            assert len(set(kernel.sum(axis=0)) - {0}) == 1
    assert len(seen) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_is_repeated_and_seeds_differ(kind):
    first, again, other = (tied_network(kind, 0, 0.5, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.initial_params, again.initial_params)
    assert not np.array_equal(first.initial_params, other.initial_params)


@pytest.mark.parametrize(("kind", "picture"), list(itertools.product(KINDS, range(6))))
def test_pictures_are_not_clipped_and_their_parts_lie_apart(kind, picture):
    drawn = TIED_KINDS[kind].picture(picture)
    outputs = drawn.outputs(48)
    assert outputs.min() > 0.1
    assert outputs.max() < 0.9
    assert outputs.std(axis=(0, 1)).max() > 0.03
    labels, concepts = tied_regions(kind, picture, 48)
    assert (outputs[labels == 0] == outputs[0, 0]).all()
    fold = kind == "fold"
    of = [2 * cell.thing + cell.side if fold else cell.thing for cell in drawn.across]
    held = [np.zeros((48, 48), dtype=int) for _ in concepts]
    for part, cell in zip(of, drawn.across, strict=True):
        held[part] |= drawn.holds(cell, 48)
    assert sum(held).max() == 1
    if kind == "fold":
        image = tied_target(kind, picture, 48)
        np.testing.assert_allclose(image, image[:, ::-1], atol=1e-5)


def test_it_knows_its_kinds_and_levels():
    with pytest.raises(GenomeError, match="did you mean 'fold'"):
        tied_network("folds", 0, 0.0, 0)
    with pytest.raises(GenomeError, match=r"level is 0\.3"):
        tied_network("fold", 0, 0.3, 0)

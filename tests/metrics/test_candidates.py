"""Candidates and further baselines: against their definitions, and where the answer is known."""

import functools
import itertools

import jax
import numpy as np
import pytest
from scipy.stats import ortho_group

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.metrics import effect_grouping, interaction
from fer_jax.metrics.effect_maps import GRID
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.live import carriers
from fer_jax.metrics.sampling import sampled
from fer_jax.metrics.scoring import measure
from fer_jax.metrics.symmetry import find_mirrors
from fer_jax.metrics.view import View
from tests import numpy_cppn
from tests.metrics import slow
from tests.metrics.models import genome, passed_on, picked, random_cppn, two_eyes

SIZE = 12
LABELS = np.zeros((SIZE, SIZE), int)
LABELS[2:7, 1:4], LABELS[2:7, 8:11], LABELS[8:10, 1:5], LABELS[8:10, 7:11] = 1, 2, 3, 4
REGIONS = (LABELS, (0, 0, 1, 1))
SEEN = picked(LABELS)
PAIRS = [(SEEN == 1, SEEN == 2), (SEEN == 3, SEEN == 4)]
CONCEPTS = [SEEN == 0, (SEEN == 1) | (SEEN == 2), SEEN > 2]


def mirrored_network():
    """Random weights, hardly any from x: the picture is nearly its own mirror image."""
    network = random_cppn("2/gaussian:4/sin:3", 1)
    kernels = [1.5 * kernel for kernel in network.kernels]
    kernels[0][0] *= 0.1
    return Cppn.from_flat(network.arch, np.concatenate([kernel.ravel() for kernel in kernels]))


MODELS = {
    "shared": two_eyes(shared=True),
    "split": two_eyes(shared=False),
    "passed on": passed_on(),
    "dense": mirrored_network(),
}


@functools.cache
def jacobian_of(name, size):
    return slow.jacobian(MODELS[name], size)


def value(model, metric, size=SIZE, regions=REGIONS):
    (reading,) = measure(model, [metric], size=size, regions=regions)
    assert not reading.reason, reading.reason
    return reading.value


@pytest.mark.parametrize("name", MODELS)
def test_those_of_effects(name):
    model, large, small = MODELS[name], jacobian_of(name, SIZE), jacobian_of(name, GRID)
    view, looked_at = View(model, SIZE, REGIONS), jacobian_of(name, LOOKED_AT)
    carrier = carriers(model.params, model.program.wiring)
    part = slow.participation(large, model.params, carrier)
    sideways = {1: small, 0: np.swapaxes(small, 0, 1)}
    broken = [
        (slow.symmetry_break(sideways[mirror.axis], part, mirror.correlation), weight)
        for mirror, weight in find_mirrors(view.image)
    ]
    shares, weights = zip(*broken, strict=True)
    expected = {
        "locality": slow.locality(small, part),
        "symmetry_break": np.average(shares, weights=weights),
        "part_sharing": slow.part_sharing(looked_at, view.live, PAIRS),
        "dci": slow.dci(looked_at, model.params, carrier, CONCEPTS),
    }
    for metric, number in expected.items():
        assert value(model, metric) == pytest.approx(number, abs=3e-3), metric


@pytest.mark.parametrize("name", ["split", "dense"])
def test_interaction(name, monkeypatch):
    monkeypatch.setattr(interaction, "SAMPLE", 40)
    model, jacobian = MODELS[name], jacobian_of(name, GRID)
    view = View(model, SIZE, seed=6)
    rms = np.sqrt(np.mean(jacobian**2, axis=(0, 1, 2)))
    drawn = sampled(view, interaction.SAMPLE, 1, np.random.default_rng(6))[0]
    pairs = drawn[interaction.sampled_pairs(6)]
    # Of a few parameters some are drawn twice, and meet themselves.
    assert (pairs[:, 0] == pairs[:, 1]).any() == (name == "split")
    pairs = [(int(one), int(other)) for one, other in pairs if one != other]
    expected = slow.interaction(model, pairs, rms, interaction.GRID)
    assert interaction.interaction(view) == pytest.approx(expected, rel=0.01)


def test_effect_grouping(monkeypatch):
    monkeypatch.setattr(effect_grouping, "LINES", 2)
    monkeypatch.setattr(effect_grouping, "TURNS", 2)
    model, rng = MODELS["dense"], np.random.default_rng(3)
    view = View(model, SIZE, seed=3)
    effects = jacobian_of("dense", GRID).reshape(-1, len(model.params)).T
    drawn = sampled(view, 2 * 27, 2, rng)
    turns = ortho_group.rvs(27, 2, random_state=rng)
    readings = []
    for line, turn in zip(drawn, turns, strict=True):
        for places in (line[::2], line[1::2]):
            assert len(set(places)) == 27
            grown = effects[places] * np.sign(model.params[places])[:, None]
            unit = grown / np.linalg.norm(grown, axis=1, keepdims=True)
            readings.append(slow.silhouette(unit) - slow.silhouette(turn @ unit))
    found = effect_grouping.effect_grouping(view)
    assert found == pytest.approx(np.mean(readings), abs=5e-3)


def test_reuse():
    scene = View(MODELS["dense"], SIZE, REGIONS).small_scene
    pairs = [*zip(scene.ones, scene.others, strict=True)]
    expected = slow.reuse(MODELS["dense"], pairs, GRID)
    found = value(MODELS["dense"], "reuse")
    assert found == pytest.approx(expected, abs=3e-3)


def test_depth_and_density():
    model = MODELS["split"]
    assert value(model, "depth") == pytest.approx(slow.depth(model, SIZE), rel=1e-3)
    part = View(model, SIZE).participation
    into = {}
    for link, taken in zip(model.links, part, strict=True):
        into.setdefault(link.target, []).append(taken)
    expected = part.sum() / sum(max(each) for each in into.values())
    assert value(model, "weight_density") == pytest.approx(expected, rel=1e-6)


def clone_genome(second, *more):
    """sin(2x), and a second unit that computes the same."""
    links = [("x", "u", 2.0), *second, ("u", "brightness", 0.2), ("v", "brightness", 0.3)]
    return genome({"p": "identity", "q": "identity", "u": "sin", "v": "sin"}, [*links, *more])


APART = [("p", "v", 1.0), ("q", "v", 1.0)]
TWO_SOURCES = [("x", "p", 1.0), ("y", "p", 1.0), ("x", "q", 1.0), ("y", "q", -1.0)]


def test_clones_compute_the_same_from_other_sources():
    # x + y and x - y, together 2x: two of five units.
    assert value(clone_genome(APART, *TWO_SOURCES), "clones") == pytest.approx(0.4, abs=0.01)
    twice = clone_genome([("x", "v", -2.0)], *TWO_SOURCES)
    assert value(twice, "clones") == pytest.approx(0.0, abs=1e-3)


def test_what_hands_on_a_map_is_no_clone():
    links = [("x", "a", 2.0), ("y", "b", 1.0), ("a", "c", 0.05), ("c", "brightness", 5.0)]
    model = genome(dict.fromkeys("abc", "sin"), [*links, ("b", "brightness", 0.3)])
    assert value(model, "clones") == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("gain", [0.2, 1.0])
def test_clones(gain):
    network = random_cppn("2/gaussian:3/sin:3", 2, gain)
    view = View(network, SIZE)
    inputs = numpy_cppn.pixel_inputs(SIZE)
    layers = numpy_cppn.dense_layers(network.arch, network.flat_params, inputs)
    maps = [layer[..., unit] for layer in layers for unit in range(layer.shape[-1])]
    links, first = [], 0
    for kernel in network.kernels:
        links += [[(first + s, w) for s, w in enumerate(column)] for column in kernel.T]
        first += len(kernel)
    expected = slow.clones(maps, links, np.concatenate(view.live_units))
    assert value(network, "clones") == pytest.approx(expected, abs=2e-3)


def grey(*links, **hidden):
    return genome(hidden, [("bias", "brightness", 0.5), *links])


def test_a_chain_of_sines_is_two_deep_and_a_way_past_it_less():
    chain = [("x", "a", 1.0), ("a", "b", 1.0), ("b", "brightness", 0.3)]
    model = genome({"a": "sin", "b": "sin"}, chain)
    assert value(model, "depth") == pytest.approx(2.0)
    assert value(model, "weight_density") == pytest.approx(1.0, abs=0.01)
    x = np.linspace(-1, 1, SIZE)
    carried = 0.3 * np.sqrt(np.mean(np.sin(np.sin(x)) ** 2))
    past = 0.2 * np.sqrt(np.mean(x**2))
    short = genome({"a": "sin", "b": "sin"}, [*chain, ("x", "brightness", 0.2)])
    assert value(short, "depth") == pytest.approx(2.0 * carried / (carried + past), rel=1e-4)
    assert value(grey(("x", "brightness", 0.2)), "depth") == 0.0
    assert value(grey(("x", "brightness", 0.2)), "weight_density") == pytest.approx(2.0, abs=0.01)


def test_what_moves_all_pixels_alike_reaches_all_and_a_ramp_its_ends():
    assert value(grey(), "locality") == pytest.approx(0.8, abs=1e-3)
    ramp = value(genome({}, [("x", "brightness", 0.3)]), "locality", regions=None)
    # The corner of the colour map in the middle hardly moves.
    assert ramp == pytest.approx(1.0 - 0.2 ** (1 / 3), abs=0.02)


def test_disentangled_parameters_move_one_concept_each():
    halves = np.kron([[1, 2]], np.ones((SIZE, SIZE // 2), int))
    one_each = genome(
        {"a": "relu", "b": "relu"},
        [("x", "a", 1.0), ("x", "b", -1.0), ("a", "brightness", 0.5), ("b", "brightness", 0.5)],
    )
    assert value(one_each, "dci", regions=(halves, (0, 1))) > 0.8
    assert value(grey(), "dci", regions=(halves, (0, 1))) == pytest.approx(0.0, abs=1e-3)


def test_even_effects_break_no_mirror():
    even = [("x", "a", 1.0), ("a", "brightness", 0.2), ("y", "brightness", 0.1)]
    assert value(grey(*even, a="gaussian"), "symmetry_break") == pytest.approx(0.0, abs=0.01)
    # Of five weights, one moves the picture by an odd function of x.
    model = grey(*even, ("x", "brightness", 0.02), a="gaussian")
    taken, ((mirror, _),) = View(model, SIZE).participation, find_mirrors(render(model, SIZE))
    own = (1.0 - mirror.correlation) / 2.0
    expected = (taken[-1] / taken.sum() - own) / (0.5 - own)
    assert value(model, "symmetry_break") == pytest.approx(expected, abs=0.01)
    assert expected > 0.3


def test_one_mechanism_draws_both_copies_or_each_its_own():
    shared, split = MODELS["shared"], MODELS["split"]
    for name in ("part_sharing", "reuse"):
        assert value(shared, name) == pytest.approx(1.0, abs=0.02), name
        assert value(split, name) < 0.8, name
    left, right = ([("x", side, 1.0), (side, "brightness", 0.5)] for side in "lr")
    sides = genome(dict.fromkeys("lr", "relu"), [*left, ("x", "r", -1.0), right[1]])
    # All of a side is drawn by the same two weights, and nothing of the other.
    assert value(sides, "part_sharing") < 0.05


def waves(count):
    """Units that each do something of their own, and add up."""
    links = [("bias", "brightness", 0.5)]
    for k in range(count):
        links += [("x", f"{k}", 1.0 + k), ("y", f"{k}", 2.0 - k), (f"{k}", "brightness", 0.02)]
    return genome({f"{k}": "sin" for k in range(count)}, links)


def test_what_adds_up_does_not_interact():
    # The three links of one wave do, which are 2 of the 24 others that a link is paired with.
    assert value(waves(8), "interaction") < 2 / 24
    links = [
        ("bias", "brightness", 0.5),
        ("a", "b", 2.0),
        ("b", "c", 2.0),
        ("c", "brightness", 0.4),
    ]
    links += [("y", "b", 0.3)]
    links += [(source, "a", weight) for source, weight in (("x", 1.0), ("y", 0.5), ("d", 0.7))]
    chain = genome({"a": "sin", "b": "sin", "c": "sin"}, [*links, ("bias", "a", 0.3)])
    assert value(chain, "interaction") > 0.15


def test_chains_are_groups_and_a_network_mixed_at_random_has_fewer():
    links = []
    for source in ("x", "y", "d"):
        nodes = [source, *(f"{source}{k}" for k in range(9)), "brightness"]
        links += [(one, two, 0.9) for one, two in itertools.pairwise(nodes)]
    links[-1] = ("d8", "brightness", 1.5)
    hidden = {node: "identity" for link in links for node in link[:2] if node[1:].isdigit()}
    three = genome(hidden, [*links, ("bias", "brightness", 0.5)])
    grouped = value(three, "effect_grouping")
    # 1, less what is left of groups where 27 directions in three dimensions are mixed.
    assert grouped > 0.3
    assert value(MODELS["dense"], "effect_grouping") < grouped


def test_absent_weights_are_never_drawn_and_others_as_often_as_they_take_part():
    model = MODELS["dense"]
    absent = np.arange(0, len(model.params), 3)
    weights = model.params.copy()
    weights[absent] = 0.0
    view = View(Cppn.from_flat(model.arch, weights), SIZE)
    drawn = sampled(view, 50, 200, np.random.default_rng(0))
    assert not np.isin(drawn, absent).any()
    often = np.bincount(drawn.ravel(), minlength=len(weights)) / drawn.size
    assert often == pytest.approx(view.participation / view.participation.sum(), abs=0.004)


def test_another_key_draws_another_sample():
    model = MODELS["dense"]
    for name in ("interaction", "effect_grouping"):
        one, same, other = (
            measure(model, [name], size=SIZE, key=key)[0].value
            for key in (None, jax.random.key(0), jax.random.key(1))
        )
        assert one == same != other
        assert other == pytest.approx(one, abs=0.1)


FLAT = Cppn.from_flat("relu:4x2", np.zeros(44))


@pytest.mark.parametrize(
    ("metric", "model", "told"),
    [
        ("weight_density", FLAT, "no link takes part"),
        ("depth", FLAT, "no output moves the picture"),
        ("dci", FLAT, "no link moves the picture"),
        ("locality", FLAT, "no parameter takes part"),
        ("symmetry_break", FLAT, "the picture is constant"),
        ("interaction", FLAT, "0.0 parameters take part; 8 are needed"),
        ("effect_grouping", MODELS["split"], "parameters take part; 27 are needed"),
        ("part_sharing", FLAT, "no link moves what"),
        ("reuse", FLAT, "no unit matters"),
        ("clones", FLAT, "0.0 units take part; 2 are needed"),
        ("part_sharing", grey(), "any two regions share 1.00"),
    ],
)
def test_undefined(metric, model, told):
    (reading,) = measure(model, [metric], size=SIZE, regions=REGIONS)
    assert told in reading.reason


def test_what_is_not_there_twice_has_no_copies():
    for regions, told in (
        ((LABELS, (0, 1, 2, 3)), "nothing twice"),
        ((np.minimum(LABELS, 2), (0, 0)), "one thing twice"),
    ):
        (reading,) = measure(MODELS["split"], ["part_sharing"], size=SIZE, regions=regions)
        assert told in reading.reason
    (reading,) = measure(MODELS["split"], ["dci"], size=SIZE, regions=(LABELS * 0 + 1, (0,)))
    assert "of one piece" in reading.reason


def test_three_copies_are_not_paired_wrongly_with_each_other():
    labels = LABELS.copy()
    labels[0, :4] = 5
    model = MODELS["dense"]
    found = value(model, "part_sharing", regions=(labels, (0, 0, 1, 1, 1)))
    jacobian, live = jacobian_of("dense", LOOKED_AT), View(model, SIZE).live
    three = [picked(labels) == label for label in (3, 4, 5)]
    pairs = [PAIRS[0], (three[0], three[1]), (three[0], three[2]), (three[1], three[2])]
    energies = {
        (k, side): live * np.sum(jacobian[pairs[k][side]] ** 2, axis=(0, 1)) / pairs[k][side].sum()
        for k in range(4)
        for side in (0, 1)
    }

    def shared(which):
        both = [(energies[k, 0], energies[m, 1]) for k, m in which]
        return 2 * sum(np.minimum(*e).sum() for e in both) / sum(np.sum(e) for e in both)

    s = shared([(k, k) for k in range(4)])
    b = shared([(k, m) for k in range(4) for m in range(4) if (k == 0) != (m == 0)])
    assert found == pytest.approx((s - b) / (1 - b), abs=3e-3)

"""Each metric against its definition, written out slowly; and on cases whose answer is known."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import feature_maps, render
from fer_jax.metrics import registry
from fer_jax.metrics.behavioural_dimension import GRID
from fer_jax.metrics.effective_rank import effective_rank
from fer_jax.metrics.high_frequency import high_frequency
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.jacobian_norm import jacobian_norm
from fer_jax.metrics.live import carriers, live_weights
from fer_jax.metrics.live_parameters import live_parameters
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.rounded import draw_rounded
from fer_jax.metrics.scoring import measure, score
from fer_jax.metrics.symmetry import find_mirrors
from fer_jax.metrics.view import View
from tests.metrics import slow
from tests.metrics.models import genome, passed_on, picked, random_cppn, two_eyes

SIZE = 12


def value(model, metric, size=SIZE):
    (reading, *_) = measure(model, [metric], size=size)
    return reading.value


def mirrored_network():
    """Random weights, none from x: the picture is its own left-right mirror image."""
    network = random_cppn("1/gaussian:4/sin:3")
    kernels = [kernel.copy() for kernel in network.kernels]
    kernels[0][0] = 0.0
    kernels[0] *= 1.5
    return Cppn.from_flat(network.arch, np.concatenate([kernel.ravel() for kernel in kernels]))


MODELS = {
    "shared": two_eyes(shared=True),
    "split": two_eyes(shared=False),
    "passed on": passed_on(),
    "dense": mirrored_network(),
}


@pytest.fixture(params=MODELS, scope="module")
def model(request):
    return MODELS[request.param]


def live_of(model):
    return live_weights(model.params, model.program.wiring)


def test_mirror_sharing(model):
    jacobian, live = slow.jacobian(model, SIZE), live_of(model)
    sideways = {1: jacobian, 0: np.swapaxes(jacobian, 0, 1)}
    mirrors = find_mirrors(render(model, SIZE))
    expected = np.average(
        [slow.mirror_sharing(sideways[mirror.axis], live) for mirror, _ in mirrors],
        weights=[weight for _, weight in mirrors],
    )
    assert value(model, "mirror_sharing") == pytest.approx(expected, abs=2e-3)


def test_behavioural_dimension(model):
    expected = slow.behavioural_dimension(slow.jacobian(model, GRID), live_of(model))
    assert value(model, "behavioural_dimension") == pytest.approx(expected, abs=2e-3)


LABELS = np.zeros((SIZE, SIZE), int)
LABELS[2:7, 1:4], LABELS[2:7, 8:11], LABELS[8:10, 3:6], LABELS[8:10, 6:9] = 1, 2, 3, 4
CONCEPTS = (0, 0, 1, 1)


def test_one_sidedness_and_spread(model):
    regions = (LABELS, CONCEPTS)
    readings = measure(model, ["one_sidedness", "spread"], size=SIZE, regions=regions)
    found = {reading.metric: reading.value for reading in readings}
    links = slow.collapsed(model)
    jacobian, seen = slow.jacobian(links, LOOKED_AT), picked(LABELS)
    carrier = carriers(links.params, links.program.wiring)
    one, two, three, four = copies = [part == seen for part in (1, 2, 3, 4)]
    part = slow.participation(jacobian, links.params, carrier, copies)
    assert found["one_sidedness"] == pytest.approx(
        slow.one_sidedness(jacobian, part, [(one, two), (three, four)], ~np.eye(2, dtype=bool)),
        abs=5e-3,
    )
    part = slow.participation(jacobian, links.params, carrier)
    masks = [seen == 0, one | two, three | four]
    assert found["spread"] == pytest.approx(slow.spread(jacobian, part, masks), abs=2e-3)


def test_one_mechanism_for_both_eyes_is_not_one_sided_and_one_for_each_is():
    def readings(model):
        return {r.metric: r.value for r in measure(model, ["one_sidedness"], size=32)}

    shared, split = (readings(MODELS[name])["one_sidedness"] for name in ("shared", "split"))
    assert shared < 0.05
    assert split > 0.4


def test_copies_with_no_more_in_common_than_other_regions_read_one():
    """Each half is drawn by a ReLU of its own."""
    links = [("x", "left", -1.0), ("x", "right", 1.0)]
    links += [(side, "brightness", 0.5) for side in ("left", "right")]
    halves = genome({"left": "relu", "right": "relu"}, links)
    quarters = np.repeat(np.repeat([[1, 2], [3, 4]], 8, axis=0), 8, axis=1)

    def reading(concepts):
        (found,) = measure(halves, ["one_sidedness"], size=16, regions=(quarters, concepts))
        return found

    # Copies across the middle, as all wrong pairs are; above each other; and across, with wrong
    # pairs above each other.
    assert reading((0, 0, 1, 1)).value == pytest.approx(1.0, abs=0.01)
    assert reading((0, 1, 0, 1)).value < 0.01
    assert "copies cannot stand out" in reading((0, 1, 1, 0)).reason


def test_what_spreads_over_all_and_what_stays_in_one_part():
    everywhere = genome({}, [("bias", "brightness", 0.5)])
    in_one = genome({"dot": "relu"}, [("x", "dot", 1.0), ("dot", "brightness", 0.5)])
    halves = np.repeat([[1, 2]], 6, axis=1) * np.ones((12, 1), int)
    regions = (halves.reshape(12, 12), (0, 1))
    wide, narrow = (
        measure(m, ["spread"], size=12, regions=regions)[0].value for m in (everywhere, in_one)
    )
    assert wide == pytest.approx(1.0, abs=1e-3)
    # The corner of the ReLU is rounded, so that a little comes over.
    assert narrow < 0.1


def test_baselines_of_known_maps():
    rng = np.random.default_rng(0)
    fine = SimpleNamespace(
        size=32,
        maps=[None, rng.normal(size=(32, 32, 4)).astype(np.float32)],
        live_units=[np.ones(4)],
    )
    # White noise: the share of the plane of frequencies beyond a quarter of the highest.
    assert high_frequency(fine) == pytest.approx(1 - np.pi * 0.25**2 / 4, abs=0.03)
    assert effective_rank(fine) == pytest.approx(1.0, abs=0.02)
    one = np.repeat(fine.maps[1][..., :1], 4, axis=-1)
    same = SimpleNamespace(size=32, maps=[None, one], live_units=fine.live_units)
    assert effective_rank(same) == pytest.approx(0.25, abs=0.01)
    view = View(genome({}, [("x", "brightness", 0.2), ("bias", "brightness", 0.5)]), 16)
    # Grey: all three channels are the brightness, and its slopes are x and 1.
    x = np.linspace(-1, 1, 16)
    assert jacobian_norm(view) == pytest.approx(np.sqrt(np.mean(x**2) + 1), rel=0.03)
    assert live_parameters(view) == pytest.approx(2.0, abs=0.01)


def test_total_variation():
    model = MODELS["split"]
    maps = feature_maps(model, SIZE)[1:]
    # Hue and saturation have no links, so they are constant.
    counted = [np.ones(layer.shape[-1]) for layer in maps[:-1]] + [np.array([0, 0, 1])]
    expected = slow.total_variation(maps, counted)
    assert value(model, "total_variation") == pytest.approx(expected, rel=1e-4)


def test_the_steepness_of_a_ramp_is_the_root_of_three():
    ramp = genome({"ramp": "identity"}, [("x", "ramp", 0.7), ("ramp", "brightness", 0.5)])
    readings = measure(ramp, ["total_variation"], size=256)
    assert readings[0].value == pytest.approx(3**0.5, rel=0.01)
    assert [reading.layer for reading in readings] == [None, 1, 2]


def test_rounded_corners_change_the_picture_little_and_only_there():
    outputs = jnp.asarray(np.random.default_rng(0).normal(size=(500, 3)), jnp.float32)
    same = SimpleNamespace(layers=lambda params, inputs, activations: [inputs])
    soft, sharp = draw_rounded(same, jnp.zeros(0), outputs), outputs_to_rgb(outputs)
    far = np.abs(np.asarray(outputs)[:, 1:, None] - [-1.0, 0.0, 1.0]).min(axis=(1, 2)) > 0.1
    assert np.abs(soft - sharp).max() < 0.04
    assert np.median(np.abs(soft - sharp)[far]) < 1e-3


def test_one_mechanism_for_both_halves_against_one_for_each():
    shared, split = MODELS["shared"], MODELS["split"]
    assert value(shared, "mirror_sharing", 48) > 0.95
    assert value(split, "mirror_sharing", 48) < 0.6
    assert value(shared, "fracture", 48) < 0.05


def test_low_gain_does_not_pass_for_unity():
    """A network that hardly bends moves all pixels alike; uncalibrated it would read 1."""
    arch = "12/cache:15/gaussian:4/identity:2/sin:1"
    sharing = [measure(random_cppn(arch, seed, 0.5), ["mirror_sharing"])[0] for seed in range(3)]
    assert all(r.reason or r.value < 0.6 for r in sharing)


def test_still_pixels_are_those_that_the_colour_map_clips():
    half = genome({}, [("x", "brightness", 2.0)])
    assert value(half, "still_pixels", 101) == pytest.approx(50 / 101, abs=0.02)
    image = render(half, 101)
    assert value(half, "still_pixels", 101) == pytest.approx(np.mean(image[..., 0] >= 1), abs=0.02)
    colourful = genome({}, [("x", "brightness", 2.0), ("bias", "saturation", 0.5)])
    assert value(colourful, "still_pixels") == 0.0


def test_headlines_are_what_they_stand_for():
    scores = score(MODELS["split"], size=SIZE, regions=(LABELS, CONCEPTS))
    assert scores["fracture"] == scores["one_sidedness"]
    assert scores["entanglement"] == scores["spread"]
    for headline, name in (("fracture", "one_sidedness"), ("entanglement", "spread")):
        assert METRICS[headline] == replace(METRICS[name], name=headline, version="3")
    # Frozen together: who changes a definition changes the headline's version with it.
    versions = {name: METRICS[name].version for name in ("one_sidedness", "spread")}
    assert versions == {"one_sidedness": "4", "spread": "4"}
    assert (METRICS["fracture"].version, METRICS["entanglement"].version) == ("3", "3")


WORSE = {
    **dict.fromkeys(("fracture", "one_sidedness", "clones"), "higher"),
    **dict.fromkeys(("entanglement", "spread", "behavioural_dimension", "locality"), "higher"),
    **dict.fromkeys(("interaction", "symmetry_break"), "higher"),
    **dict.fromkeys(("mirror_sharing", "part_sharing", "reuse", "effect_grouping"), "lower"),
    **dict.fromkeys(("total_variation", "high_frequency", "effective_rank"), "neither"),
    **dict.fromkeys(("jacobian_norm", "live_parameters", "weight_density", "depth"), "neither"),
    **{"dci": "lower", "still_pixels": "neither"},
}
"""Frozen with the definitions: every verdict of the bench reads in this direction."""


def test_every_metric_is_registered_and_computed():
    modules = [path.read_text() for path in Path(registry.__file__).parent.glob("*.py")]
    defined = sum("\nMETRIC = Metric(" in text for text in modules)
    assert len(METRICS) == defined + len(("fracture", "entanglement"))
    assert all(name == metric.name for name, metric in METRICS.items())
    assert {name: metric.worse for name, metric in METRICS.items()} == WORSE
    readings = measure(MODELS["dense"], size=SIZE, regions=(LABELS, CONCEPTS))
    assert {(r.metric, r.version) for r in readings} == {
        (m.name, m.version) for m in METRICS.values()
    }


def test_what_the_target_shows_counts_where_the_model_draws_it():
    model = MODELS["shared"]
    image = render(model, 64)
    plain = value(model, "one_sidedness", 24)
    (with_target,) = measure(model, ["one_sidedness"], size=24, target=render(model, 100))
    assert with_target.value == pytest.approx(plain, abs=0.02)
    # With another eye, the target is no mirror image of itself any more, and shows one thing twice.
    other = image.copy()
    other[20:28, 4:12] = image[0, 0]
    (seen,) = measure(model, ["one_sidedness"], size=24, target=other)
    assert seen != with_target
    # Something else altogether is not what the model draws.
    (not_drawn,) = measure(model, ["one_sidedness"], size=24, target=1.0 - image)
    assert not_drawn.value == plain

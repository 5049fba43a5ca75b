"""Where a metric has no value it says NaN and why; bad requests are told in one line."""

import numpy as np
import pytest

from fer_jax.cppn.network import Cppn
from fer_jax.errors import MetricError
from fer_jax.metrics.live import live_weights
from fer_jax.metrics.reading import Reading, Undefined
from fer_jax.metrics.scoring import measure, score
from fer_jax.metrics.symmetry import find_mirrors
from tests.metrics.models import genome, random_cppn, two_eyes


def reasons(model, size=16):
    return {r.metric: r.reason for r in measure(model, size=size) if np.isnan(r.value)}


def test_a_constant_picture():
    told = reasons(Cppn.from_flat("relu:4x2", np.zeros(44)))
    assert told["fracture"] == told["mirror_sharing"] == "the picture is constant"
    assert told["behavioural_dimension"].startswith("0.0 parameters take part")
    assert "no unit" in told["total_variation"]


def test_a_picture_without_symmetry():
    told = reasons(
        genome(
            {}, [("x", "brightness", 0.2), ("y", "brightness", 0.2), ("bias", "brightness", 0.5)]
        )
    )
    assert "no mirror symmetry" in told["mirror_sharing"]
    assert "parameters take part; 8 are needed" in told["behavioural_dimension"]


def test_a_picture_that_shows_nothing_twice_or_one_thing_only():
    eyes, labels = two_eyes(shared=True), np.repeat([[0, 1, 2, 0]], 4, axis=0)
    for concepts, told in (((0, 1), "nothing twice"), ((0, 0), "one thing twice")):
        (reading,) = measure(eyes, ["fracture"], size=8, regions=(labels, concepts))
        assert told in reading.reason
    (reading,) = measure(eyes, ["entanglement"], size=8, regions=(labels * 0, ()))
    assert "of one piece" in reading.reason


def test_a_picture_that_is_not_finite():
    network = random_cppn("relu:4x2")
    broken = Cppn.from_flat(network.arch, np.where(network.flat_params > 0, np.nan, 1.0))
    assert set(reasons(broken).values()) == {"the picture is not finite"}


@pytest.mark.parametrize("size", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_pictures_of_a_few_pixels(size):
    found = reasons(two_eyes(shared=True), size)
    assert found["mirror_sharing"]
    # They look with as many pixels as they need.
    assert not {"fracture", "entanglement"} & set(found)


def test_a_reading_has_a_value_or_a_reason():
    with pytest.raises(AssertionError):
        Reading("fracture", "1", None, float("nan"))
    with pytest.raises(AssertionError):
        Reading("fracture", "1", None, 0.5, "why not")


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"metrics": ["fractur"]}, "did you mean 'fracture'?"),
        ({"size": 1}, "size is 1; expected"),
        ({"size": 4.5}, "size is 4.5; expected"),
    ],
)
def test_bad_requests(request_, told):
    with pytest.raises(MetricError, match=r"^[^\n]*$") as caught:
        score(two_eyes(shared=True), **request_)
    assert told in str(caught.value)


def test_mirrors_of_a_picture():
    ramp = np.linspace(0, 1, 9)[:, None, None] * np.ones((9, 9, 3))
    ((found, weight),) = find_mirrors(ramp)
    assert (found.name, found.axis, weight) == ("left-right", 1, 1.0)
    assert found.correlation == pytest.approx(1.0)
    ((turned, _),) = find_mirrors(np.swapaxes(ramp, 0, 1))
    assert turned.name == "up-down"
    with pytest.raises(Undefined, match="best correlation"):
        find_mirrors(ramp * np.swapaxes(ramp, 0, 1) ** 2 - ramp)


def test_of_two_mirrors_no_rounding_error_chooses_one():
    hill = 1 - np.linspace(-1, 1, 9)[:, None, None] ** 2 * np.ones((9, 9, 3))
    both = hill * np.swapaxes(hill, 0, 1)
    assert [weight for _, weight in find_mirrors(both)] == pytest.approx([1, 1])
    both[0, 0] += 1e-6
    both[0, 8] -= 1e-6
    assert [weight for _, weight in find_mirrors(both)] == pytest.approx([1, 1], abs=1e-3)
    # As one symmetry breaks, it fades out.
    slope = np.linspace(0, 1, 9)[:, None, None]
    weights = []
    for share in (0.0, 0.1, 0.2, 0.4):
        found = {mirror.name: weight for mirror, weight in find_mirrors(both + share * slope)}
        weights.append(found.get("up-down", 0.0))
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[1] > 0 == weights[-1]


class TestLiveWeights:
    def weights(self, *links, hidden=("a", "b")):
        nodes = dict.fromkeys(hidden, "identity")
        model = genome(nodes, [*links, ("bias", "brightness", 0.5)])
        return live_weights(model.params, model.program.wiring)[: len(links)]

    def test_a_carrier_weighs_nothing(self):
        live = self.weights(("x", "a", 1.0), ("a", "b", 1.0), ("b", "hue", 0.7))
        np.testing.assert_allclose(live, [0, 0, 1], atol=2e-3)

    def test_a_linear_unit_with_another_weight_is_a_knob(self):
        live = self.weights(("x", "a", 0.8), ("a", "b", 1.2), ("b", "hue", 0.7))
        np.testing.assert_allclose(live, 1, atol=2e-3)

    def test_a_linear_unit_with_two_inputs_is_no_carrier(self):
        live = self.weights(("x", "a", 1.0), ("y", "a", 1.0), ("a", "hue", 0.7), hidden=("a",))
        np.testing.assert_allclose(live, 1, atol=2e-3)

    def test_a_weight_of_one_into_a_unit_that_bends_is_no_carrier(self):
        model = genome({"a": "sin"}, [("x", "a", 1.0), ("a", "brightness", 0.5)])
        live = live_weights(model.params, model.program.wiring)
        np.testing.assert_allclose(live, 1, atol=2e-3)

    def test_nothing_jumps(self):
        steps = np.linspace(-0.5, 1.5, 4001)
        live = [self.weights(("x", "a", w), ("a", "hue", 0.7), hidden=("a",))[0] for w in steps]
        # A quarter of the threshold a step would be a jump of this size.
        assert np.abs(np.diff(live)).max() < 0.05

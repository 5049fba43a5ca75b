"""Small networks and maps whose readings can be worked out by hand; they kill `mutants`."""

from types import SimpleNamespace

import numpy as np
import pytest

from fer_jax.cppn.render import feature_maps
from fer_jax.metrics.effect_maps import GRID
from fer_jax.metrics.effective_rank import effective_rank
from fer_jax.metrics.high_frequency import high_frequency
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.scoring import measure
from fer_jax.metrics.silhouettes import best_silhouettes
from tests.metrics import slow
from tests.metrics.models import genome

SIZE = 16
X = np.linspace(-1.0, 1.0, SIZE)
STEP = 1.0 / 255.0
GREY = ("bias", "saturation", -1.0)
"""Without saturation all three colours are the brightness, which is bent by the sign alone."""


def reading(model, metric, regions=None, size=SIZE):
    (found, *_) = measure(model, [metric], size=size, regions=regions)
    return found


def quarters(size, *labels):
    return np.kron(np.reshape(labels, (2, 2)), np.ones((size // 2, size // 2), int))


def carried(weight):
    """A bias that a unit passes on, and a ramp of some weight."""
    links = [("bias", "a", 1.0), ("a", "brightness", 0.5), ("x", "brightness", weight)]
    return genome({"a": "identity"}, [*links, GREY])


def test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on():
    model = carried(STEP / np.sqrt(np.mean(X**2)))
    assert reading(model, "live_parameters").value == pytest.approx(1.5, abs=2e-3)
    # Both go into one unit.
    assert reading(model, "weight_density").value == pytest.approx(1.5, abs=2e-3)


def test_the_jacobian_of_a_ramp():
    present = [weight**2 / (weight**2 + 0.02**2) for weight in (0.5, 0.2)]
    expected = np.sqrt(present @ np.array([1.0, np.mean(X**2)]))
    found = reading(carried(0.2), "jacobian_norm").value
    assert found == pytest.approx(expected, rel=3e-3)


def sides(weight):
    """One unit serves the right half, with some weight, and one the lower half.

    What draws the picture from both is passed on by a weight of exactly 1, and says nothing.
    """
    links = [("x", "right", 2.0), ("right", "u", weight), ("y", "low", 1.0), ("low", "u", 0.3)]
    links += [("bias", "u", 0.5), ("u", "brightness", 1.0)]
    return genome(dict.fromkeys(("right", "low", "u"), "relu"), [*links, GREY])


def test_one_sidedness_and_spread_of_one_unit_for_each_half():
    weight = 0.005
    # Two links for each unit, which take part alike.
    x = np.linspace(-1.0, 1.0, LOOKED_AT)
    squares = np.array([2.0 * weight, 0.3]) ** 2 * np.mean(np.maximum(x, 0.0) ** 2)
    p, q = squares / (squares + STEP**2)
    assert 0.3 < p < 0.7 < q
    # Copies lie beside each other and wrong pairs above each other.
    regions = (quarters(SIZE, 1, 2, 4, 3), (0, 0, 1, 1))
    found = reading(sides(weight), "one_sidedness", regions).value
    assert found == pytest.approx(p / q, abs=0.01)
    # The bias and the lower half's links move both concepts, left and right, alike.
    regions = (quarters(SIZE, 1, 2, 1, 2), (0, 1))
    found = reading(sides(weight), "spread", regions).value
    assert found == pytest.approx((1.0 + 2.0 * q) / (1.0 + 2.0 * q + 2.0 * p), abs=0.01)


def test_what_moves_no_copy_does_not_count_and_what_hardly_moves_one_hardly_does():
    """Copies lie in the lower half; rounded corners leave the upper unit next to nothing there."""
    links = [("x", "right", 1.0), ("right", "brightness", 0.3), ("bias", "brightness", 0.5)]
    links += [("y", "low", 1.0), ("low", "brightness", 0.3), GREY]
    upper = [("y", "top", -1.0), ("top", "brightness", 0.3)]
    # On one side of the rest, so that what moves it is one-sided.
    upper += [("x", "top", 0.1)]
    labels = np.zeros((LOOKED_AT, LOOKED_AT), int)
    labels[40:48, :32], labels[40:48, 32:], labels[52:, :32], labels[52:, 32:] = 1, 2, 3, 4
    regions = (labels, (0, 0, 1, 1))
    units = dict.fromkeys(("right", "low", "top"), "relu")
    without, with_it = (
        reading(genome(units, [*links, *more]), "one_sidedness", regions).value
        for more in ([], upper)
    )
    assert 0.1 < without < 0.9
    assert with_it == pytest.approx(without, abs=1e-3)


def test_where_any_two_pixels_share_all_mirrored_ones_cannot_share_more():
    ramp = genome({}, [("x", "brightness", 0.5)])
    assert "any two pixels share 1.00" in reading(ramp, "mirror_sharing").reason


def test_weights_near_nothing_share_no_parts():
    """A weight of 0.02 counts by half; its unit serves the right half, another the lower half."""
    links = [("x", "right", 1.0), ("right", "brightness", 0.02)]
    links += [("y", "low", 1.0), ("low", "brightness", 0.3), ("bias", "brightness", 0.5)]
    model = genome({"right": "relu", "low": "relu"}, [*links, GREY])
    found = reading(model, "part_sharing", (quarters(SIZE, 1, 2, 4, 3), (0, 0, 1, 1))).value
    # Squared derivatives by the two weights of each unit; all else is common.
    right, low = 0.5 + 0.02**2, 0.3**2 / (0.3**2 + 0.02**2) + 0.3**2
    assert found == pytest.approx(1.0 - right / low, abs=0.01)


def test_reuse_of_one_unit_for_each_half():
    weight = 0.01
    links = [("x", "right", 1.0), ("right", "copy", 1.0), ("copy", "brightness", weight)]
    links += [("y", "low", 1.0), ("low", "brightness", 0.3), ("bias", "brightness", 0.5)]
    hidden = {"right": "relu", "copy": "identity", "low": "relu"}
    x = np.linspace(-1.0, 1.0, GRID)
    labels = quarters(GRID, 1, 2, 4, 3)
    labels[: GRID // 4, GRID // 2 :] = 0  # copies need not be of one size
    right = weight * np.maximum(x, 0.0) * np.ones((GRID, 1))
    low = 0.3 * np.maximum(x, 0.0)[:, None] * np.ones(GRID)
    parts, shares = [], []
    # The brightness is a unit, too; the copy of the first unit is a carrier, which is none.
    for held in (right, low, right + low):
        squares = (held - held.mean()) ** 2
        pairs = [[squares[labels == each].mean() for each in pair] for pair in ((1, 2), (3, 4))]
        parts.append(squares.mean() / (squares.mean() + STEP**2))
        shares.append(2.0 * sum(map(min, pairs)) / np.sum(pairs))
    assert 0.3 < parts[0] < 0.7
    found = reading(genome(hidden, [*links, GREY]), "reuse", (labels, (0, 0, 1, 1)), GRID).value
    assert found == pytest.approx(np.average(shares, weights=parts), abs=3e-3)


def clone_genome(kind, *links):
    hidden = {"p": "identity", "q": "identity", "u": kind, "v": kind}
    both = [("x", "p", 1.0), ("y", "p", 1.0), ("x", "q", 1.0), ("y", "q", -1.0)]
    return genome(hidden, [*both, *links])


def test_a_clone_may_have_the_other_sign_and_counts_as_far_as_it_takes_part():
    links = [("x", "u", 2.0), ("p", "v", -1.0), ("q", "v", -1.0)]
    links += [("u", "brightness", 0.2), ("v", "brightness", 0.5)]
    assert reading(clone_genome("sin", *links), "clones").value == pytest.approx(0.4, abs=0.01)
    # By weights of 0.04 and 0.02, of which the greatest counts by 0.8 and by 0.5.
    links = [("x", "u", 0.04), ("p", "v", 0.02), ("q", "v", 0.02)]
    links += [("u", "brightness", 5.0), ("v", "brightness", 9.0)]
    found = reading(clone_genome("gaussian", *links), "clones").value
    assert found == pytest.approx(2 * 0.8 * 0.5 / (0.8 + 0.5 + 3.0), abs=3e-3)


def test_what_reads_the_same_with_the_other_sign_is_no_clone():
    links = [("x", "a", 1.0), ("x", "b", -1.0), ("y", "c", 1.0)]
    links += [("a", "u", 1.0), ("c", "u", 1.0), ("b", "v", -1.0), ("c", "v", 1.0)]
    links += [("u", "brightness", 0.5), ("v", "brightness", 0.3)]
    model = genome(dict.fromkeys("abcuv", "sin"), links)
    assert reading(model, "clones").value == pytest.approx(0.0, abs=1e-3)


def test_steepness_of_units_that_neither_pass_on_nor_are_constant():
    links = [("x", "wave", 3.0), ("wave", "copy", 1.0), ("bias", "flat", 0.7)]
    links += [("copy", "last", 2.0), ("y", "last", 1.0), ("flat", "last", 0.1)]
    hidden = {"wave": "sin", "copy": "identity", "flat": "sin", "last": "cos"}
    model = genome(hidden, [*links, ("last", "brightness", 0.4), ("x", "brightness", 0.1)])
    wave = np.sin(3.0 * X) * np.ones((SIZE, 1))
    last = np.cos(2.0 * wave + X[:, None] + 0.1 * np.sin(0.7))
    maps = np.stack([wave, last, 0.4 * last + 0.1 * X], axis=-1)
    expected = slow.total_variation([maps], [np.ones(3)])
    assert len(feature_maps(model, SIZE)) > 3
    assert reading(model, "total_variation").value == pytest.approx(expected, rel=2e-3)


def test_what_is_alone_in_its_cluster_says_nothing_of_the_groups():
    distances = np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 3.0], [4.0, 3.0, 0.0]])
    (found,) = best_silhouettes(distances[None], 2)
    assert found == pytest.approx((3 / 4.001 + 2 / 3.001 + 0) / 3)


def of_maps(maps, live):
    maps = np.stack(maps, axis=-1).astype(np.float32)
    return SimpleNamespace(size=len(maps), maps=[None, maps], live_units=[np.array(live)])


def test_fine_detail_is_beyond_eight_waves_in_64_pixels():
    turn = 2.0 * np.pi * np.arange(64) / 64
    flat = np.ones((64, 64))
    waves = {count: np.cos(count * turn) * flat for count in (6, 10)}
    for count, share in ((6, 0.0), (10, 1.0)):
        view = of_maps([3.0 + waves[count], waves[count].T], (1.0, 1.0))
        assert high_frequency(view) == pytest.approx(share, abs=2e-3)
    # A quarter of the variance of a map that counts by half, and all of one that counts.
    mixed = waves[6].T + np.sqrt(1 / 3) * waves[10]
    view = of_maps([10.0 * mixed, waves[10], waves[6]], (0.5, 1.0, 0.0))
    assert high_frequency(view) == pytest.approx((0.5 * 0.25 + 1.0) / 1.5, abs=5e-3)


def test_effective_rank_of_two_maps_that_correlate():
    rows, columns = np.meshgrid(X, X)
    # A correlation of 0.6; the third map takes no part.
    maps = [5.0 + rows, 10.0 * (0.6 * rows + 0.8 * columns), columns**2]
    values = np.sqrt([1.6, 0.4])
    shares = values / values.sum()
    expected = np.exp(-np.sum(shares * np.log(shares))) / 2.0
    assert effective_rank(of_maps(maps, (1.0, 1.0, 0.0))) == pytest.approx(expected, rel=1e-5)

"""Symmetries are found where a picture was given them, to half a pixel, and nowhere else."""

import numpy as np
import pytest

from fer_jax.metrics.image.isometries import find_isometries
from fer_jax.metrics.image.isometry import Isometry, normal
from fer_jax.metrics.image.overlay import Overlay, fit
from fer_jax.metrics.image.plane_map import PlaneMap, pixel_points, sample
from fer_jax.metrics.reading import Undefined

SIZE = 32
HALF_A_PIXEL = 1.0 / (SIZE - 1)


def blobs(points, seed, count=16):
    """A function of the plane without any symmetry, around 0."""
    rng = np.random.default_rng(seed)
    value = np.zeros((*points.shape[:-1], 3))
    for _ in range(count):
        centre, width = rng.uniform(-1.0, 1.0, 2), rng.uniform(0.1, 0.25)
        away = np.sum((points - centre) ** 2, axis=-1)
        value += rng.uniform(-0.3, 0.3, 3) * np.exp(-away / (2.0 * width**2))[..., None]
    return value


def drawn(seed, symmetry=None, moved=None, size=SIZE):
    """Blobs with all their images under a symmetry, and the whole moved."""
    points = pixel_points(size)
    if moved is not None:
        points = moved.inverse.apply(points)
    orbit = [points]
    if symmetry is not None:
        order = 2 if symmetry.kind == "mirror" else round(360.0 / symmetry.angle)
        for _ in range(order - 1):
            orbit.append(symmetry.map.apply(orbit[-1]))
    return np.clip(0.5 + sum(blobs(each, seed) for each in orbit) / np.sqrt(len(orbit)), 0, 1)


def mirror(angle, distance):
    x, y = distance * normal(angle)
    return Isometry("mirror", angle, (x, y))


@pytest.mark.parametrize(
    "symmetry",
    [
        mirror(90.0, 0.2),
        mirror(30.0, 0.0),
        mirror(177.0, -0.13),
        Isometry("rotation", 180.0, (0.21, -0.1)),
        Isometry("rotation", 120.0, (0.05, 0.12)),
        Isometry("rotation", 90.0, (-0.17, 0.08)),
        Isometry("rotation", 72.0, (0.1, 0.0)),
        Isometry("rotation", 60.0, (0.0, -0.13)),
    ],
    ids=lambda symmetry: f"{symmetry.kind} {symmetry.angle:.0f}",
)
def test_a_symmetry_is_found_to_half_a_pixel(symmetry):
    found = find_isometries(drawn(3, symmetry))
    same = [each for each in found if each.kind == symmetry.kind and each.apart(symmetry) < 0.2]
    assert len(same) == 1
    assert same[0].apart(symmetry) < HALF_A_PIXEL
    assert same[0].correlation > 0.97
    assert same[0].weight == 1.0
    # Of a turn by 60 degrees, those by 120 and 180 are as good; nothing else is.
    order = 2 if symmetry.kind == "mirror" else round(360.0 / symmetry.angle)
    for each in found:
        if each.correlation > 0.95:
            assert each.kind == symmetry.kind
            assert each.kind == "mirror" or order % round(360.0 / each.angle) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_without_symmetry_has_none(seed):
    assert all(each.weight < 0.2 for each in find_isometries(drawn(seed)))


def test_a_moved_picture_has_its_symmetry_moved():
    whole = mirror(75.0, 0.1)
    moved = PlaneMap.about((0.0, 0.0), 25.0, to=(0.05, -0.1))
    before = find_isometries(drawn(5, whole))[0]
    after = find_isometries(drawn(5, whole, moved))[0]
    expected = moved.after(before.map).after(moved.inverse)
    points = pixel_points(9)
    difference = after.map.apply(points) - expected.apply(points)
    assert np.abs(difference).max() < 2 * HALF_A_PIXEL
    assert after.angle == pytest.approx(before.angle + 25.0, abs=1.0)


def test_a_picture_that_is_flipped_has_its_mirror_flipped():
    image = drawn(7, mirror(60.0, 0.15))
    (one, *_), (other, *_) = find_isometries(image), find_isometries(image[:, ::-1])
    assert other.angle == pytest.approx(180.0 - one.angle, abs=0.3)
    assert other.centre == pytest.approx((-one.centre[0], one.centre[1]), abs=0.01)
    assert other.correlation == pytest.approx(one.correlation, abs=0.01)


def test_as_a_symmetry_breaks_its_weight_fades_out():
    whole, noise = drawn(3, mirror(90.0, 0.0)), drawn(4) - 0.5
    weights, correlations = [], []
    for share in (0.0, 1e-6, 0.6, 1.5):
        found = [each for each in find_isometries(whole + share * noise) if each.weight > 0]
        near = [each for each in found if each.apart(mirror(90.0, 0.0)) < 0.3]
        weights.append(near[0].weight if near else 0.0)
        correlations.append(near[0].correlation if near else 0.0)
    assert weights == sorted(weights, reverse=True)
    assert correlations[1] == pytest.approx(correlations[0], abs=1e-4)
    assert weights[0] == 1.0
    assert weights[-1] == 0.0
    assert any(0.0 < weight < 1.0 for weight in weights)


def test_a_disc_has_every_symmetry_about_its_middle():
    away = np.linalg.norm(pixel_points(SIZE) - (0.2, 0.1), axis=-1)
    found = find_isometries(np.repeat(1 / (1 + np.exp((away - 0.5) / 0.05))[..., None], 3, axis=-1))
    assert {each.angle for each in found if each.kind == "rotation"} == {180, 120, 90, 72, 60}
    for each in found:
        np.testing.assert_allclose(each.map.apply(np.array([0.2, 0.1])), (0.2, 0.1), atol=0.04)


@pytest.mark.parametrize("image", [np.zeros((16, 16, 3)), np.full((16, 16, 3), 0.7) + 1e-6])
def test_a_constant_picture_has_no_symmetries_to_tell(image):
    with pytest.raises(Undefined, match="the picture is constant"):
        find_isometries(image)


def test_every_shift_at_once_is_each_shift_by_itself():
    image = drawn(1, size=13) - drawn(1, size=13).mean(axis=(0, 1))
    overlay, turn = Overlay(image), np.array([[0.0, -1.0], [1.0, 0.0]])
    fits, pixel = overlay.fits(turn), 2.0 / 12
    for row, column in ((-2, 3), (0, 0), (4, -1)):
        shift = pixel * np.array([column, row])
        turned, inside = sample(image, (pixel_points(13) + shift) @ turn.T)
        # Points on the border count by half there, and half of those are the picture's own.
        one, other = (
            each - np.average(each, axis=(0, 1), weights=inside[..., None] * np.ones(3))
            for each in (image, turned)
        )
        spread = np.sqrt(np.sum(inside[..., None] * one**2) * np.sum(inside[..., None] * other**2))
        expected = fit(np.sum(inside[..., None] * one * other) / spread, spread / np.sum(image**2))
        place = [int(np.argmin(np.abs(overlay.shifts - each))) for each in shift[::-1]]
        assert fits[tuple(place)] == pytest.approx(float(expected), abs=0.03)


def test_maps_of_the_plane_compose_and_invert():
    one = PlaneMap.about((0.3, -0.2), 40.0, mirrored=True, scale=1.5, to=(0.1, 0.0))
    other = PlaneMap.about((0.0, 0.5), 75.0)
    points = pixel_points(5)
    np.testing.assert_allclose(one.apply(np.array([0.3, -0.2])), (0.1, 0.0), atol=1e-12)
    np.testing.assert_allclose(one.inverse.apply(one.apply(points)), points, atol=1e-12)
    np.testing.assert_allclose(other.after(one).apply(points), other.apply(one.apply(points)))
    assert one.mirrored
    assert not other.after(one).after(one).mirrored
    assert one.scale == pytest.approx(1.5)

"""Parts are found, and their copies wherever they lie, with the maps that they were drawn by."""

import numpy as np
import pytest

from fer_jax.metrics.image import regions
from fer_jax.metrics.image.background import background
from fer_jax.metrics.image.parts import find_parts
from fer_jax.metrics.image.plane_map import PlaneMap, pixel_points
from fer_jax.metrics.reading import Undefined
from tests.metrics.bead_pictures import bead_picture

RED, BLUE, WHITE = np.array([[0.8, 0.1, 0.1], [0.1, 0.2, 0.9], [1.0, 1.0, 1.0]])


def ellipse(size, centre, radii, degrees=0.0):
    """A mask with a soft edge."""
    points = PlaneMap.about(centre, -degrees, to=(0.0, 0.0)).apply(pixel_points(size))
    away = np.linalg.norm(points / radii, axis=-1)
    return 1.0 / (1.0 + np.exp((away - 1.0) * min(radii) / 0.01))[..., None]


def painted(size, *layers, ground=(0.5, 0.5, 0.5)):
    image = np.broadcast_to(ground, (size, size, 3))
    for mask, colour in layers:
        image = image + mask * (colour - image)
    return image


def shape_of(part, shapes):
    """Which of some shapes a part is, and whether it is the second copy."""
    away = [
        [np.linalg.norm(place - part.centroid) for place in (centre, second.apply(centre))]
        for centre, second in shapes
    ]
    number, copy = np.unravel_index(np.argmin(away), (len(shapes), 2))
    return int(number), int(copy)


@pytest.mark.parametrize(
    ("relation", "profile", "size"),
    [
        ("mirrored", "edge", 64),
        ("rotated", "bell", 64),
        ("translated", "bump", 64),
        ("scaled", "edge", 64),
        ("rotated", "edge", 128),
        ("scaled", "bump", 128),
    ],
)
def test_eight_shapes_of_beads_are_four_concepts(relation, profile, size):
    image, shapes = bead_picture(relation, size, seed=size, profile=profile)
    found = find_parts(image, None if size == 64 and relation == "mirrored" else [])
    assert len(found.parts) == 8
    copies = found.copies()
    assert len(copies) == 4
    for labels in copies:
        one, other = (found.parts[label - 1] for label in labels)
        (number, first), (same, second) = (shape_of(part, shapes) for part in (one, other))
        assert number == same
        expected = shapes[number][1] if first < second else shapes[number][1].inverse
        corners = np.array(one.centroid) + 0.2 * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
        away = found.similarity(*labels).apply(corners) - expected.apply(corners)
        assert np.linalg.norm(away, axis=-1).mean() < 2.0 / (size - 1)


def test_a_picture_that_is_turned_has_its_parts_turned():
    image, _ = bead_picture("rotated", 48, seed=1)
    one, other = find_parts(image, []), find_parts(np.rot90(image), [])
    back = np.rot90(other.labels, -1)
    assert np.mean((one.labels > 0) == (back > 0)) > 0.999
    pairs = {(a, b) for a, b in zip(one.labels.ravel(), back.ravel(), strict=True) if a and b}
    assert len(pairs) == len(one.parts) == len(other.parts) == 8
    name = dict(pairs)
    turned = {tuple(sorted((name[a], name[b]))) for a, b in one.copies()}
    assert turned == set(other.copies())


def test_a_copy_is_one_in_colour_too():
    image = painted(
        64,
        (ellipse(64, (-0.6, -0.5), (0.3, 0.15)), RED),
        (ellipse(64, (0.5, -0.5), (0.3, 0.15), 60.0), RED),
        (ellipse(64, (-0.5, 0.5), (0.3, 0.15), 20.0), BLUE),
        (ellipse(64, (0.5, 0.5), (0.2, 0.2)), BLUE),
    )
    found = find_parts(image, [])
    assert [part.concept for part in found.parts] == [0, 0, 1, 2]
    assert found.similarity(1, 1) == PlaneMap.about((0.0, 0.0))
    assert abs(found.similarity(1, 2).scale - 1.0) < 0.05
    with pytest.raises(ValueError, match="no copies"):
        found.similarity(1, 3)


def test_what_straddles_a_mirror_is_two_halves():
    # A mushroom: no turn maps its halves onto each other.
    image = painted(
        64,
        (ellipse(64, (0.1, -0.3), (0.5, 0.3)), RED),
        (ellipse(64, (0.1, 0.2), (0.15, 0.5)), RED),
        (ellipse(64, (0.1, 0.5), (0.4, 0.1)), RED),
    )
    found = find_parts(image)
    assert [part.concept for part in found.parts] == [0, 0]
    points = pixel_points(5)
    flipped = points * (-1.0, 1.0) + (0.2, 0.0)
    np.testing.assert_allclose(found.similarity(1, 2).apply(points), flipped, atol=0.06)
    assert found.parts[0].area == pytest.approx(found.parts[1].area, rel=0.05)


def test_a_face_that_fills_the_picture_has_eyes():
    eyes = [(ellipse(64, (x, -0.2), (0.16, 0.22), 30.0 * x), BLUE) for x in (-0.35, 0.35)]
    mouth = (ellipse(64, (0.0, 0.5), (0.4, 0.1)), RED)
    image = painted(64, (ellipse(64, (0.0, 0.0), (0.9, 0.95)), WHITE), *eyes, mouth)
    found = find_parts(image)
    # Two eyes, two halves of the mouth and two of the face.
    assert sorted(part.concept for part in found.parts) == [0, 0, 1, 1, 2, 2]
    eyes = [found.labels[row, column] for row, column in ((25, 20), (25, 43))]
    assert tuple(sorted(eyes)) in found.copies()


def test_the_background_may_slope():
    slope = 0.1 * pixel_points(64)[..., :1] * np.ones(3)
    plain = painted(64, (ellipse(64, (-0.4, 0.3), (0.3, 0.2)), WHITE))
    found = find_parts(plain + slope, [])
    assert len(found.parts) == 1
    assert found.parts[0].centroid == pytest.approx((-0.4, 0.3), abs=0.03)
    np.testing.assert_allclose(background(0.5 + slope), 0.5 + slope, atol=0.01)


def test_a_constant_picture_has_no_parts_to_tell():
    with pytest.raises(Undefined, match="the picture is constant"):
        find_parts(np.full((16, 16, 3), 0.3))
    assert find_parts(np.full((16, 16, 3), 0.3), []).parts == ()


def test_a_picture_without_basins_is_one_region():
    """An even slope has no valley: there is nothing to cut along."""
    ramp = np.repeat(np.linspace(0.0, 1.0, 64)[None, :, None], 64, axis=0).repeat(3, axis=2)
    assert set(np.unique(regions._cut_along_edges(ramp, np.ones((64, 64), bool)))) == {1}

"""What is said of an image is what its definition says, and is said of every image."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.fft
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import fer_jax
from fer_jax.errors import ConfigError
from fer_jax.genome.population import pad
from fer_jax.genome.population_render import images_of
from fer_jax.search.descriptors import DESCRIPTORS, Descriptor, chosen, describe, embedding
from tests.compilations import compilations

SIZE = 16
EVERY = pytest.mark.parametrize("name", DESCRIPTORS)
images = arrays(np.float32, (2, 8, 8, 3), elements=st.floats(0, 1, width=32))


def noise(count=4, size=SIZE, seed=0):
    return np.random.default_rng(seed).random((count, size, size, 3)).astype(np.float32)


def grey(rows):
    """One image of the luminance that is given."""
    return np.repeat(np.asarray(rows, np.float32)[None, ..., None], 3, axis=-1)


def constant(*color):
    return np.broadcast_to(np.array(color, np.float32), (1, SIZE, SIZE, 3))


def halves():
    return grey((np.arange(SIZE) >= SIZE // 2) * np.ones((SIZE, 1)))


def value(name, image):
    return float(describe(image, [name])[0, 0])


# The definitions again, in double precision, one image at a time.


def luminance(image):
    return image @ np.array([0.299, 0.587, 0.114])


def symmetry(image):
    centred = image - image.mean(axis=(0, 1))
    energy = np.square(centred).mean()
    nearest = (centred + centred[:, ::-1]) / 2
    return 1 - np.square(centred - nearest).mean() / (energy + 1e-6)


def complexity(image):
    energies = scipy.fft.dctn(luminance(image), norm="ortho").ravel() ** 2 / image[..., 0].size
    energies[0] = 1e-6
    shares = energies[energies > 0] / energies.sum()
    return -(shares * np.log(shares)).sum() / np.log(energies.size)


def color(image):
    red, green, blue = np.moveaxis(255 * image, -1, 0)
    one, other = red - green, (red + green) / 2 - blue
    colorfulness = np.hypot(one.std(), other.std()) + 0.3 * np.hypot(one.mean(), other.mean())
    return colorfulness / 255 / math.sqrt(1.25 * 1.09)


def edge_density(image):
    light = luminance(image)
    slopes = [scipy.ndimage.sobel(light, axis, mode="nearest") / 8 for axis in (0, 1)]
    return (np.hypot(*slopes) > 0.05).mean()


REFERENCES = {
    reference.__name__: reference for reference in (symmetry, complexity, color, edge_density)
}
CONSTANTS = {
    "symmetry": lambda red, green, blue: 1.0,
    "complexity": lambda red, green, blue: 0.0,
    "color": lambda red, green, blue: (
        0.3 * math.hypot(red - green, (red + green) / 2 - blue) / math.sqrt(1.25 * 1.09)
    ),
    "edge_density": lambda red, green, blue: 0.0,
}


def test_each_has_a_reference_and_a_value_for_constants():
    assert set(REFERENCES) == set(CONSTANTS) == set(DESCRIPTORS)
    assert all(name == each.name and each.summary for name, each in DESCRIPTORS.items())


@EVERY
def test_it_is_as_defined(name):
    smooth = scipy.ndimage.gaussian_filter(noise(seed=1), (0, 2, 2, 0))
    for image in (*noise(), *smooth, *halves()):
        expected = REFERENCES[name](image.astype(np.float64))
        assert value(name, image[None]) == pytest.approx(expected, abs=2e-5)


@EVERY
@pytest.mark.parametrize("color", [(0, 0, 0), (1, 1, 1), (0.3, 0.3, 0.3), (1, 0, 0), (0.1, 0.7, 1)])
def test_a_constant_image_has_a_value(name, color):
    assert value(name, constant(*color)) == pytest.approx(CONSTANTS[name](*color), abs=1e-6)


@EVERY
@given(images)
def test_it_is_finite_and_within_its_range(name, image):
    least, greatest = DESCRIPTORS[name].range
    for some in (image, np.round(image)):
        values = np.asarray(describe(some, [name]))
        assert values.dtype == np.float32
        assert ((values >= least) & (values <= greatest)).all()


@EVERY
@given(images)
def test_a_mirror_image_has_the_same_value(name, image):
    mirrored = describe(image[:, :, ::-1], [name])
    # A slope that is that of an edge but for rounding may be one on one side only.
    atol = 2 / 8**2 if name == "edge_density" else 1e-5
    np.testing.assert_allclose(mirrored, describe(image, [name]), atol=atol)


@EVERY
def test_it_is_of_each_image_alone(name):
    many = noise(5)
    together = np.asarray(describe(many, [name]))
    alone = [value(name, many[place : place + 1]) for place in range(5)]
    np.testing.assert_allclose(together[:, 0], alone, atol=1e-6)
    inside = jax.jit(lambda these: describe(these, [name]))(many)
    np.testing.assert_allclose(inside, together, atol=1e-6)


@EVERY
def test_an_image_that_is_not_finite_has_no_value(name):
    many = noise(3)
    many[1, 3, 4, 1] = np.nan
    values = np.asarray(describe(many, [name]))[:, 0]
    np.testing.assert_array_equal(np.isfinite(values), [True, False, True])


@EVERY
@pytest.mark.parametrize("size", [2, 3])
def test_the_smallest_images_have_values(name, size):
    assert np.isfinite(describe(noise(size=size), [name])).all()


@given(images)
def test_an_image_with_its_mirror_image_is_symmetric(image):
    left = image[:, :, :4]
    both = np.concatenate([left, left[:, :, ::-1]], axis=2)
    assert (np.asarray(describe(both, ["symmetry"])) == 1.0).all()


def test_symmetry_is_of_no_contrast():
    fainter = 0.4 + 0.1 * noise()
    np.testing.assert_allclose(
        describe(fainter, ["symmetry"]), describe(noise(), ["symmetry"]), atol=1e-3
    )


def test_the_negative_of_its_mirror_image_is_not_symmetric():
    assert value("symmetry", halves()) == pytest.approx(0.0, abs=1e-5)
    assert value("symmetry", np.swapaxes(halves(), 1, 2)) == 1.0
    # A dot on one side: half of its energy is kept.
    dot = np.zeros((SIZE, SIZE))
    dot[3, 3] = 1.0
    assert value("symmetry", grey(dot)) == pytest.approx(0.5, abs=0.01)


def test_more_detail_is_more_complex():
    at = (np.arange(SIZE) + 0.5) / SIZE
    patterns = [
        constant(0.5, 0.5, 0.5),
        grey(at * np.ones((SIZE, 1))),
        halves(),
        grey(np.hypot(at - 0.5, at[:, None] - 0.5) < 0.3),
        noise(1),
    ]
    values = [value("complexity", each) for each in patterns]
    assert values == sorted(values)
    assert min(np.diff(values)) > 0.005
    # A single cosine, and two of equal energy: one bit of the eight that there are.
    one, other = (np.cos(np.pi * at * times) / 4 * np.ones((SIZE, 1)) for times in (3, 5))
    assert value("complexity", grey(0.5 + one)) == pytest.approx(0.0, abs=1e-3)
    assert value("complexity", grey(0.5 + one + other.T)) == pytest.approx(1 / 8, abs=1e-3)


def test_what_is_all_but_constant_is_simple():
    assert value("complexity", 0.5 + 1e-5 * noise(1)) < 0.01


@given(images)
def test_grey_has_no_color(image):
    assert not np.asarray(describe(np.repeat(image[..., :1], 3, axis=-1), ["color"])).any()


def test_most_colorful_is_a_color_beside_its_complement():
    red, cyan = constant(1, 0, 0), constant(0, 1, 1)
    # Standard deviation and mean of the two in their best shares.
    share = 0.5 + 0.5 * 0.3 / math.sqrt(1.09)
    first = np.arange(SIZE**2).reshape(SIZE, SIZE, 1) < round(share * SIZE**2)
    assert value("color", np.where(first, red, cyan)) == pytest.approx(1.0, abs=1e-3)
    assert value("color", np.where(halves() > 0, red, cyan)) == pytest.approx(
        math.sqrt(1.25) / math.sqrt(1.25 * 1.09)
    )


def test_edges_are_where_a_step_is():
    # Two columns beside the step; its height tells whether they count.
    assert value("edge_density", halves()) == 2 / SIZE
    assert value("edge_density", np.swapaxes(halves(), 1, 2)) == 2 / SIZE
    assert value("edge_density", 0.11 * halves()) == 2 / SIZE
    assert value("edge_density", 0.09 * halves()) == 0.0
    dot = np.zeros((SIZE, SIZE))
    dot[8, 8] = 1.0
    assert value("edge_density", grey(dot)) == 8 / SIZE**2


def test_columns_are_in_the_order_of_the_names():
    many, names = noise(), list(DESCRIPTORS)[::-1]
    columns = [np.asarray(describe(many, [name]))[:, 0] for name in names]
    np.testing.assert_array_equal(describe(many, names), np.stack(columns, axis=1))


def test_images_may_lie_on_devices():
    population = pad([fer_jax.load_genome(name) for name in ("moon", "sunrise")])
    found = images_of(population, SIZE)
    names = list(DESCRIPTORS)
    np.testing.assert_allclose(describe(found, names), describe(np.asarray(found), names))


def test_a_shape_is_compiled_once():
    own = Descriptor("own", lambda these: these[:, 0, 0, 0])
    with compilations("described") as found:
        for count in (3, 3, 4):
            describe(noise(count), [own])
    assert len(found) == 2


def test_a_descriptor_of_ones_own_stands_beside_the_others():
    own = Descriptor("red", lambda these: these[..., 0].mean(axis=(1, 2)), range=(0.0, 2.0))
    found = describe(constant(0.25, 0, 0), ["symmetry", own])
    assert found.tolist() == [[1.0, 0.25]]
    assert chosen(["color", own]) == (DESCRIPTORS["color"], own)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["symetry"], "did you mean 'symmetry'? Known are symmetry, complexity, color"),
        (["?"], "known are symmetry, complexity, color, edge_density"),
        ([], "one or more different descriptors; got []"),
        (["color", "color"], "one or more different descriptors; got ['color', 'color']"),
        (["color", dataclasses.replace(DESCRIPTORS["symmetry"], name="color")], "different"),
        ([Descriptor("pixels", lambda these: these[..., 0])], "'pixels' returned the shape (4, 16"),
    ],
)
def test_names_that_cannot_be(names, said):
    with pytest.raises(ConfigError) as raised:
        describe(noise(), names)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_single_pixel_is_no_image():
    with pytest.raises(ConfigError, match="single pixel"):
        describe(noise(size=1), ["color"])


@pytest.mark.parametrize("side", [1, 4, SIZE])
def test_an_embedding_is_the_mean_of_each_area(side):
    many, area = noise(3), SIZE // side
    expected = [
        image[row * area : (row + 1) * area, column * area : (column + 1) * area, channel].mean()
        for image in many
        for row in range(side)
        for column in range(side)
        for channel in range(3)
    ]
    found = embedding(many, side)
    assert found.dtype == jnp.float32
    np.testing.assert_allclose(found, np.reshape(expected, (3, -1)), atol=1e-6)


@pytest.mark.parametrize("side", [0, -4, 3, 2 * SIZE])
def test_an_embedding_has_whole_areas(side):
    with pytest.raises(ConfigError, match=f"side={side} does not divide the images' size, 16"):
        embedding(noise(), side)

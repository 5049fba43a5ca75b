"""What training can descend, and at which pixels it can look, each against a plain reference."""

import colorsys
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import fer_jax
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import conditional_arch
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import render
from fer_jax.errors import ArchError, ConfigError, NetworkError
from fer_jax.genome.files import load_genome
from fer_jax.search.initial_params import initial_params
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd
from tests import numpy_cppn
from tests.compilations import compilations

ARCH = Arch.parse("2;gaussian:2,relu:1,sin:2,tanh:1")
SIZE = 9  # an odd size has a pixel in the centre, where the distance has no slope
PICTURES = [np.asarray(render(load_genome(name), SIZE)) for name in ("sunrise", "vase", "moth")]
TARGET = PICTURES[0]


def some_params(arch=ARCH):
    return np.asarray(initial_params(arch, "lecun_normal", jnp.array([3], jnp.uint32))[0])


def search(**options):
    return SgdSearch(ARCH, TARGET, (3,), **options)


@functools.cache
def in_double(function):
    def slope(params):
        with jax.enable_x64(True):
            value, gradient = jax.value_and_grad(function)(jnp.asarray(params, jnp.float64))
            return float(value), np.asarray(gradient)

    return slope


def outputs(params):
    inputs = jnp.asarray(numpy_cppn.pixel_inputs(SIZE), params.dtype)
    return DenseProgram(ARCH).layers(params, inputs)[-1]


def hsv_loss(params):
    """Written out from the definition: hue around the circle, the others clipped as drawn."""
    hue, saturation, brightness = jnp.moveaxis(outputs(params), -1, 0)
    wanted = np.array([[colorsys.rgb_to_hsv(*map(float, p)) for p in row] for row in TARGET])
    apart = jnp.abs(jnp.mod(hue, 1.0) - wanted[..., 0])
    apart = jnp.minimum(apart, 1.0 - apart)
    saturation = jnp.clip(saturation, 0.0, 1.0) - wanted[..., 1]
    value = jnp.clip(jnp.abs(brightness), 0.0, 1.0) - wanted[..., 2]
    return jnp.mean(jnp.stack([apart, saturation, value]) ** 2)


def slope_penalty(params):
    """By differentiating the network by its coordinates, one pixel at a time."""

    def maps(place):
        x, y = place
        square = x**2 + y**2
        # In the centre the distance is 0, and its slope is taken to be.
        distance = 1.4 * jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)
        pixel = jnp.stack([x, y, distance, jnp.ones_like(x)])
        return jnp.concatenate(DenseProgram(ARCH).layers(params, pixel)[1:-1])

    places = jnp.asarray(numpy_cppn.pixel_inputs(SIZE)[..., :2], params.dtype).reshape(-1, 2)
    slopes = jax.vmap(jax.jacfwd(maps))(places)
    return jnp.mean(jnp.sum(slopes**2, axis=-1))


def assert_close(gradient, expected):
    assert np.linalg.norm(gradient - expected) <= 1e-4 * np.linalg.norm(expected)


def test_hsv_is_the_mean_square_of_hue_saturation_and_value():
    loss, gradient = search(loss="hsv").loss_and_gradient(some_params())
    expected, slope = in_double(hsv_loss)(some_params())
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    assert_close(gradient, slope)


def test_hues_on_both_sides_of_red_are_near_each_other():
    red = np.zeros((2, 2, 3), np.float32) + np.float32([1.0, 0.0, 0.01])  # just below a full turn
    arch = Arch.parse("identity:1x1")
    params = np.zeros(arch.parameter_count, np.float32)
    params[3] = 1.0  # the unit carries the bias, and gives hue, saturation, brightness:
    params[4:] = 0.001, 1.0, 1.0
    loss, _ = SgdSearch(arch, red, (0,), loss="hsv").loss_and_gradient(params)
    assert loss < 1e-5


def test_slopes_of_feature_maps_are_descended_and_not_logged():
    params, factor = some_params(), 0.3
    loss, gradient = search(smoothness=factor).loss_and_gradient(params)
    plain_loss, plain_gradient = search().loss_and_gradient(params)
    assert loss == plain_loss
    penalty, slope = in_double(slope_penalty)(params)
    assert penalty > 0.1
    assert_close(gradient - plain_gradient, factor * slope)


def test_smoothness_makes_feature_maps_smoother():
    given = {"seeds": 2, "steps": 200, "learning_rate": 0.01}
    rough, smooth = (
        train_sgd(ARCH, TARGET, smoothness=factor, **given) for factor in (0.0, [0.1, 1.0])
    )
    roughness = [
        [float(slope_penalty(jnp.asarray(params))) for params in result.flat_params]
        for result in (rough, smooth)
    ]
    assert roughness[1][0] < 0.7 * roughness[0][0]
    assert roughness[1][1] < 0.4 * roughness[0][1]


def test_a_batch_is_an_unbiased_sample_of_the_pixels():
    whole, _ = search().loss_and_gradient(some_params())
    still = {"initial_params": some_params(), "learning_rate": 1e-30}
    losses = train_sgd(ARCH, TARGET, seeds=[3], steps=2000, batch_size=10, **still).losses[0]
    # Every step draws other pixels, and their mean is that of all pixels within its error.
    assert len(set(losses.tolist())) > 1900
    error = losses.std() / np.sqrt(losses.size)
    assert abs(losses.mean() - whole) < 4 * error
    large = train_sgd(ARCH, TARGET, seeds=[3], steps=500, batch_size=80, **still).losses[0]
    assert 0.25 < large.std() / losses.std() < 0.5  # 1 / sqrt(8)


def test_batches_are_a_function_of_seed_and_step():
    given = {"steps": 20, "batch_size": 16, "learning_rate": 0.01}
    together = train_sgd(ARCH, TARGET, seeds=[3, 4, 5], **given)
    alone = train_sgd(ARCH, TARGET, seeds=[4], **given)
    np.testing.assert_array_equal(together.losses[1], alone.losses[0])
    np.testing.assert_array_equal(together.flat_params[1], alone.flat_params[0])
    job = SgdSearch(ARCH, TARGET, (4,), 0.01, batch_size=16)
    state, first = job.advance(job.start(), 7)
    state, second = job.advance(job.restore(job.arrays(state)), 13)
    parts = np.concatenate([first["losses"], second["losses"]], axis=1)
    np.testing.assert_array_equal(parts, alone.losses)
    same_start = np.repeat(some_params()[None], 2, axis=0)
    other = train_sgd(ARCH, TARGET, seeds=[4, 5], initial_params=same_start, **given)
    assert (other.losses[0] != other.losses[1]).all()


def test_training_on_batches_draws_the_whole_picture():
    given = {"seeds": [0], "steps": 400, "batch_size": 20, "learning_rate": 0.01}
    paths = train_sgd(ARCH, TARGET, snapshots=[0, 400], **given).snapshots[0]
    before, after = (search().loss_and_gradient(params)[0] for params in paths.T)
    assert after < 0.5 * before


def test_a_conditional_network_is_one_network_an_image():
    with compilations("advance_seeds") as found:
        result = train_sgd(
            ARCH, PICTURES, seeds=[0, 7], steps=300, learning_rate=0.01, conditional=True
        )
    assert len(found) == 1
    network = result.networks[1]
    assert network.arch == conditional_arch(ARCH, 3)
    images = [render(fer_jax.select(network, image), SIZE) for image in range(3)]
    # The loss is the mean over all images, each by its own ordinary network.
    job = SgdSearch(network.arch, PICTURES, (7,))
    loss, gradient = job.loss_and_gradient(network.flat_params)
    errors = [
        np.mean((image - wanted) ** 2) for image, wanted in zip(images, PICTURES, strict=True)
    ]
    np.testing.assert_allclose(loss, np.mean(errors), rtol=1e-4)
    assert np.linalg.norm(gradient[:-1]) > 0
    assert loss < 0.7 * result.losses[1, 0]
    for image, own in zip(images, errors, strict=True):
        others = [np.mean((image - picture) ** 2) for picture in PICTURES]
        assert own == min(others)


def test_the_inputs_of_a_conditional_network_say_which_image():
    arch = conditional_arch(Arch.parse("identity:1x1"), 2)
    params = np.zeros(arch.parameter_count, np.float32)
    params[4:6] = 0.25, 0.75  # the unit is 0.25 for the first image and 0.75 for the second
    params[-1] = 1.0  # and is the brightness
    network = fer_jax.Cppn(arch, params)
    for image, grey in enumerate((0.25, 0.75)):
        np.testing.assert_allclose(render(fer_jax.select(network, image), 4), grey, atol=1e-6)
    wanted = [np.full((4, 4, 3), grey, np.float32) for grey in (0.25, 0.75)]
    assert SgdSearch(arch, wanted, (0,)).loss_and_gradient(params)[0] < 1e-12
    assert SgdSearch(arch, wanted[::-1], (0,)).loss_and_gradient(params)[0] > 0.2


def test_mistakes_with_conditional_networks():
    arch = conditional_arch(ARCH, 2)
    network = fer_jax.Cppn(arch, np.zeros(arch.parameter_count, np.float32))
    with pytest.raises(NetworkError, match="draws 2 images; there is no image 2"):
        fer_jax.select(network, 2)
    with pytest.raises(NetworkError, match="draws 0 images; there is no image 0"):
        fer_jax.select(fer_jax.select(network, 0), 0)
    with pytest.raises(ValueError, match="'image_0' is that of a conditional network"):
        render(network, 4)
    with pytest.raises(ArchError, match="draws 2 images already"):
        conditional_arch(arch, 3)
    with pytest.raises(ArchError, match="at least 1 image, not 0"):
        conditional_arch(ARCH, 0)
    with pytest.raises(ConfigError, match="3 targets for a network of 2 images"):
        SgdSearch(arch, PICTURES, (0,))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hvs"}, "loss is 'hvs'; did you mean 'hsv'"),
        ({"smoothness": -0.1}, "smoothness is -0.1; expected a number 0 or more"),
        ({"batch_size": 0}, r"batch_size is 0; expected 1 ... 81"),
        ({"batch_size": 82}, r"batch_size is 82; expected 1 ... 81"),
        ({"batch_size": 10, "block_size": 4}, "block_size is 4, which does not divide 10 pixels"),
        ({"held": np.zeros(3)}, r"held has shape \(3,\); expected"),
    ],
)
def test_one_thing_wrong_with_an_objective(options, message):
    with pytest.raises(ConfigError, match=message):
        train_sgd(ARCH, TARGET, seeds=1, steps=1, **options)

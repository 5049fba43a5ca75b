import numpy as np
import pytest

from fer_jax.cppn.coordinates import DISTANCE_SCALE, pixel_inputs
from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from tests import numpy_cppn


@pytest.mark.parametrize("size", [2, 3, 7, 16])
def test_pixel_by_pixel(size):
    inputs = pixel_inputs(size)
    assert inputs.dtype == np.float32
    np.testing.assert_allclose(inputs, numpy_cppn.pixel_inputs(size), atol=1e-6)


def test_names_and_corners():
    assert INPUT_NAMES == ("x", "y", "d", "bias")
    far = np.float32(DISTANCE_SCALE * np.sqrt(2))
    inputs = np.asarray(pixel_inputs(5))
    np.testing.assert_allclose(inputs[0, 0], [-1, -1, far, 1], rtol=1e-6)
    np.testing.assert_allclose(inputs[0, -1], [1, -1, far, 1], rtol=1e-6)
    np.testing.assert_allclose(inputs[-1, 0], [-1, 1, far, 1], rtol=1e-6)
    np.testing.assert_array_equal(inputs[2, 2], [0, 0, 0, 1])
    assert inputs[..., :2].min() == -1
    assert inputs[..., :2].max() == 1


def test_which_inputs_in_which_order():
    everything = np.asarray(pixel_inputs(4))
    np.testing.assert_array_equal(pixel_inputs(4, ("bias", "y")), everything[..., [3, 1]])
    assert pixel_inputs(4, ("d",)).shape == (4, 4, 1)


@pytest.mark.parametrize("size", [1, 0, -3])
def test_too_small(size):
    with pytest.raises(ValueError, match=rf"image size is {size}; expected at least 2"):
        pixel_inputs(size)


def test_unknown_input():
    with pytest.raises(ValueError, match="unknown input 'z'; the inputs are x, y, d, bias"):
        pixel_inputs(4, ("x", "z"))


def corner_brightness(x: float, y: float) -> np.ndarray:
    """An image whose brightness is `relu(x_weight * x + y_weight * y)`."""
    flat = np.zeros(4 + 3, np.float32)
    flat[:4] = x, y, 0, 0
    flat[6] = 1.0  # from the hidden neuron to the brightness
    return render(Cppn.from_flat("relu:1x1", flat), 8)


@pytest.mark.parametrize(
    ("x", "y", "bright", "dark"),
    [
        (1, 0, np.s_[:, 4:], np.s_[:, :4]),  # positive x is on the right
        (-1, 0, np.s_[:, :4], np.s_[:, 4:]),
        (0, -1, np.s_[:4], np.s_[4:]),  # row 0 is on top, where y is -1
        (0, 1, np.s_[4:], np.s_[:4]),
    ],
)
def test_row_0_is_on_top_and_x_goes_right(x, y, bright, dark):
    image = corner_brightness(x, y)
    assert (image[bright] > 0).all()
    assert (image[dark] == 0).all()


def test_only_the_top_right_corner_is_white():
    image = corner_brightness(0.5, -0.5)
    np.testing.assert_allclose(image[0, -1], 1.0)
    assert np.argwhere(image[..., 0] == image.max()).tolist() == [[0, 7]]

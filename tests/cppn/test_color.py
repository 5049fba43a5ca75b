import colorsys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fer_jax.cppn.color import hsv_to_rgb, outputs_to_rgb
from fer_jax.cppn.names import OUTPUT_NAMES
from tests import numpy_cppn

FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)


def pixels(elements: st.SearchStrategy) -> st.SearchStrategy:
    return arrays(np.float32, (16, 3), elements=elements)


def colours(outputs: np.ndarray) -> np.ndarray:
    return np.asarray(outputs_to_rgb(jnp.asarray(outputs)))


def rgb(*outputs: float) -> list[float]:
    return outputs_to_rgb(jnp.array(outputs, jnp.float32)).tolist()


@given(pixels(st.floats(-4, 4, width=32)))
def test_outputs_as_colorsys_draws_them(outputs):
    # A hue of 4 is known to 5e-7 in float32, and a sixth of the circle takes RGB from 0 to 1.
    np.testing.assert_allclose(colours(outputs), numpy_cppn.rgb(outputs), atol=1e-5)


@given(pixels(st.floats(0, 1, width=32, exclude_max=True)))
def test_the_hexcone_is_that_of_colorsys(hsv):
    expected = [colorsys.hsv_to_rgb(*pixel) for pixel in hsv.astype(float)]
    np.testing.assert_allclose(hsv_to_rgb(jnp.asarray(hsv)), expected, atol=2e-6)


@given(pixels(FINITE))
def test_any_finite_output_is_a_colour(outputs):
    image = colours(outputs)
    assert image.dtype == np.float32
    assert ((image >= 0) & (image <= 1)).all()


@given(pixels(st.integers(-64, 64).map(lambda n: n / 64)), st.integers(-3, 3))
def test_hue_is_periodic(outputs, turns):
    # Multiples of 1/64 are exact in float32, so the colours are the same to the last bit.
    turned = outputs + np.array([turns, 0, 0], np.float32)
    np.testing.assert_array_equal(colours(turned), colours(outputs))


@given(pixels(st.floats(-4, 4, width=32)))
def test_the_sign_of_brightness_does_not_matter(outputs):
    mirrored = outputs * np.array([1, 1, -1], np.float32)
    np.testing.assert_array_equal(colours(mirrored), colours(outputs))


def test_order_of_the_outputs():
    assert OUTPUT_NAMES == ("hue", "saturation", "brightness")
    assert rgb(0, 1, 1) == [1, 0, 0]
    np.testing.assert_allclose(rgb(1 / 3, 1, 0.5), [0, 0.5, 0], atol=1e-6)
    np.testing.assert_allclose(rgb(-1 / 3, 1, 0.5), [0, 0, 0.5], atol=1e-6)


def test_clipping():
    assert rgb(0.25, -3, 0.5) == [0.5, 0.5, 0.5]
    assert rgb(0, 7, 1) == rgb(0, 1, 1)
    assert rgb(0, 0, 9) == rgb(0, 0, -9) == [1, 1, 1]


@pytest.mark.parametrize("hue", [-1e-9, -1 - 1e-7, 1 - 1e-8, -1e-38, 0.99999994])
def test_the_seam_of_the_hue_circle_is_red(hue):
    np.testing.assert_allclose(rgb(hue, 1, 1), [1, 0, 0], atol=2e-6)


def test_a_clipped_output_has_no_gradient_and_a_free_one_has():
    def total(outputs):
        return (outputs_to_rgb(outputs) * jnp.array([1.0, 2.0, 4.0])).sum()

    assert (jax.grad(total)(jnp.array([0.1, 0.5, 0.5])) != 0).all()
    assert jax.grad(total)(jnp.array([0.1, 2.0, 0.5])).tolist()[1] == 0
    assert jax.grad(total)(jnp.array([0.1, 0.5, -1.5])).tolist()[2] == 0


def test_any_leading_axes():
    outputs = np.random.default_rng(0).normal(size=(2, 3, 4, 3)).astype(np.float32)
    image = colours(outputs)
    assert image.shape == outputs.shape
    np.testing.assert_array_equal(image[1, 2, 3], colours(outputs[1, 2, 3]))

"""Fitness is highest for the target itself."""

import jax.numpy as jnp
import numpy as np
import pytest
from skimage.metrics import structural_similarity

import fer_jax
from fer_jax.search.fitness import FITNESS, mean_squared_errors, structural_similarities

MOON = fer_jax.render(fer_jax.load_genome("moon"), 24)
OTHERS = [fer_jax.render(fer_jax.load_genome(name), 24) for name in ("sunrise", "heart")]


@pytest.mark.parametrize("name", FITNESS)
def test_the_target_is_the_fittest(name):
    fitness = FITNESS[name](MOON)(jnp.stack([OTHERS[0], MOON, OTHERS[1]]), lambda: None)
    assert fitness.shape == (3,)
    assert int(jnp.argmax(fitness)) == 1


def test_mean_squared_error_and_likeness_by_other_means():
    images = np.stack(OTHERS)
    np.testing.assert_allclose(
        mean_squared_errors(images, MOON),
        [np.mean((image - MOON) ** 2) for image in OTHERS],
        rtol=1e-5,
    )
    expected = [
        structural_similarity(
            image,
            MOON,
            channel_axis=-1,
            data_range=1.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        for image in OTHERS
    ]
    # They differ in how they treat the edges.
    np.testing.assert_allclose(structural_similarities(images, MOON), expected, atol=0.05)


def test_small_pictures_have_a_likeness():
    small = np.ones((4, 4, 3), np.float32)
    assert float(structural_similarities(small[None], small)[0]) == pytest.approx(1.0, abs=1e-4)

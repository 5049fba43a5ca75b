import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import draw, feature_maps, render, render_params
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from tests import numpy_cppn
from tests.compilations import compilations


def network(spec: str = "sin:5x2", seed: int = 0) -> Cppn:
    arch = Arch.parse(spec)
    return Cppn.from_flat(arch, np.random.default_rng(seed).normal(size=arch.parameter_count) / 2)


@pytest.fixture(params=["network", "genome"])
def model(request: pytest.FixtureRequest) -> Cppn | Genome:
    return network() if request.param == "network" else load_genome("sunrise")


@pytest.mark.parametrize("size", [2, 6])
def test_an_image(model, size):
    image = render(model, size)
    assert isinstance(image, np.ndarray)
    assert (image.shape, image.dtype) == ((size, size, 3), np.float32)
    assert (image >= 0).all()
    assert (image <= 1).all()


def test_the_default_size_is_that_of_the_study():
    assert render(network()).shape == (256, 256, 3)
    assert feature_maps(network())[-1].shape == (256, 256, 3)


@pytest.mark.parametrize("size", [1, 0])
def test_too_small(model, size):
    for function in (render, feature_maps):
        with pytest.raises(ValueError, match="expected at least 2 pixels"):
            function(model, size)


def test_maps_of_every_layer(model):
    maps = feature_maps(model, 6)
    assert all(isinstance(layer, np.ndarray) and layer.dtype == np.float32 for layer in maps)
    assert all(layer.shape[:2] == (6, 6) for layer in maps)
    np.testing.assert_allclose(maps[0], numpy_cppn.pixel_inputs(6), atol=1e-6)
    np.testing.assert_allclose(
        np.asarray(outputs_to_rgb(jnp.asarray(maps[-1]))), render(model, 6), atol=1e-6
    )


def test_maps_of_a_network_are_its_layers():
    model = network()
    maps = feature_maps(model, 6)
    assert tuple(layer.shape[-1] for layer in maps) == model.arch.layer_sizes
    wanted = numpy_cppn.dense_layers(model.arch, model.params, numpy_cppn.pixel_inputs(6))
    for layer, values in zip(maps, wanted, strict=True):
        np.testing.assert_allclose(layer, values, atol=1e-4)


def test_maps_of_a_genome_hold_each_drawing_node_once():
    genome = load_genome("sunrise")
    maps = feature_maps(genome, 6)
    assert sum(layer.shape[-1] for layer in maps) == len(genome.depths)
    outputs = numpy_cppn.graph_outputs(genome, numpy_cppn.pixel_inputs(6))
    np.testing.assert_allclose(maps[-1], outputs, atol=1e-4)


def test_pixels_know_nothing_of_each_other(model):
    inputs = jnp.asarray(numpy_cppn.pixel_inputs(4), jnp.float32)
    params = jnp.asarray(model.params)
    whole = draw(model.program, params, inputs)
    one = draw(model.program, params, inputs[3, 1])
    np.testing.assert_allclose(one, whole[3, 1], atol=1e-6)


def test_compiled_once_for_each_arch_and_size():
    # Sizes that no other test draws: what is compiled already is not compiled again.
    with compilations("render_params") as found:
        for seed in range(3):
            render(network(seed=seed), 11)
        assert len(found) == 1
        render(network(), 13)
        assert len(found) == 2
        render(network("tanh:5x2"), 13)
        assert len(found) == 3
    with compilations("feature_maps_params") as found:
        for seed in range(3):
            feature_maps(network(seed=seed), 11)
        assert len(found) == 1


def test_many_weights_at_once_draw_what_each_draws():
    models = [network(seed=seed) for seed in range(3)]
    program, params = models[0].program, np.stack([model.params for model in models])
    images = jax.vmap(lambda weights: render_params(program, weights, size=8))(params)
    for model, image in zip(models, images, strict=True):
        np.testing.assert_allclose(image, render(model, 8), atol=1e-5)

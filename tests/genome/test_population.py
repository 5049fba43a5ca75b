"""A population holds what its genomes hold, and draws what each of them draws alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.sharding import Mesh

import fer_jax
from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.names import ACTIVATION_NAMES
from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError
from fer_jax.genome import population_render
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.library import embedded_names
from fer_jax.genome.population import LEAST_LINKS, LEAST_SLOTS, bucket, pad, unpad
from fer_jax.genome.population_render import (
    images_of,
    on_devices,
    population_feature_maps,
    render_population,
)
from fer_jax.genome.slot_activations import selected
from fer_jax.genome.slots import order_of_slots
from fer_jax.genome.spread import GENOMES
from tests import numpy_cppn
from tests.compilations import compilations
from tests.genome.genomes import INPUTS, OUTPUTS, changed, decorated_genomes, genomes, small_genome
from tests.reference import reference_dir

# Alone, each is a program of its own, which takes seconds to compile.
QUICK = ("moon", "sunrise")
SIZE = 12
MANY = st.lists(genomes(), min_size=1, max_size=5)


@settings(max_examples=25)
@given(st.lists(decorated_genomes(), min_size=1, max_size=3))
def test_what_is_padded_comes_back(many):
    assert unpad(pad(many), like=many) == many


@settings(max_examples=25)
@given(MANY)
def test_a_population_comes_back_from_its_own_genomes(many):
    population = pad(many)
    again = pad(unpad(population), slots=population.slots, links=population.links)
    # Who is known by which number is said anew.
    for name in ("kinds", "sources", "targets", "weights", "enabled", "node_count", "outputs"):
        np.testing.assert_array_equal(getattr(population, name), getattr(again, name), name)


@given(genomes())
def test_each_slot_reads_earlier_ones_and_links_are_sorted(genome):
    population = pad([genome])
    links = int(population.link_count[0])
    sources, targets = population.sources[0, :links], population.targets[0, :links]
    assert (sources < targets).all()
    assert (np.diff(targets) >= 0).all()
    assert (population.targets[0, links:] == population.slots).all()
    assert int(population.is_link.sum()) == links
    assert int(population.is_node.sum()) == len(genome.nodes)


@settings(max_examples=15)
@given(MANY)
def test_each_genome_is_drawn_as_alone(many):
    images = render_population(many, SIZE)
    inputs = numpy_cppn.pixel_inputs(SIZE)
    for genome, image in zip(many, images, strict=True):
        expected = numpy_cppn.rgb(numpy_cppn.graph_outputs(genome, inputs))
        # Hue turns round where it passes from one end to the other.
        assert np.median(np.abs(image - expected)) < 1e-5
        assert np.mean(np.abs(image - expected) > 1e-4) < 0.02


@pytest.mark.parametrize("names", [QUICK, pytest.param(embedded_names(), marks=pytest.mark.slow)])
def test_shelf_genomes_are_drawn_as_alone(names):
    many = [fer_jax.load_genome(name) for name in names]
    images = render_population(many, 48)
    alone = np.stack([render(genome, 48) for genome in many])
    np.testing.assert_allclose(images, alone, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["skull", "butterfly", "apple"])
def test_originals_are_drawn_as_near_to_double_precision_as_alone(name):
    """The butterfly moves by 2e-5 where its inputs move by half of their last digit."""
    genome = fer_jax.load_genome(reference_dir() / "genomes" / f"{name}.zip")
    inputs = np.asarray(pixel_inputs(48), np.float64)
    exact = numpy_cppn.rgb(numpy_cppn.graph_outputs_in_order(genome, inputs))
    apart = [
        np.quantile(np.abs(image - exact), 0.999)
        for image in (render_population([genome], 48)[0], render(genome, 48))
    ]
    assert apart[0] < 2.0 * apart[1] + 2e-6


def test_feature_maps_are_the_values_of_the_slots():
    genome = small_genome()
    (maps,) = population_feature_maps([genome], SIZE)
    inputs = numpy_cppn.pixel_inputs(SIZE)
    order = order_of_slots(genome)
    for slot, node in enumerate(order):
        expected = numpy_cppn.graph_value(genome, node.id, inputs)
        np.testing.assert_allclose(maps[slot], expected, atol=1e-5)
    assert not maps[len(order) :].any()


def test_a_loop_that_draws_nothing_is_kept_and_draws_nothing():
    nodes = (*small_genome().nodes, Node("one", "sin"), Node("two", "sin"))
    links = (*small_genome().links, Link("one", "two", 1.0), Link("two", "one", 1.0))
    looped = Genome(nodes, links, "looped")
    population = pad([looped])
    assert unpad(population, like=[looped]) == [looped]
    assert int(population.enabled.sum()) == len(links) - 1
    np.testing.assert_array_equal(
        render_population([looped], SIZE), render_population([small_genome()], SIZE)
    )


def test_a_link_that_does_not_count_is_left_out():
    population = pad([small_genome()])
    off = population._replace(enabled=population.enabled & (jnp.arange(population.links) != 0))
    (genome,) = unpad(off)
    assert len(genome.links) == len(small_genome().links) - 1
    np.testing.assert_array_equal(render_population(off, SIZE), render_population([genome], SIZE))


def test_one_program_serves_all_that_fit_into_a_bucket():
    draw = images_of(pad([small_genome()] * 4), 20)
    assert draw.shape == (4, 20, 20, 3)
    other = changed(links=small_genome().links[::-1])
    with compilations("on_devices") as compiled:
        render_population([other, small_genome(), changed(links=small_genome().links[1:])], 20)
    assert not compiled


def test_buckets_double():
    sizes = {bucket(count, LEAST_SLOTS) for count in range(1, 129)}
    assert sizes == {16, 32, 64, 128}
    assert pad([small_genome()]).links == LEAST_LINKS


def test_any_activation_comes_out_of_one_exponential_and_one_sine():
    z = jnp.linspace(-30.0, 30.0, 2001)
    for kind, name in enumerate(ACTIVATION_NAMES):
        found = selected(jnp.int32(kind), z)
        np.testing.assert_allclose(found, ACTIVATIONS[name](z), atol=3e-6, err_msg=name)


def test_side_by_side_as_on_an_accelerator():
    many = pad([small_genome(), fer_jax.load_genome("moon")])
    mesh = Mesh(np.array(jax.local_devices()[:1]), (GENOMES,))
    found = [
        on_devices(many, SIZE, population_render._colors, mesh, one_by_one=one_by_one)
        for one_by_one in (True, False)
    ]
    np.testing.assert_allclose(*found, atol=1e-5)


def test_no_links_but_one():
    lonely = Genome((*INPUTS, *OUTPUTS), (Link("x", "brightness", 1.0),))
    np.testing.assert_allclose(render_population([lonely], 9)[0], render(lonely, 9), atol=1e-6)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"genomes": []}, "the population is empty"),
        ({"genomes": [small_genome()], "slots": 4}, "a genome has 10 nodes and 9 links"),
    ],
)
def test_what_is_refused(given_, told):
    with pytest.raises(GenomeError, match=told):
        pad(**given_)

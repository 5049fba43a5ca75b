import itertools
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError
from fer_jax.genome import rules
from fer_jax.genome.graph import Genome, Link, Node
from tests import numpy_cppn
from tests.genome.genomes import INPUTS, OUTPUTS, changed, genomes, small_genome

NODES, LINKS = small_genome().nodes, small_genome().links


def without(role: str) -> tuple[Node, ...]:
    return tuple(node for node in NODES if node.role != role)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"links": (*LINKS, Link("h9", "hue", 1.0))}, "link h9 -> hue comes from node h9, which"),
        ({"links": (*LINKS, Link("x", "h9", 1.0))}, "link x -> h9 goes to node h9, which is not"),
        ({"links": (*LINKS, Link("x", "h1", 2.0))}, "link x -> h1 is there twice; add the weights"),
        ({"links": (*LINKS, Link("h1", "y", 1.0))}, "link h1 -> y goes into the input 'y'"),
        ({"links": (*LINKS, Link("h2", "h1", 1.0))}, "cycle through h2 -> h1"),
        ({"links": (*LINKS, Link("h1", "h1", 1.0))}, "cycle through h1 -> h1"),
        ({"links": (*LINKS, Link("brightness", "h1", 1.0))}, "cycle through brightness -> h1"),
        (
            {"links": (Link("x", "hue", float("nan")),)},
            "link x -> hue has weight nan; expected a f",
        ),
        (
            {"links": (Link("x", "hue", float("-inf")),)},
            "has weight -inf; expected a finite number",
        ),
        ({"links": (Link("x", "hue", 1e39),)}, "weight 1e[+]39, which is too large for float32"),
        (
            {"links": (Link("x", "hue", 1.0, original_weight=float("nan")),)},
            "link x -> hue has original weight nan; expected a finite number",
        ),
        ({"links": ()}, "no path leads from an input to an output; link x, y, d or bias"),
        ({"links": (Link("x", "idle", 1.0), Link("h1", "hue", 1.0))}, "no path leads"),
        ({"links": (Link("x", "a\nb", 1.0),)}, r"link x -> 'a\\nb' goes to node 'a\\nb', which"),
        ({"nodes": (*NODES, Node("h1", "sin"))}, "node h1 is there twice; ids must be unique"),
        ({"nodes": (*NODES, Node("", "sin"))}, "node id '' is no line of text"),
        ({"nodes": (*NODES, Node("a\nb", "sin"))}, r"node id 'a\\nb' is no line of text"),
        (
            {"nodes": (*NODES, Node("h3", "gauss"))},
            f"node h3 has unknown activation 'gauss'; the activations are {', '.join(ACTIVATIONS)}",
        ),
        (
            {"nodes": (*NODES, Node("h3", "sin", "z"))},
            "node h3 has unknown role 'z'; the roles are",
        ),
        (
            {"nodes": (*NODES, Node("h3", "sin", "x"))},
            "has 2 nodes for input 'x'; expected exactly",
        ),
        (
            {"label_colors": (("Jaw", (1, 2, 3)), ("Jaw", (1, 2, 4)))},
            "label 'Jaw' has two colours; expected one",
        ),
        (
            {"label_colors": (("Jaw", (1, 2, 256)),)},
            r"label 'Jaw' has colour [(]1, 2, 256[)]; expected three whole numbers, 0 to 255",
        ),
        ({"nodes": without("bias")}, "has 0 nodes for input 'bias'; expected exactly one"),
        ({"nodes": without("hue")}, "has 0 nodes for output 'hue'; expected exactly one"),
    ],
)
def test_a_broken_rule_is_named(fields, message):
    with pytest.raises(GenomeError, match=message) as caught:
        changed(**fields)
    assert "\n" not in str(caught.value)


def test_limits(monkeypatch):
    for name, count in (("MAX_NODES", len(NODES)), ("MAX_LINKS", len(LINKS))):
        monkeypatch.setattr(rules, name, count)
        assert small_genome()
        monkeypatch.setattr(rules, name, count - 1)
        with pytest.raises(GenomeError, match=rf"has {count} \w+; the limit is {count - 1}"):
            small_genome()
        monkeypatch.undo()


def test_a_cycle_that_no_output_depends_on_draws_nothing_and_is_allowed():
    nodes = (*NODES, Node("a", "sin"), Node("b", "sin"))
    links = (*LINKS, Link("a", "b", 1.0), Link("b", "a", 1.0))
    np.testing.assert_array_equal(render(changed(nodes=nodes, links=links), 8), draw())


def test_a_long_chain_needs_no_recursion():
    hidden = [Node(f"h{i}", "identity") for i in range(3000)]
    ids = ["x", *(node.id for node in hidden), "brightness"]
    links = [Link(a, b, 1.0) for a, b in itertools.pairwise(ids)]
    assert Genome((*INPUTS, *hidden, *OUTPUTS), tuple(links)).depths["brightness"] == 3001


def draw() -> np.ndarray:
    return render(small_genome(), 8)


def test_what_draws_nothing_is_left_out():
    genome = small_genome()
    assert "idle" not in genome.depths
    assert list(genome.depths)[:4] == ["x", "y", "d", "bias"]
    nodes = tuple(node for node in NODES if node.id != "idle")
    np.testing.assert_array_equal(render(changed(nodes=nodes, links=LINKS[:-1]), 8), draw())
    heavier = changed(links=(*LINKS[:-1], Link("x", "idle", 9.0)))
    np.testing.assert_array_equal(render(heavier, 8), draw())


def test_depths_are_the_longest_paths():
    assert small_genome().depths == {
        **{"x": 0, "y": 0, "d": 0, "bias": 0},
        **{"h1": 1, "h2": 2, "hue": 1, "saturation": 1, "brightness": 3},
    }


def test_params_are_the_weights_in_the_order_of_the_links():
    genome = small_genome()
    assert genome.params.tolist() == np.float32([link.weight for link in LINKS]).tolist()
    assert genome.params.dtype == np.float32
    assert {genome: 1}[small_genome()] == 1
    assert genome != replace(genome, links=LINKS[::-1])


@given(genomes())
def test_sources_lie_at_smaller_depths(genome):
    for target, depth in genome.depths.items():
        sources = [genome.depths[link.source] for _, link in genome.incoming[target]]
        wanted = 0 if target in ("x", "y", "d", "bias") else 1 + max(sources, default=0)
        assert depth == wanted


@given(genomes())
def test_as_a_slow_recursion_evaluates_it(genome):
    inputs = numpy_cppn.pixel_inputs(3)
    with jax.enable_x64(True):
        params = jnp.asarray(genome.params, jnp.float64)
        layers = genome.program.layers(params, jnp.asarray(inputs))
        np.testing.assert_allclose(
            layers[-1], numpy_cppn.graph_outputs(genome, inputs), rtol=1e-9, atol=1e-9
        )


@given(genomes())
def test_each_link_feeds_the_unit_that_shows_its_target(genome):
    inputs = numpy_cppn.pixel_inputs(2)[0, 1]
    wiring, ids = genome.program.wiring, set(genome.depths)
    with jax.enable_x64(True):
        params = jnp.asarray(genome.params, jnp.float64)
        units = np.concatenate(genome.program.layers(params, jnp.asarray(inputs))[1:])
    assert wiring.linear.size == units.size + 1
    activations = {node.id: node.activation for node in genome.nodes}
    for link, unit in zip(genome.links, wiring.target_unit, strict=True):
        if link.target not in ids:
            assert unit == units.size
            continue
        value = numpy_cppn.graph_value(genome, link.target, inputs)
        np.testing.assert_allclose(units[unit], value, rtol=1e-9, atol=1e-9)
        assert wiring.linear[unit] == (activations[link.target] in ("cache", "identity"))


def test_an_original_weight_that_is_the_weight_says_nothing():
    assert Link("x", "hue", 1.5, "", 1.5) == Link("x", "hue", 1.5)
    assert Link("x", "hue", 1.5, "", 1.0).original_weight == 1.0
    assert str(Link("x", "hue", 0.0, "", -0.0).original_weight) == "-0.0"

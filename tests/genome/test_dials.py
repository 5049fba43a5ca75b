"""The dials are honest: picture, graph and weights stay, and only what is shared moves."""

import itertools

import numpy as np
import pytest

from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError
from fer_jax.genome.dials import FAMILIES, LEVELS, LOCKED, dial_genome
from fer_jax.genome.dials.groups import groups
from fer_jax.genome.layerize import layerize
from tests import numpy_cppn

ALL = [*FAMILIES, *LOCKED]
INPUTS = numpy_cppn.pixel_inputs(32)
CORNERS = [(0.0, 0.0), (1.0, 1.0), (0.5, 0.25)]


@pytest.mark.parametrize(("fracture", "entanglement"), list(itertools.product(LEVELS, LEVELS)))
def test_the_groups_are_what_the_dials_say(fracture, entanglement):
    for seed in range(5):
        chosen = groups(fracture, entanglement, np.random.default_rng(seed))
        beads = [bead for group in chosen for bead in group]
        assert len(beads) == len(set(beads)) == 32
        assert {len(group) for group in chosen} == {4}
        of = {bead: index for index, group in enumerate(chosen) for bead in group}
        apart = [of[b] != of[type(b)(b.concept, 1 - b.copy, b.place)] for b in beads]
        assert np.mean(apart) == fracture
        assert np.mean([len({b.concept for b in group}) == 2 for group in chosen]) == entanglement


@pytest.mark.parametrize("family", ALL)
def test_the_dials_change_neither_the_picture_nor_the_graph(family):
    genomes = [dial_genome(family, *dials, draw=3) for dials in CORNERS]
    outputs_of = [numpy_cppn.graph_outputs(genome, INPUTS) for genome in genomes]
    for outputs in outputs_of[1:]:
        np.testing.assert_allclose(outputs, outputs_of[0], atol=1e-5)
    assert outputs_of[0].std(axis=(0, 1)).max() > 0.02
    assert len({genome.program for genome in genomes}) == 1
    # The weights that place beads are the same numbers, in other places; those that draw them
    # have the same sum of squares for each output.
    ends = {"hue", "saturation", "brightness"}
    for genome in genomes[1:]:
        for part in (False, True):
            mine, first = (
                np.array(sorted(abs(k.weight) for k in g.links if (k.target in ends) == part))
                for g in (genome, genomes[0])
            )
            if not part:
                np.testing.assert_allclose(mine, first, rtol=1e-12)
            np.testing.assert_allclose(mine @ mine, first @ first, rtol=1e-12)


@pytest.mark.parametrize("family", ALL)
def test_nothing_is_clipped_and_every_mixing_is_nonlinear(family):
    genome = dial_genome(family, 0.5, 0.5, draw=1)
    outputs = numpy_cppn.graph_outputs(genome, INPUTS)
    assert outputs.min() > 0.04
    assert outputs.max() < 0.96
    hidden = {node.activation for node in genome.nodes if not node.role}
    assert not hidden & {"identity", "cache"}


@pytest.mark.parametrize("family", ["mirror", "color"])
def test_copies_are_mirrored(family):
    outputs = numpy_cppn.graph_outputs(dial_genome(family, 1.0, 1.0, draw=0), INPUTS)
    np.testing.assert_allclose(outputs, outputs[:, ::-1], atol=1e-5)


def test_draws_differ_and_are_repeated():
    first, again = (dial_genome("scale", 0.25, 0.75, draw=4) for _ in range(2))
    assert first == again
    assert dial_genome("scale", 0.25, 0.75, draw=5) != first
    assert not set(FAMILIES) & set(LOCKED)


def test_they_are_ordinary_genomes():
    genome = dial_genome("rotation", 0.0, 1.0, draw=0)
    np.testing.assert_allclose(render(layerize(genome), 24), render(genome, 24), atol=1e-4)


@pytest.mark.parametrize(
    ("family", "dial", "told"),
    [("mirrors", 0.0, "did you mean 'mirror'"), ("mirror", 0.3, "fracture is 0.3")],
)
def test_mistakes(family, dial, told):
    with pytest.raises(GenomeError, match=told):
        dial_genome(family, dial, 0.0, draw=0)

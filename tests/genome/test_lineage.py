"""The evolved ones of the embedded genomes and their ancestors."""

import itertools

import numpy as np
import pytest

from fer_jax.errors import GenomeError
from fer_jax.genome.files import load_genome
from fer_jax.genome.library import embedded_names, evolved_names, find, shelf_names
from fer_jax.genome.lineage import Lineage, load_lineage, read_lineage, write_lineage
from fer_jax.genome.population_render import render_population

each_name = pytest.mark.parametrize("name", evolved_names())


def test_there_are_some_and_they_are_embedded():
    assert len(evolved_names()) >= 5
    assert not set(evolved_names()) & set(shelf_names())
    assert set(embedded_names()) == {*evolved_names(), *shelf_names()}
    for name in evolved_names():
        assert find(name).about


@each_name
def test_a_lineage_ends_with_its_genome_and_grows_step_by_step(name):
    lineage, genome = load_lineage(name), load_genome(name)
    assert lineage.genomes[-1].nodes == genome.nodes
    assert lineage.genomes[-1].links == genome.links
    assert all(one < two for one, two in itertools.pairwise(lineage.born))
    first, last = lineage.genomes[0], lineage.genomes[-1]
    assert len(last.links) > len(first.links)
    for parent, child in itertools.pairwise(lineage.genomes):
        # What a parent has, its child has too, but for what a mutation may take away.
        kept = {node.id for node in parent.nodes} & {node.id for node in child.nodes}
        assert len(kept) >= 0.8 * len(parent.nodes)


@each_name
def test_a_lineage_comes_to_its_picture(name):
    lineage = load_lineage(name)
    images = render_population(lineage.genomes, 32)
    far = np.square(images - images[-1]).mean(axis=(1, 2, 3))
    assert far[0] > 0.01
    assert far[-1] == 0.0


def test_a_lineage_comes_back_as_it_was():
    lineage = load_lineage(evolved_names()[0])
    again = read_lineage(write_lineage(lineage))
    assert again.genomes == lineage.genomes
    assert again.born == lineage.born


def test_what_is_no_lineage_is_told_in_one_line():
    with pytest.raises(GenomeError, match="'moth' has no lineage here"):
        load_lineage("moth")
    for text in ("", "{}", '{"genomes":[],"born":[]}', '{"genomes":[1],"born":[2]}'):
        with pytest.raises(GenomeError) as told:
            read_lineage(text)
        assert "\n" not in str(told.value)
    with pytest.raises(GenomeError, match="as many of both"):
        Lineage((), ())

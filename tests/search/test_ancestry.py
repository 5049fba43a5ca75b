"""Lines lead back to the first, whatever is forgotten; and trees are what viewers read."""

import json

import jax
import numpy as np
import pytest

from fer_jax.genome.files import load_genome
from fer_jax.genome.population import pad, unpad
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.phylogeny import newick, phylogeny_json

NAMES = ("moon", "sunrise", "heart")


def shelf():
    return jax.device_get(pad([load_genome(name) for name in NAMES]))


def family():
    """Three founders; two children of the second one; one child of the first of those."""
    tree = Ancestry()
    tree.add(shelf(), [(NOBODY, NOBODY)] * 3, 0)
    two = jax.tree.map(lambda part: part[:2], shelf())
    tree.add(two, [(1, 0), (1, NOBODY)], 2)
    tree.add(jax.tree.map(lambda part: part[2:], shelf()), [(3, 4)], 5)
    return tree


def links(genomes):
    return [genome.links for genome in genomes]


def test_lines_and_genomes():
    tree = family()
    assert tree.line(5) == [1, 3, 5]
    expected = unpad(shelf())
    assert links(tree.genomes_of([1, 3, 5])) == links([expected[1], expected[0], expected[2]])


def test_genomes_side_by_side():
    tree = family()
    tree.forget([5])
    tree.add(shelf(), [(5, NOBODY)] * 3, 6)
    many = tree.population_of([3, 7, 5, 3], slots=64, links=128)
    assert (many.genomes, many.slots, many.links) == (4, 64, 128)
    assert links(unpad(many)) == links(tree.genomes_of([3, 7, 5, 3]))
    for part, own in zip(many, shelf().padded(64, 128), strict=True):
        np.testing.assert_array_equal(part[1], own[1])
        assert part.dtype == own.dtype


def test_who_has_no_living_offspring_is_forgotten_and_the_line_stays():
    tree = family()
    before = links(tree.genomes_of(tree.line(5)))
    tree.forget([5])
    assert sorted(tree.genomes) == [1, 3, 5]
    assert links(tree.genomes_of(tree.line(5))) == before
    with pytest.raises(KeyError, match="genome 4 was forgotten"):
        tree.genomes_of([4])
    # Who was whose parent is known still.
    assert tree.parents[4] == (1, NOBODY)
    numbers = tree.add(shelf(), [(5, NOBODY)] * 3, 6)
    assert numbers.tolist() == [6, 7, 8]
    assert tree.line(8) == [1, 3, 5, 8]


@pytest.mark.parametrize("forget", [False, True])
def test_it_comes_back(forget):
    tree = family()
    if forget:
        tree.forget([5])
    again = Ancestry.restore(tree.arrays())
    assert (again.parents, again.born) == (tree.parents, tree.born)
    assert links(again.genomes_of(again.line(5))) == links(tree.genomes_of(tree.line(5)))
    first, second = again.arrays(), Ancestry.restore(again.arrays()).arrays()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
        assert values.dtype == second[name].dtype


def test_newick_has_all_ancestors_and_the_time_between_births():
    tree = family()
    assert newick(tree, [4, 5]) == "((5:3)3:2,4:2)1;"
    assert newick(tree, [0, 5]) == "(0:0,((5:3)3:2)1:0);"


def test_json_has_both_parents():
    told = json.loads(phylogeny_json(family(), [4, 5]))["genomes"]
    assert [one["id"] for one in told] == [1, 3, 4, 5]
    assert told[1] == {"id": 3, "parents": [1, 0], "born": 2, "living": False}
    assert told[-1] == {"id": 5, "parents": [3, 4], "born": 5, "living": True}


def test_a_long_line_does_not_run_out_of_stack():
    count = 5000
    tree = Ancestry([(at - 1, NOBODY) for at in range(count)], list(range(count)))
    assert newick(tree, [count - 1]).count("(") == count - 1

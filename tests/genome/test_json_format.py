import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.json_format import read_json, write_json
from tests.genome.genomes import genomes, small_genome

TEXT = """\
{
  "format": "fer_jax genome",
  "version": 1,
  "name": "tiny",
  "nodes": [
    {"id": "1_2", "activation": "identity", "role": "x"},
    {"id": "1_3", "activation": "identity", "role": "y"},
    {"id": "1_1", "activation": "identity", "role": "d"},
    {"id": "1_0", "activation": "identity", "role": "bias"},
    {"id": "hue", "activation": "sin", "role": "hue", "label": "Sky"},
    {"id": "s", "activation": "identity", "role": "saturation"},
    {"id": "b", "activation": "identity", "role": "brightness"}
  ],
  "links": [
    {"source": "1_2", "target": "hue", "weight": 3.0, "label": "\\u00f6", "original_weight": 0.0},
    {"source": "1_0", "target": "b", "weight": -2.0}
  ],
  "label_colors": [
    {"label": "\\u00f6", "color": [0, 128, 255]}
  ]
}
"""


def tiny() -> Genome:
    ids = {"x": "1_2", "y": "1_3", "d": "1_1", "bias": "1_0", "saturation": "s", "brightness": "b"}
    nodes = [Node(id, "identity", role) for role, id in ids.items()]
    nodes.insert(4, Node("hue", "sin", "hue", "Sky"))
    links = (Link("1_2", "hue", 3.0, "ö", 0.0), Link("1_0", "b", -2.0))
    return Genome(tuple(nodes), links, "tiny", (("ö", (0, 128, 255)),))


def same(one: Genome, other: Genome) -> bool:
    """Equality leaves out the colours of labels."""
    return one == other and one.label_colors == other.label_colors


def test_the_text_is_stable():
    assert write_json(tiny()) == TEXT
    assert same(read_json(TEXT.encode()), tiny())


def test_fields_that_may_be_left_out():
    content = json.loads(TEXT)
    del content["name"], content["label_colors"]
    del content["nodes"][4]["label"], content["links"][0]["label"]
    genome = read_json(json.dumps(content).encode())
    assert (genome.name, genome.label_colors, genome.nodes[4].label) == ("", (), "")
    assert genome.links[0] == Link("1_2", "hue", 3.0, "", 0.0)


def test_a_whole_number_is_a_weight():
    genome = read_json(TEXT.replace("-2.0", "-2").encode())
    assert type(genome.links[1].weight) is float
    assert same(genome, tiny())


NAMES = st.text(max_size=12)
COLORS = st.tuples(*[st.integers(0, 255)] * 3)
DOUBLES = st.floats(-3.4e38, 3.4e38)


@given(
    genomes(),
    NAMES,
    st.dictionaries(NAMES, COLORS, max_size=3),
    st.lists(st.tuples(DOUBLES, NAMES, st.none() | DOUBLES), min_size=1, max_size=5),
)
def test_any_genome_comes_back(genome, name, colors, fields):
    links = tuple(
        replace(link, weight=weight, label=label, original_weight=original)
        for link, (weight, label, original) in zip(genome.links, fields, strict=False)
    )
    nodes = tuple(replace(node, label=name) for node in genome.nodes)
    links = (*links, *genome.links[len(links) :])
    genome = Genome(nodes, links, name, tuple(colors.items()))
    text = write_json(genome)
    assert same(read_json(text.encode("ascii")), genome)
    assert write_json(read_json(text.encode())) == text


def refused(data: bytes | str, message: str) -> None:
    with pytest.raises(GenomeError, match=message) as caught:
        read_json(data if isinstance(data, bytes) else data.encode())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "is not readable JSON: Expecting value"),
        ("{", "is not readable JSON: "),
        (b"\xff\xfe{}", "is not text in utf-8, the encoding of JSON"),
        ("[" * 100_000, "is JSON nested too deeply; a genome's has lists of objects"),
        ("9" * 5000, "has a whole number of thousands of digits; write it as 1e300"),
        ("[]", 'is JSON, but not a genome: expected "format": "fer_jax genome"'),
        ("{}", "is JSON, but not a genome"),
        ('{"format": "fer_jax genome"}', "has format version None; this fer_jax reads version 1"),
        ('{"format": "fer_jax genome", "version": 1}', "the genome has no 'links'"),
        ('{"format": "fer_jax genome", "version": [%s1]}' % ("1, " * 999), "has format version"),
    ],
)
def test_no_genome(data, message):
    refused(data, message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"version": 1', '"version": 2', "has format version 2; this fer_jax reads version 1"),
        ('"version": 1', '"version": "1"', "has format version"),
        ('"name": "tiny"', '"name": 3', "the name is 3; expected a string"),
        (
            '"name"',
            '"nome"',
            "the genome has unknown key 'nome'; the keys are format, label_colors",
        ),
        ('"nodes": [', '"nodes": 3, "label": [', "the genome has unknown key 'label'"),
        ('"label_colors": [', '"label_colors": [7,', "label_colors has 7; expected a label and"),
        ("[0, 128, 255]", "[0, 128, 256]", "expected a label and three channels, 0 to 255"),
        ("[0, 128, 255]", "[0, 128]", "expected a label and three channels"),
        ("[0, 128, 255]", "[0, 128, 2.5]", "expected a label and three channels"),
        ('{"label": "', '{"lable": "', "expected a label and three channels"),
        ('"links": [', '"links": ["a",', r"links\[0\] is 'a'; expected an object"),
        (
            '"role": "d"',
            '"roll": "d"',
            r"nodes\[2\] has unknown key 'roll'; the keys are activation",
        ),
        ('"id": "s", ', "", r"nodes\[5\] has no 'id'"),
        ('"id": "s"', '"id": 7', r"nodes\[5\].id is 7; expected a string"),
        ('"id": "s"', '"id": null', r"nodes\[5\].id is None; expected a string"),
        (', "weight": -2.0', "", r"links\[1\] has no 'weight'"),
        ("-2.0", '"-2.0"', r"links\[1\].weight is '-2.0'; expected a number"),
        ("-2.0", "true", r"links\[1\].weight is True; expected a number"),
        ("-2.0", "NaN", "has NaN as a number; weights must be finite"),
        ("-2.0", "-Infinity", "has -Infinity as a number; weights must be finite"),
        ("-2.0", "1e999", "link 1_0 -> b has weight inf; expected a finite number"),
        ("-2.0", "1" + "0" * 400, r"links\[1\].weight is too large a number"),
        ("-2.0", "1" + "0" * 5000, "has a whole number of thousands of digits"),
        ('weight": 0.0', 'weight": 1e999', "link 1_2 -> hue has original weight inf; expected a f"),
        ('"name": "tiny"', '"name": "a", "name": "b"', "has the key 'name' twice in one object"),
        ("[0, 128, 255]", "[0, 128, true]", "expected a label and three channels"),
        (
            '"nodes": [',
            '"nodes": [[[[[1]]]],',
            r"nodes\[0\] is \[\[\[\.\.\.\]\]\]; expected an object",
        ),
        (
            '"version": 1',
            '"version": true',
            "has format version True; this fer_jax reads version 1",
        ),
        ('"target": "b"', '"target": "c"', "link 1_0 -> c goes to node c, which is not in the"),
        ('"id": "s"', '"id": "a\\nb"', r"node id 'a\\nb' is no line of text"),
    ],
)
def test_one_thing_wrong(old, new, message):
    assert old in TEXT
    refused(TEXT.replace(old, new, 1), message)


def test_what_is_missing_is_an_input():
    small = write_json(small_genome())
    refused(small.replace('"role": "x"', '"label": "x"'), "has 0 nodes for input 'x'; expected exa")

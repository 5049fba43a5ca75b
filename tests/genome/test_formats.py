"""Every genome comes back from every format, to the last bit, and layerizes to the same network."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given

from fer_jax.cppn.render import render
from fer_jax.errors import GenomeError
from fer_jax.genome import files
from fer_jax.genome.files import load_genome, read_bytes, save_genome
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import embedded_names
from fer_jax.genome.picbreeder import read_xml, read_zip
from fer_jax.genome.picbreeder_writer import write_xml, write_zip
from tests.genome import xml_files as xml
from tests.genome.genomes import ANY_TEXT, changed, decorated_genomes, grey, small_genome
from tests.reference import reference_dir

SUFFIXES = (".json", ".zip", ".xml")
NODES, LINKS = small_genome().nodes, small_genome().links


def same(one: Genome, other: Genome) -> bool:
    """Equal in everything, the sign of a zero included, which `==` does not see."""
    everything = (one.nodes, one.links, one.name, one.label_colors)
    return repr(everything) == repr((other.nodes, other.links, other.name, other.label_colors))


def returns(genome: Genome, folder: Path) -> None:
    for suffix in SUFFIXES:
        path = folder / f"other name{suffix}"
        save_genome(genome, path)
        again = load_genome(path)
        assert same(again, genome), suffix
        network, expected = layerize(again), layerize(genome)
        assert network.arch == expected.arch
        np.testing.assert_array_equal(network.flat_params, expected.flat_params)


@pytest.mark.parametrize("name", embedded_names())
def test_embedded_genomes(name, tmp_path):
    returns(load_genome(name), tmp_path)


@pytest.mark.golden
@pytest.mark.parametrize(
    "name",
    [
        "genomes/skull.zip",
        "genomes/butterfly.zip",
        "genomes/apple.zip",
        "cppnx/576_Skull.xml",
        "cppnx/4376_ButterflyColor.xml",
        "cppnx/5736_ShinyRedApple.xml",
    ],
)
def test_the_original_files(name, tmp_path):
    returns(load_genome(reference_dir() / name), tmp_path)


@given(decorated_genomes())
def test_any_genome(genome):
    named = replace(genome, name=genome.name or "a")
    assert same(read_json(write_json(named).encode()), named)
    assert same(read_zip(write_zip(named)), named)
    assert same(read_xml(write_xml(named)), named)


@given(decorated_genomes(ANY_TEXT))
def test_any_text_is_held_or_refused(genome):
    assert same(read_json(write_json(genome).encode()), genome)
    for write in (write_zip, write_xml):
        try:
            data = write(genome)
        except GenomeError as error:
            told = r"the (name|label) .* holds the character '.*', which XML cannot; save .*json"
            assert re.fullmatch(told, str(error))  # noqa: PT017
        else:
            assert same(read_bytes(data, genome.name), genome)


@pytest.mark.parametrize("text", ["a\0b", "\x1b[31m", "\ud800", "\ufffe"])
@pytest.mark.parametrize("suffix", [".zip", ".xml"])
@pytest.mark.parametrize("field", ["name", "label_colors", "nodes", "links"])
def test_text_that_xml_cannot_hold(text, suffix, field, tmp_path):
    values = {
        "name": text,
        "label_colors": ((text, (1, 2, 3)),),
        "nodes": (replace(NODES[0], label=text), *NODES[1:]),
        "links": (replace(LINKS[0], label=text), *LINKS[1:]),
    }
    genome = changed(**{field: values[field]})
    what = "name" if field == "name" else "label"
    with pytest.raises(GenomeError, match=f"mine{suffix}: the {what} .*; save the genome as .json"):
        save_genome(genome, tmp_path / f"mine{suffix}")
    assert list(tmp_path.iterdir()) == []
    save_genome(genome, tmp_path / "mine.json")
    assert same(load_genome(tmp_path / "mine.json"), genome)


def test_a_grey_image_is_written_with_ink_alone():
    genome = grey(small_genome())
    for data in (write_xml(genome), zip_content(write_zip(genome))):
        assert data.count(b'type="out"') == 1
        assert b'label="ink"' in data
        assert b'phenotype="grey"' in data
    read = read_xml(xml.picbreeder(xml.genome([*xml.interface([("ink", "7_22")])], [
        xml.link("1_2", "7_22", 1.5)
    ])))  # fmt: skip
    assert b'label="ink"' in write_xml(read)
    assert same(read_xml(write_xml(read)), read)


@pytest.mark.parametrize(
    ("nodes", "links"),
    [
        ((), (Link("hue", "saturation", 1.0),)),
        ((Node("hue", "sin", "hue"),), ()),
        ((Node("hue", "identity", "hue", "a"),), ()),
        ((), (Link("brightness", "hue", -0.0),)),
        ((), (Link("brightness", "hue", 0.0, "a"),)),
        ((), (Link("brightness", "hue", 0.0, "", 1.0),)),
    ],
)
def test_what_is_nearly_grey_is_written_in_colour(nodes, links):
    genome = grey(small_genome())
    kept = [n for n in genome.nodes if n.id not in {node.id for node in nodes}]
    ends = {(link.source, link.target): link for link in (*genome.links, *links)}
    nearly = replace(genome, nodes=(*kept[:-1], *nodes, kept[-1]), links=tuple(ends.values()))
    for read, write in ((read_zip, write_zip), (read_xml, write_xml)):
        assert same(read(write(nearly)), nearly)
    if genome.nodes[-2:] != nearly.nodes[-2:]:
        assert b'label="ink"' not in write_xml(nearly)


def zip_content(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
        assert name == "a"  # CPPN-X looks for no other
        return archive.read(name)


def test_the_zip_is_one_that_picbreeders_tools_read():
    root = ElementTree.fromstring(zip_content(write_zip(small_genome())))
    assert root.tag == "data"
    nodes, links = root.find("genome/nodes"), root.find("genome/links")
    assert [node.find("activation").text for node in nodes] == [
        f"{node.activation}(x)" for node in NODES
    ]
    assert [node.get("label") for node in nodes] == [node.role for node in NODES]
    assert [int(link.find("marking").get("id")) for link in links] == list(range(len(LINKS)))
    ids = {(e.get("branch"), e.get("id")) for e in root.iterfind("genome/nodes/node/marking")}
    for link in links:
        for end in ("source", "target"):
            assert (link.find(end).get("branch"), link.find(end).get("id")) in ids
    assert root.find("genome/buttons") is None


@pytest.mark.golden
@pytest.mark.parametrize("name", ["576_Skull", "4376_ButterflyColor", "5736_ShinyRedApple"])
def test_the_xml_has_the_lines_of_cppnx(name):
    """CPPN-X reads a file line by line, so each element has to be in the line where it looks."""

    def shape(line: bytes) -> bytes:
        return re.sub(rb'"[^"]*"|>[^<]*</', b"*", line.replace(b'<fer-jax name="me"/>', b""))

    def lines(data: bytes) -> list[bytes]:
        return [shape(line) for line in data.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")]

    theirs = (reference_dir() / "cppnx" / f"{name}.xml").read_bytes()
    ours = lines(write_xml(read_xml(theirs, "me")))
    expected = lines(theirs)
    # What it came from is not kept; CPPN-X reads none as well as one.
    at = expected.index(b"        <parents count=*>")
    assert expected.pop(at + 1) == b"            <identifier branch=* id=*/>"
    assert ours == expected


def test_what_cppnx_has_saved_again_is_in_order():
    """It regroups links by colour and drops what it does not know."""
    data = write_xml(replace(small_genome(), name="small")).replace(b'<fer-jax name="small"/>', b"")
    links = re.findall(rb" +<link>.*?</link>\n", data, re.DOTALL)
    assert len(links) == len(LINKS)
    regrouped = data.replace(b"".join(links), b"".join(links[::-1]))
    assert read_xml(regrouped).links == LINKS
    assert {node.id for node in read_xml(regrouped).nodes} == {node.id for node in NODES}


def test_the_same_genome_gives_the_same_bytes(tmp_path):
    for suffix in SUFFIXES:
        for name in ("one", "two"):
            save_genome(small_genome(), tmp_path / f"{name}{suffix}")
        one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
        assert one == two


def test_a_genome_without_a_name_is_called_after_the_file(tmp_path):
    for suffix in SUFFIXES:
        save_genome(changed(name=""), tmp_path / f"bird{suffix}")
        assert load_genome(tmp_path / f"bird{suffix}").name == "bird"


def test_a_label_without_a_colour(tmp_path):
    genome = changed(links=(replace(LINKS[0], label="Jaw"), *LINKS[1:]))
    returns(genome, tmp_path)
    assert load_genome(tmp_path / "other name.xml").label_colors == ()


@pytest.mark.usefixtures("unchecked_types")
def test_numpy_weights(tmp_path):
    weights = [np.float32(1.5), np.float64(0.1), 2]
    links = tuple(
        replace(link, weight=weight) for link, weight in zip(LINKS, weights, strict=False)
    )
    genome = changed(links=(*links, *LINKS[3:]))
    for suffix in SUFFIXES:
        save_genome(genome, tmp_path / f"small{suffix}")
        assert load_genome(tmp_path / f"small{suffix}") == genome


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_file_is_written_that_could_not_be_read(suffix, tmp_path, monkeypatch):
    path = tmp_path / f"large{suffix}"
    save_genome(small_genome(), path)
    size = len(path.read_bytes())
    path.unlink()
    monkeypatch.setattr(files, "MAX_BYTES", size)
    save_genome(small_genome(), path)
    path.unlink()
    monkeypatch.setattr(files, "MAX_BYTES", size - 1)
    with pytest.raises(GenomeError, match=f"would have {size} bytes; the limit .* is {size - 1}"):
        save_genome(small_genome(), path)
    assert list(tmp_path.iterdir()) == []


def test_a_grown_genome_draws_the_same_from_every_format(tmp_path):
    genome = load_genome("moth")
    for suffix in SUFFIXES:
        save_genome(genome, tmp_path / f"moth{suffix}")
        image = render(load_genome(tmp_path / f"moth{suffix}"), 16)
        np.testing.assert_array_equal(image, render(genome, 16))

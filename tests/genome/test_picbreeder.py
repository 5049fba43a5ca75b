import numpy as np
import pytest

from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Link, Node
from fer_jax.genome.picbreeder import read_xml, read_zip
from tests.genome import xml_files as xml


def buttons(*texts: str) -> str:
    """CPPN-X's list of labels, numbered from 1, each in another colour."""
    items = "".join(
        f'<colorButton><color-label id="{place}"/><text>{text}</text>'
        f'<color r="{10 * place}" g="{20 * place}" b="300"/></colorButton>'
        for place, text in enumerate(texts, start=1)
    )
    return f"<buttons>{items}</buttons>"


def test_nodes_and_links_in_the_order_of_the_file():
    genome = read_xml(xml.picbreeder(), "mine")
    assert genome.name == "mine"
    assert genome.nodes == (
        Node("1_2", "identity", "x"),
        Node("1_3", "identity", "y"),
        Node("1_1", "identity", "d"),
        Node("1_0", "identity", "bias"),
        Node("7_20", "gaussian", "hue"),
        Node("7_21", "gaussian", "saturation"),
        Node("7_22", "gaussian", "brightness"),
        Node("7_5", "sin"),
    )
    assert genome.links == (
        Link("1_2", "7_5", 1.5),
        Link("1_3", "7_5", -0.25),
        Link("7_5", "7_22", 2.0),
        Link("1_0", "7_20", 0.125),
    )


@pytest.mark.parametrize("member", ["genome.xml", "folder/7.xml", "no suffix"])
def test_one_member_of_any_name(member):
    assert read_zip(xml.zipped((member, xml.picbreeder()))) == read_xml(xml.picbreeder())
    with_folder = xml.zipped(("folder/", b""), (member, xml.picbreeder()))
    assert read_zip(with_folder) == read_xml(xml.picbreeder())


def test_a_bare_genome():
    for head in ("", xml.HEAD, "\n  ", "<!-- drawn by hand -->"):
        assert read_xml((head + xml.color_genome()).encode()) == read_xml(xml.picbreeder())


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf-16", "ISO-8859-1", "windows-1252"])
def test_the_encoding_that_is_stated(encoding):
    stated = f'<?xml version="1.0" encoding="{encoding}"?>{xml.color_genome()}'
    assert read_xml(stated.encode(encoding)) == read_xml(xml.picbreeder())


def test_byte_order_marks():
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_xml(xml.color_genome().encode(encoding)) == read_xml(xml.picbreeder())


def test_identity_is_branch_and_id():
    nodes = [*xml.interface(), xml.node("7_5"), xml.node("8_5", "cos"), xml.node("a_b_5")]
    links = [xml.link("1_2", "8_5", 1), xml.link("8_5", "7_5", 2), xml.link("7_5", "7_20", 3)]
    genome = read_xml(xml.picbreeder(xml.genome(nodes, links)))
    assert [node.id for node in genome.nodes[-3:]] == ["7_5", "8_5", "a_b_5"]
    assert genome.links[1] == Link("8_5", "7_5", 2.0)


def test_ink_is_brightness_and_the_image_is_grey(tmp_path):
    nodes = [*xml.interface([("ink", "7_22")]), xml.node("7_5", label="ink")]
    links = [xml.link("1_2", "7_5", 2), xml.link("7_5", "7_22", 1)]
    path = tmp_path / "grey.zip"
    path.write_bytes(xml.zipped(("grey.xml", xml.picbreeder(xml.genome(nodes, links)))))
    genome = load_genome(path)
    assert genome.name == "grey"
    assert genome.nodes[4] == Node("7_22", "gaussian", "brightness")
    assert genome.nodes[-2:] == (
        Node("hue", "identity", "hue"),
        Node("saturation", "identity", "saturation"),
    )
    assert genome.links[-2:] == (Link("7_22", "hue", 0.0), Link("7_22", "saturation", 0.0))
    image = render(genome, 9)
    x = np.linspace(-1, 1, 9)
    brightness = np.clip(abs(2 * np.exp(-(np.sin(2 * x) ** 2)) - 1), 0, 1)
    np.testing.assert_allclose(image, np.tile(brightness[:, None], (9, 1, 3)), atol=1e-5)


def test_human_labels_of_cppnx():
    label = '<color-label id="{}"/>'.format
    labelled = f"<original-weight>-1.25</original-weight>{label(2)}"
    nodes = [*xml.interface(), xml.node("7_5").replace("</node>", label(1) + "</node>")]
    links = [
        xml.link("1_2", "7_5", 1.5, labelled),
        xml.link("7_5", "7_20", 0.5, label(3)),
        xml.link("7_5", "7_21", 0.5, label(9)),
    ]
    texts = ("Mouth", "Mouth open close:=4", "Wink &amp; smile")
    genome = read_xml(xml.cppnx(xml.genome(nodes, links, buttons(*texts))))
    by_ends = {(link.source, link.target): link for link in genome.links}
    assert by_ends["1_2", "7_5"] == Link("1_2", "7_5", 1.5, "Mouth open close:=4", -1.25)
    assert by_ends["7_5", "7_20"].label == "Wink & smile"
    assert by_ends["7_5", "7_21"].label == ""  # of a label that the file does not define
    assert {node.id: node.label for node in genome.nodes if node.label} == {"7_5": "Mouth"}
    # A channel above 255 wraps around, as CPPN-X writes it.
    assert genome.label_colors == (
        ("Mouth", (10, 20, 44)),
        ("Mouth open close:=4", (20, 40, 44)),
        ("Wink & smile", (30, 60, 44)),
    )


def test_the_order_that_cppnx_changed_is_picbreeders_again():
    """The genome's own branch first, the others as text sorts them, each by number."""
    identities = ["7_20", "7_3", "10_4", "9_1", "10_12", "7_100"]
    nodes = [*xml.interface(()), *(xml.node(id) for id in identities[:3])]
    nodes += [xml.node(id, kind="out", label=name) for name, id in zip(
        ("hue", "saturation", "brightness"), identities[3:], strict=True
    )]  # fmt: skip
    ends = [("1_2", "9_1"), ("1_3", "9_1"), ("1_1", "9_1"), ("1_0", "9_1")]
    links = [
        xml.link(*pair, 1, id=id)
        for pair, id in zip(ends, ["10_1", "7_9", "7_10", "8_1"], strict=True)
    ]
    genome = read_xml(xml.cppnx(xml.genome(nodes, links)))
    ids = [node.id for node in genome.nodes if not node.id.startswith("1_")]
    assert ids == ["7_3", "7_20", "7_100", "10_4", "10_12", "9_1"]
    assert [link.source for link in genome.links] == ["1_3", "1_1", "1_2", "1_0"]
    plain = read_xml(xml.picbreeder(xml.genome(nodes, links)))
    assert [node.id for node in plain.nodes[4:]] == identities

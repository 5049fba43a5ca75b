"""Files that are no genomes: one line says what is wrong, and no time or memory is lost."""

import io
import time
import tracemalloc
import zipfile

import pytest

from fer_jax.errors import GenomeError
from fer_jax.genome import picbreeder, xml_tree
from fer_jax.genome.files import load_genome
from fer_jax.genome.picbreeder import read_xml, read_zip
from fer_jax.genome.xml_tree import MAX_BYTES
from tests.genome import xml_files as xml

GOOD = xml.picbreeder().decode()
LINK = '<source branch="7" id="5"/><target branch="7" id="22"/>'


def refused(read, data: bytes, message: str) -> None:
    began = time.process_time()
    with pytest.raises(GenomeError, match=message) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert time.process_time() - began < 5


def declared(body: str) -> bytes:
    return f'<?xml version="1.0"?>{body}'.encode()


def with_entities(declarations: str) -> bytes:
    genome = xml.color_genome().replace("1.5", "&w;")
    return declared(f"<!DOCTYPE genome [{declarations}]>{genome}")


BOMB = '<!ENTITY a "1"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;"><!ENTITY w "&c;&c;">'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is neither a zip nor XML nor JSON; expected a genome"),
        (b"hello", "is neither a zip nor XML nor JSON; expected a genome"),
        (b"\x89PNG\r\n\x1a\n", "is neither a zip nor XML nor JSON"),
        (b"<html><body/></html>", "has 0 <genome> elements; expected one"),
        (GOOD[:300].encode(), "is XML that ends too early, within <node>"),
        (b"<genome/><!--", "is XML that ends too early$"),
        (b"<genome/><nod", "is XML that ends too early$"),
        (b"<a></a></a>", "is not well-formed XML: mismatched tag [(]line 1[)]"),
        (b"<a/></file><file>", "is not well-formed XML: "),
        (GOOD.replace("</nodes>", "").encode(), "is not well-formed XML: mismatched tag"),
        (b"<genome>\0</genome>", "is not well-formed XML"),
        (b"<a>" * 21, "has XML elements more than 20 deep, the limit"),
        (b"<a>" * 20, "is XML that ends too early, within <a>"),
        (b"<a>" * 20 + b"</a>" * 20, "has 0 <genome> elements"),
        (b"<a>" * 100_000, "has XML elements more than 20 deep, the limit"),
        ((xml.color_genome() * 2).encode(), "has 2 <genome> elements; expected one"),
        (b"<genome/>", "has 0 <nodes> elements; expected one"),
        (b"<genome><nodes/><nodes/></genome>", "has 2 <nodes> elements; expected one"),
        (b"<genome><nodes/></genome>", "has 0 <links> elements; expected one"),
        (with_entities(BOMB), "declares a document type or entities, which is refused"),
        (with_entities('<!ENTITY w SYSTEM "file:///etc/passwd">'), "declares a document type"),
        (with_entities('<!ENTITY % w SYSTEM "http://127.0.0.1/x"> %w;'), "declares a document"),
        (with_entities(BOMB).decode().encode("utf-16"), "declares a document type"),
        (declared(xml.color_genome().replace("1.5", "&w;")), "is not well-formed XML: undefined"),
        (b'<?xml version="1.0" encoding="utf-8"?><genome>\xff</genome>', "is not text in utf-8"),
        (
            b'<?xml version="1.0" encoding="utf-16"?><genome/>',
            "is not text in utf-16, the encoding it states",
        ),
        (b'<?xml version="1.0" encoding="klingon"?><genome/>', "is not text in klingon"),
        # Codecs of Python's that are no text, or whose time grows with the square of the length.
        (b'<?xml version="1.0" encoding="zlib"?><genome/>', "is not text in zlib"),
        (b'<?xml version="1.0" encoding="punycode"?><a-' + b"a" * 4_000_000, "text in punycode"),
        (b"<genome>" + b" " * MAX_BYTES, "is larger than 4 MiB, the limit for a genome"),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_no_genome(data, message):
    refused(read_xml, data, message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<weight>2.0</weight>", "", "link 7_5 -> 7_22 has no <weight>"),
        (">2.0<", "><", "link 7_5 -> 7_22 has ''; expected a number as weight"),
        (">2.0<", ">two<", "link 7_5 -> 7_22 has 'two'; expected a number"),
        (">2.0<", ">1_0<", "link 7_5 -> 7_22 has '1_0'; expected a number"),
        (">2.0<", ">nan<", "link 7_5 -> 7_22 has weight nan; expected a finite number"),
        (">2.0<", ">-1e999<", "link 7_5 -> 7_22 has weight -inf; expected a finite number"),
        (">2.0<", ">1e300<", r"link 7_5 -> 7_22 has weight 1e\+300, which is too large"),
        (
            "<weight>2.0</weight>",
            "<weight>2</weight><original-weight>inf</original-weight>",
            "link 7_5 -> 7_22 has original weight inf; expected a finite number",
        ),
        (LINK, LINK.replace("source", "sauce"), "a link has no <source>"),
        (LINK, LINK.replace(' id="22"', ""), "<target> has no branch and id; a node is known by"),
        (LINK, LINK.replace('id="22"', 'id="23"'), "7_5 -> 7_23 goes to node 7_23, which is not"),
        (LINK, LINK.replace('id="22"', 'id="2&#10;2"'), "<target> has a branch or id that is no"),
        ('label="brightness"', 'label="hue"', "has 2 nodes for output 'hue'; expected exactly one"),
        (
            'label="brightness"',
            'label="shine"',
            "node 7_22 of type 'out' has label 'shine'; the in",
        ),
        ('label="hue" type="out"', 'type="hidden"', "has 0 nodes for output 'hue'"),
        ('label="d" type="in"', 'type="hidden"', "has 0 nodes for input 'd'; expected exactly one"),
        ('label="d"', 'label="hue"', "node 1_1 of type 'in' has label 'hue'; the inputs are x, y"),
        ('type="hidden"', 'type="lost"', "node 7_5 has type 'lost'; expected in, out or hidden"),
        (' type="hidden"', "", "node 7_5 has type 'None'; expected in, out or hidden"),
        ("sin(x)", "sine(x)", "node 7_5 has unknown activation 'sine'; the activations are cache"),
        ("<activation>sin(x)</activation>", "", "node 7_5 has no <activation>"),
        ('<marking branch="7" id="5"/>', "", "a node has no <marking>"),
        (
            '<marking branch="7" id="20"/>',
            '<marking branch="7" id="21"/>',
            "node 7_21 is there twi",
        ),
    ],
)
def test_one_thing_wrong(old, new, message):
    assert old in GOOD
    refused(read_xml, GOOD.replace(old, new).encode(), message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('r="1"', 'r="red"', "a colour label has 'red'; expected a colour from 0 to 255"),
        ('r="1"', "", "a colour label has ''; expected a colour from 0 to 255"),
        ("<text>mouth</text>", "", "a colour label has no <text>"),
    ],
)
def test_one_thing_wrong_in_cppnx(old, new, message):
    label = '<colorButton><color-label id="1"/><text>mouth</text><color r="1" g="2" b="3"/>'
    text = xml.color_genome().replace("<nodes", f"<buttons>{label}</colorButton></buttons><nodes")
    assert read_xml(xml.cppnx(text)).label_colors == (("mouth", (1, 2, 3)),)
    refused(read_xml, xml.cppnx(text.replace(old, new)), message)


def test_ids_that_collide_when_joined():
    nodes = [*xml.interface(), xml.node("1_2_3"), xml.node("1_2_3").replace("1_2", "1")]
    nodes[-1] = nodes[-1].replace('id="3"', 'id="2_3"')
    refused(read_xml, xml.picbreeder(xml.genome(nodes, [])), "node 1_2_3 is there twice")


@pytest.mark.parametrize("limit", ["MAX_NODES", "MAX_LINKS"])
def test_limits(monkeypatch, limit):
    monkeypatch.setattr(picbreeder, limit, 3)
    refused(read_xml, xml.picbreeder(), r"has \d (nodes|links); the limit is 3")


def test_limit_of_elements(monkeypatch):
    monkeypatch.setattr(xml_tree, "MAX_ELEMENTS", 3)
    refused(read_xml, b"<a/><a/><a/>", "has 0 <genome> elements")
    refused(read_xml, b"<a/><a/><a/><a/>", "has more than 3 XML elements, the limit for a genome")


def test_namespaces_are_not_expanded():
    """A name of a few letters would otherwise take as much memory as the namespace is long."""
    data = b'<a xmlns="' + b"x" * 2_000_000 + b'">' + b"".join(
        b"<b%d/>" % i for i in range(1000)
    )  # fmt: skip
    tracemalloc.start()
    refused(read_xml, data + b"</a>", "has 0 <genome> elements; expected one")
    assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    tracemalloc.stop()
    kept = xml.color_genome().replace("<nodes", '<nodes xmlns:p="q" p:r="s"')
    assert read_xml(kept.encode()) == read_xml(xml.picbreeder())


def test_a_declaration_is_looked_for_at_the_start_only():
    """Looking for its end from every place where one may begin would take hours."""
    refused(read_xml, b"<?xml " * 600_000, "is XML that ends too early")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_of_another_method_is_not_unpacked(method):
    """Python unpacks all that it has read of these, whatever it was asked for."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a", bytes(20 * 2**20))
    tracemalloc.start()
    refused(read_zip, file.getvalue(), f"is compressed by method {method}; expected deflate")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_zips():
    good = xml.zipped(("7.xml", xml.picbreeder()))
    refused(read_zip, xml.picbreeder(), "begins like a zip file but has no end of one")
    refused(read_zip, b"PK\x03\x04", "begins like a zip file but has no end of one; it may be")
    refused(read_zip, good[:-30], "begins like a zip file but has no end of one")
    refused(read_zip, xml.zipped(), "the zip has 0 files; expected one XML genome")
    refused(read_zip, xml.zipped(("a.xml", b""), ("b.xml", b"")), "the zip has 2 files; expected")
    refused(read_zip, xml.zipped(("a.xml", b"hello")), "is neither a zip nor XML")
    damaged = bytearray(good)
    damaged[60:90] = bytes(30)
    refused(read_zip, bytes(damaged), "zip file")
    encrypted = bytearray(good)
    for start in (good.index(b"PK\x03\x04") + 6, good.index(b"PK\x01\x02") + 8):
        encrypted[start] |= 1
    refused(read_zip, bytes(encrypted), "the zip is encrypted; unpack it")


def test_a_zip_bomb_is_not_unpacked():
    bomb = xml.zipped(("bomb.xml", b" " * (64 * 2**20)))
    assert len(bomb) < MAX_BYTES
    refused(read_zip, bomb, "holds more than 4 MiB unpacked, the limit for a genome")


def test_a_zip_that_lies_about_its_size_is_found_out():
    file = io.BytesIO(xml.zipped(("7.xml", b" " * (8 * 2**20))))
    with zipfile.ZipFile(file) as archive:
        size = archive.infolist()[0].file_size
    lying = file.getvalue().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    refused(read_zip, lying, "zip file|larger than|neither")


def test_the_file_is_named(tmp_path):
    path = tmp_path / "mine.zip"
    path.write_bytes(xml.zipped())
    with pytest.raises(GenomeError, match=r"mine\.zip: the zip has 0 files; expected one XML"):
        load_genome(path)

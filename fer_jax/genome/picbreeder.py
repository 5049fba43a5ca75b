"""Reading Picbreeder genomes (.zip, .xml) and CPPN-X genomes (.xml with human labels)."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from fer_jax.cppn.color import OUTPUT_NAMES
from fer_jax.cppn.coordinates import INPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.graph import MAX_LINKS, MAX_NODES, Color, Genome, Link, Node

MAX_BYTES = 4 * 2**20
"""Limit on a genome file and on what a zip holds, in bytes; the largest known one has 0.14 MB."""

_ROLES = {name: name for name in (*INPUT_NAMES, *OUTPUT_NAMES)} | {"ink": "brightness"}
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Not all that Python knows: some of its codecs take hours for a few MiB.
_ENCODINGS = re.compile(r"utf-?(8|16|32)|(us-)?ascii|iso-8859-\d+|windows-125\d", re.IGNORECASE)


def read_zip(data: bytes, name: str = "") -> Genome:
    """Read a Picbreeder zip: one XML member, whatever it is called.

    Args:
        data: the file's bytes.
        name: what to call the genome.

    Returns:
        The genome.

    Raises:
        GenomeError: if it is no zip, has not exactly one member, or holds no readable genome.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) != 1:
                raise GenomeError(f"the zip has {len(members)} files; expected one XML genome")
            with archive.open(members[0]) as member:
                # The size a header states may lie, so no more than the limit is ever read.
                xml = member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise GenomeError(f"is not a readable zip file: {_one_line(error)}") from None
    except Exception as error:  # zlib.error and struct.error, by any name a codec gives them
        if isinstance(error, GenomeError):
            raise
        raise GenomeError(f"is a damaged zip file: {_one_line(error)}") from None
    return read_xml(xml, name)


def read_xml(data: bytes, name: str = "") -> Genome:
    """Read a genome's XML, of Picbreeder or of CPPN-X.

    Grey images have one output, `ink`: it becomes the brightness, and hue and saturation are
    added as identity nodes with a link of weight 0 from it, as the original study does.

    Args:
        data: the XML's bytes.
        name: what to call the genome.

    Returns:
        The genome, with human labels where the file has some.

    Raises:
        GenomeError: naming what is wrong.
    """
    root = _parse(data)
    found = list(root.iter("genome"))
    if len(found) != 1:
        raise GenomeError(f"the XML has {len(found)} <genome> elements; expected one")
    labels, colors = _labels(found[0])
    items = [_items(found[0], "node", MAX_NODES), _items(found[0], "link", MAX_LINKS)]
    if root.find("cppn-data") is not None:
        items = [_picbreeder_order(elements, found[0]) for elements in items]
    nodes = [_node(element, labels) for element in items[0]]
    links = [_link(element, labels) for element in items[1]]
    if any(_is_ink(element) for element in items[0]):
        _add_colour(nodes, links)
    return Genome(tuple(nodes), tuple(links), name, tuple(sorted(colors.items())))


def _parse(data: bytes) -> Element:
    if len(data) > MAX_BYTES:
        raise GenomeError(f"is larger than {MAX_BYTES // 2**20} MiB, the limit for a genome")
    text = _DECLARATION.sub("", _decode(data), count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise GenomeError("the XML declares a document type or entities, which is refused")
    try:
        # CPPN-X writes two root elements, so the whole file is put inside one.
        return defusedxml.ElementTree.fromstring(f"<file>{text}</file>", forbid_dtd=True)
    except DefusedXmlException as error:
        raise GenomeError(f"the XML is refused: {_one_line(error)}") from None
    except (ParseError, ValueError) as error:
        raise GenomeError(f"is not well-formed XML: {_one_line(error)}") from None


def _decode(data: bytes) -> str:
    declared = _ENCODING.search(data[:200])
    encoding = declared[1].decode() if declared else "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif data[:3] == b"\xef\xbb\xbf":
        encoding = "utf-8-sig"
    try:
        if not _ENCODINGS.match(encoding):
            raise LookupError
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        raise GenomeError(f"is not text in {encoding}, the encoding it states") from None
    if "<" not in text[:1000]:
        raise GenomeError("is neither a zip nor XML; expected a Picbreeder or CPPN-X genome")
    return text


def _items(genome: Element, tag: str, limit: int) -> list[Element]:
    groups = genome.findall(f"{tag}s")
    if len(groups) != 1:
        raise GenomeError(f"the genome has {len(groups)} <{tag}s> elements; expected one")
    items = groups[0].findall(tag)
    if len(items) > limit:
        raise GenomeError(f"has {len(items)} {tag}s; the limit is {limit}")
    return items


def _picbreeder_order(elements: list[Element], genome: Element) -> list[Element]:
    """Undo the regrouping by colour of CPPN-X, since layerization places neurons by link order.

    Picbreeder writes the genome's own branch first, then the others as text sorts them, and within
    a branch by id.
    """
    identifier = genome.find("identifier")
    own = "" if identifier is None else identifier.get("branch", "")

    def marking(element: Element) -> tuple[bool, str, int]:
        branch, id = _identity(_child(element, "marking", f"a {element.tag}")).rsplit("_", 1)
        return branch != own, branch, _parsed(id, int, "a whole number as id", f"a {element.tag}")

    return sorted(elements, key=marking)


def _node(element: Element, labels: dict[str, str]) -> Node:
    id = _identity(_child(element, "marking", "a node"))
    activation = _text(element, "activation", f"node {id}").removesuffix("(x)")
    kind, label = element.get("type"), (element.get("label") or "").strip()
    if kind not in ("in", "out", "hidden"):
        raise GenomeError(f"node {id} has type {str(kind)[:40]!r}; expected in, out or hidden")
    role = "" if kind == "hidden" else _ROLES.get(label, label)
    if kind != "hidden" and role not in (INPUT_NAMES if kind == "in" else OUTPUT_NAMES):
        raise GenomeError(
            f"node {id} of type {kind!r} has label {label[:40]!r}; the inputs are "
            f"{', '.join(INPUT_NAMES)}, the outputs {', '.join(OUTPUT_NAMES)} or ink"
        )
    return Node(id, activation, role, _label(element, labels))


def _link(element: Element, labels: dict[str, str]) -> Link:
    source = _identity(_child(element, "source", "a link"))
    target = _identity(_child(element, "target", "a link"))
    told = f"link {source} -> {target}"
    original = element.find("original-weight")
    return Link(
        source,
        target,
        _number(_text(element, "weight", told), told),
        _label(element, labels),
        None if original is None else _number(original.text or "", told),
    )


def _is_ink(node: Element) -> bool:
    return node.get("type") == "out" and (node.get("label") or "").strip() == "ink"


def _add_colour(nodes: list[Node], links: list[Link]) -> None:
    ink = next(node for node in nodes if node.role == "brightness")
    for role in ("hue", "saturation"):
        nodes.append(Node(role, "identity", role))
        links.append(Link(ink.id, role, 0.0))


def _labels(genome: Element) -> tuple[dict[str, str], dict[str, Color]]:
    texts: dict[str, str] = {}
    colors: dict[str, Color] = {}
    for button in genome.iterfind("buttons/colorButton"):
        color = _child(button, "color", "a colour label")
        text = _text(button, "text", "a colour label")
        texts[_child(button, "color-label", "a colour label").get("id", "")] = text
        red, green, blue = (_channel(color.get(name)) for name in "rgb")
        colors[text] = (red, green, blue)
    return texts, colors


def _label(element: Element, labels: dict[str, str]) -> str:
    reference = element.find("color-label")
    return "" if reference is None else labels.get(reference.get("id", ""), "")


def _identity(element: Element) -> str:
    branch, id = element.get("branch"), element.get("id")
    if not branch or not id:
        raise GenomeError(f"<{element.tag}> has no branch and id; a node is known by both")
    if not (branch + id).isprintable():
        raise GenomeError(f"<{element.tag}> has a branch or id that is no line of text")
    return f"{branch}_{id}"


def _child(element: Element, tag: str, owner: str) -> Element:
    child = element.find(tag)
    if child is None:
        raise GenomeError(f"{owner} has no <{tag}>")
    return child


def _text(element: Element, tag: str, owner: str) -> str:
    return (_child(element, tag, owner).text or "").strip()


def _channel(text: str | None) -> int:
    return _parsed(text or "", int, "a colour from 0 to 255", "a colour label") & 255


def _number(text: str, owner: str) -> float:
    return _parsed(text, float, "a number as weight", owner)


def _parsed(text: str, kind: Callable[[str], Any], expected: str, owner: str) -> Any:
    try:
        if "_" in text:
            raise ValueError
        return kind(text)
    except ValueError:
        raise GenomeError(f"{owner} has {text[:40]!r}; expected {expected}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]

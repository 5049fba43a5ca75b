"""Writing genomes for Picbreeder's tools (.zip) and for CPPN-X (.xml).

Both programs know more than a genome holds, such as an age; what they need of it is written with
neutral values. CPPN-X reads a file line by line, so each element is in the line where CPPN-X
itself would put it, and ours stands behind another one, where it is not seen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from fer_jax.cppn.names import INPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.parts import same_number
from fer_jax.genome.picbreeder import ADDED_COLOUR, OURS
from fer_jax.genome.zip_file import pack

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
_CPPNX_ROOT = b'<cppn-data version="1.2"/>\n'
_NO_LABEL = "0"
_SPACING = 200
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BRANCH_AND_ID = re.compile(r"(?P<branch>.+)_(?P<id>[0-9]+)")


def write_zip(genome: Genome) -> bytes:
    """A genome as Picbreeder keeps it: a zip with one XML file.

    What Picbreeder does not know, labels and original weights, is written in the elements of
    CPPN-X, which other readers pass over.

    Args:
        genome: any genome.

    Returns:
        The zip's bytes, the same for the same genome.

    Raises:
        GenomeError: if its name or a label holds characters that XML cannot.
    """
    return pack(_HEAD + _xml(genome, for_cppnx=False))


def write_xml(genome: Genome) -> bytes:
    """A genome as CPPN-X keeps it, with labels, their colours, and original weights.

    Args:
        genome: any genome.

    Returns:
        The XML, in UTF-8. Like CPPN-X's own files it has two root elements.

    Raises:
        GenomeError: if its name or a label holds characters that XML cannot.
    """
    return _HEAD + _CPPNX_ROOT + _xml(genome, for_cppnx=True)


def _xml(genome: Genome, *, for_cppnx: bool) -> bytes:
    nodes, links, is_grey = _without_added_colour(genome)
    label_ids = _label_ids(genome)
    root = Element("data", version="1.0")
    top = SubElement(root, "genome", age="0", phenotype="grey" if is_grey else "color")
    ours = SubElement(top, OURS, {"name": _held("name", genome.name)} if genome.name else {})
    SubElement(top, "identifier", branch="0", id="0")
    _add_group(top, "parents", 0)
    if for_cppnx or label_ids:
        _add_buttons(top, label_ids, genome)
    group = _add_group(top, "nodes", len(nodes))
    places = _places(genome)
    for node in nodes:
        element = _add_node(group, node, label_ids, is_grey)
        if for_cppnx:
            _finish_node(element, node, places)
    group = _add_group(top, "links", len(links))
    for index, link in enumerate(links):
        _add_link(group, index, link, label_ids, for_cppnx)
    if for_cppnx:
        view = SubElement(_add_group(top, "nodeviews", 1), "nodeview")
        SubElement(view, "identifier", branch="", id="final")
    indent(root, space="    ")
    top.text = ""  # ours goes into the line of the genome's own tag
    ours.tail = "\n" + 8 * " "
    # Escaped text holds none of these bytes, save for a carriage return, which would be read as a
    # new line. The rest is how CPPN-X writes an element that is empty; it knows no other way.
    text = tostring(root, encoding="unicode").encode() + b"\n"
    for old, new in ((b"\r", b"&#13;"), (b" />", b"/>"), (b"<text/>", b"<text></text>")):
        text = text.replace(old, new)
    return text


def _without_added_colour(genome: Genome) -> tuple[Sequence[Node], Sequence[Link], bool]:
    """Nodes and links as a file has them, and whether the image is grey.

    What reading adds to a grey image is left out again, so that the file is as Picbreeder's was.
    """
    ink = genome.role_ids["brightness"]
    nodes, links = genome.nodes[:-2], genome.links[:-2]
    added = tuple(Node(role, "identity", role) for role in ADDED_COLOUR)
    wires = tuple(Link(ink, role, 0.0) for role in ADDED_COLOUR)
    is_grey = (
        genome.nodes[-2:] == added
        and genome.links[-2:] == wires
        and all(same_number(link.weight, 0.0) for link in genome.links[-2:])
        and not any({link.source, link.target} & set(ADDED_COLOUR) for link in links)
    )
    if not is_grey:
        return genome.nodes, genome.links, False
    return nodes, links, True


def _label_ids(genome: Genome) -> dict[str, str]:
    """A number for each label, those with a colour first."""
    labels = [label for label, _ in genome.label_colors]
    labels += [node.label for node in genome.nodes if node.label]
    labels += [link.label for link in genome.links if link.label]
    return {label: str(place) for place, label in enumerate(dict.fromkeys(labels), start=1)}


def _add_buttons(top: Element, label_ids: dict[str, str], genome: Genome) -> None:
    group, colors = _add_group(top, "buttons", len(label_ids)), dict(genome.label_colors)
    for label, id in label_ids.items():
        button = SubElement(group, "colorButton")
        SubElement(button, "color-label", id=id)
        SubElement(button, "text").text = _held("label", label)
        if label in colors:
            channels = zip("rgb", map(str, colors[label]), strict=True)
            SubElement(button, "color", dict(channels))


def _add_node(group: Element, node: Node, label_ids: dict[str, str], is_grey: bool) -> Element:
    kind = "hidden" if not node.role else "in" if node.role in INPUT_NAMES else "out"
    label = "ink" if is_grey and kind == "out" else node.role
    element = SubElement(group, "node", affinity="grey" if is_grey else "color", bias="0.0")
    element.attrib |= {"label": label, "type": kind}
    _add_identity(element, "marking", node.id)
    SubElement(element, "activation").text = f"{node.activation}(x)"
    if node.label:
        SubElement(element, "color-label", id=label_ids[node.label])
    return element


def _finish_node(element: Element, node: Node, places: dict[str, tuple[int, int]]) -> None:
    if not node.label:
        SubElement(element, "color-label", id=_NO_LABEL)
    x, y = places[node.id]
    SubElement(element, "position", x=str(x), y=str(y))
    SubElement(element, "text")


def _add_link(
    group: Element, index: int, link: Link, label_ids: dict[str, str], for_cppnx: bool
) -> None:
    element = SubElement(group, "link")
    SubElement(element, "marking", branch="0", id=str(index))
    _add_identity(element, "source", link.source)
    _add_identity(element, "target", link.target)
    SubElement(element, "weight").text = repr(float(link.weight))
    original = link.weight if link.original_weight is None else link.original_weight
    if for_cppnx or link.original_weight is not None:
        SubElement(element, "original-weight").text = repr(float(original))
    if for_cppnx or link.label:
        SubElement(element, "color-label", id=label_ids[link.label] if link.label else _NO_LABEL)
    if for_cppnx:
        SubElement(element, "text").text = '""'
        SubElement(element, "bookends", start="-3", end="3", step="0.1")


def _add_group(parent: Element, tag: str, count: int) -> Element:
    group = SubElement(parent, tag, count=str(count))
    if not count:
        group.text = "\n" + 8 * " "  # an empty group takes two lines, too
    return group


def _add_identity(parent: Element, tag: str, id: str) -> None:
    """An id of the form `branch_number` in its two parts; any other with an empty branch."""
    parts = _BRANCH_AND_ID.fullmatch(id)
    branch, number = (parts["branch"], parts["id"]) if parts else ("", id)
    SubElement(parent, tag, branch=branch, id=number)


def _places(genome: Genome) -> dict[str, tuple[int, int]]:
    """Where CPPN-X is to draw each node: one row per depth, inputs at the bottom."""
    taken: Counter[int] = Counter()
    places = {}
    for node in genome.nodes:
        row = genome.depths.get(node.id, -1)  # what draws nothing goes below the inputs
        places[node.id] = (_SPACING * taken[row], -_SPACING * row)
        taken[row] += 1
    return places


def _held(what: str, text: str) -> str:
    """The text, if XML can hold it."""
    if found := _NO_XML.search(text):
        raise GenomeError(
            f"the {what} {text[:40]!r} holds the character {found[0]!r}, which XML cannot; "
            f"save the genome as .json"
        )
    return text

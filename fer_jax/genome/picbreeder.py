"""Reading Picbreeder genomes (.zip, .xml) and CPPN-X genomes (.xml with human labels)."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Color, Genome, Link, Node, OnCycle, assemble
from fer_jax.genome.rules import MAX_LINKS, MAX_NODES, shown
from fer_jax.genome.xml_tree import parse
from fer_jax.genome.zip_file import unpack

OURS = "fer-jax"
"""The element of a file that we wrote: nodes and links lie in their own order, and it may say what
the genome is called. No other program looks for it."""

ADDED_COLOUR = ("hue", "saturation")
"""Ids and roles of the nodes that a grey image lacks."""

_ROLES = {name: name for name in (*INPUT_NAMES, *OUTPUT_NAMES)} | {"ink": "brightness"}


def read_zip(data: bytes, name: str = "", on_cycle: OnCycle = "error") -> Genome:
    """Read a Picbreeder zip: one XML member, whatever it is called.

    Args:
        data: the file's bytes.
        name: what to call the genome, unless it says so itself.
        on_cycle: what to do about links that close a cycle.

    Returns:
        The genome.

    Raises:
        GenomeError: if it is no zip, has not exactly one member, or holds no readable genome.
    """
    return read_xml(unpack(data), name, on_cycle)


def read_xml(data: bytes, name: str = "", on_cycle: OnCycle = "error") -> Genome:
    """Read a genome's XML, of Picbreeder or of CPPN-X.

    Grey images have one output, `ink`: it becomes the brightness, and hue and saturation are
    added as identity nodes with a link of weight 0 from it, as the original study does.

    Args:
        data: the XML's bytes.
        name: what to call the genome, unless it says so itself.
        on_cycle: what to do about links that close a cycle.

    Returns:
        The genome, with human labels where the file has some.

    Raises:
        GenomeError: naming what is wrong.
    """
    root = parse(data)
    found = list(root.iter("genome"))
    if len(found) != 1:
        raise GenomeError(f"the XML has {len(found)} <genome> elements; expected one")
    labels, colors = _labels(found[0])
    ours = found[0].find(OURS)
    items = [_items(found[0], "node", MAX_NODES), _items(found[0], "link", MAX_LINKS)]
    if ours is None and root.find("cppn-data") is not None:
        items = [_picbreeder_order(elements, found[0]) for elements in items]
    nodes = [_node(element, labels) for element in items[0]]
    links = [_link(element, labels) for element in items[1]]
    if any(_is_ink(element) for element in items[0]):
        _add_colour(nodes, links)
    own_name = "" if ours is None else ours.get("name", "")
    return assemble(nodes, links, own_name or name, list(colors.items()), on_cycle)


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

    def marking(element: Element) -> tuple[bool, str, bool, int, str]:
        branch, id = _branch_and_id(_child(element, "marking", f"a {element.tag}"))
        is_number = id.isascii() and id.isdecimal()
        digits = id.lstrip("0") if is_number else ""
        # By the length of a number, then by its digits: however long, without computing it.
        return branch != own, branch, not is_number, len(digits), digits or id

    return sorted(elements, key=marking)


def _node(element: Element, labels: dict[str, str]) -> Node:
    id = _identity(_child(element, "marking", "a node"))
    activation = _text(element, "activation", f"node {shown(id)}").removesuffix("(x)")
    kind, label = element.get("type"), (element.get("label") or "").strip()
    if kind not in ("in", "out", "hidden"):
        raise GenomeError(
            f"node {shown(id)} has type {str(kind)[:40]!r}; expected in, out or hidden"
        )
    role = "" if kind == "hidden" else _ROLES.get(label, label)
    if kind != "hidden" and role not in (INPUT_NAMES if kind == "in" else OUTPUT_NAMES):
        raise GenomeError(
            f"node {shown(id)} of type {kind!r} has label {label[:40]!r}; the inputs are "
            f"{', '.join(INPUT_NAMES)}, the outputs {', '.join(OUTPUT_NAMES)} or ink"
        )
    return Node(id, activation, role, _label(element, labels))


def _link(element: Element, labels: dict[str, str]) -> Link:
    source = _identity(_child(element, "source", "a link"))
    target = _identity(_child(element, "target", "a link"))
    told = f"link {shown(source)} -> {shown(target)}"
    original = element.find("original-weight")
    return Link(
        source,
        target,
        _number(_text(element, "weight", told), told),
        _label(element, labels),
        None if original is None else _number((original.text or "").strip(), told),
    )


def _is_ink(node: Element) -> bool:
    return node.get("type") == "out" and (node.get("label") or "").strip() == "ink"


def _add_colour(nodes: list[Node], links: list[Link]) -> None:
    ink = next(node for node in nodes if node.role == "brightness")
    for role in ADDED_COLOUR:
        nodes.append(Node(role, "identity", role))
        links.append(Link(ink.id, role, 0.0))


def _labels(genome: Element) -> tuple[dict[str, str], dict[str, Color]]:
    texts: dict[str, str] = {}
    colors: dict[str, Color] = {}
    for button in genome.iterfind("buttons/colorButton"):
        # Not stripped: a label may begin or end with blanks.
        text = _child(button, "text", "a colour label").text or ""
        texts[_child(button, "color-label", "a colour label").get("id", "")] = text
        color = button.find("color")
        if color is not None:
            red, green, blue = (_channel(color.get(name)) for name in "rgb")
            colors[text] = (red, green, blue)
    return texts, colors


def _label(element: Element, labels: dict[str, str]) -> str:
    reference = element.find("color-label")
    return "" if reference is None else labels.get(reference.get("id", ""), "")


def _identity(element: Element) -> str:
    branch, id = _branch_and_id(element)
    return f"{branch}_{id}" if branch else id


def _branch_and_id(element: Element) -> tuple[str, str]:
    """Both parts of an identity. A branch that is stated to be empty is none: the id is all."""
    branch, id = element.get("branch"), element.get("id")
    if branch is None or not id:
        raise GenomeError(f"<{element.tag}> has no branch and id; a node is known by both")
    if not (branch + id).isprintable():
        raise GenomeError(f"<{element.tag}> has a branch or id that is no line of text")
    return branch, id


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

"""Picbreeder and CPPN-X files of our own making."""

import io
import zipfile
from collections.abc import Iterable

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
INPUTS = (("x", "1_2"), ("y", "1_3"), ("d", "1_1"), ("bias", "1_0"))
OUTPUTS = (("hue", "7_20"), ("saturation", "7_21"), ("brightness", "7_22"))


def marking(tag: str, id: str) -> str:
    branch, number = id.rsplit("_", 1)
    return f'<{tag} branch="{branch}" id="{number}"/>'


def node(id: str, activation: str = "sin", kind: str = "hidden", label: str | None = None) -> str:
    named = "" if label is None else f' label="{label}"'
    return (
        f'<node{named} type="{kind}">{marking("marking", id)}'
        f"<activation>{activation}(x)</activation></node>\n"
    )


def link(source: str, target: str, weight: object, more: str = "", id: str = "7_1") -> str:
    return (
        f"<link>{marking('marking', id)}{marking('source', source)}{marking('target', target)}"
        f"<weight>{weight}</weight>{more}</link>\n"
    )


def interface(outputs: Iterable[tuple[str, str]] = OUTPUTS) -> list[str]:
    """The nodes for all inputs and for the given outputs."""
    return [
        *(node(id, "identity", "in", label) for label, id in INPUTS),
        *(node(id, "gaussian", "out", label) for label, id in outputs),
    ]


def genome(nodes: Iterable[str], links: Iterable[str], more: str = "") -> str:
    nodes, links = list(nodes), list(links)
    return (
        f'<genome age="3">{marking("identifier", "7_99")}{more}\n'
        f'<nodes count="{len(nodes)}">\n{"".join(nodes)}</nodes>\n'
        f'<links count="{len(links)}">\n{"".join(links)}</links>\n</genome>'
    )


def color_genome() -> str:
    """x and y through one hidden node, which is called 7_5."""
    nodes = [*interface(), node("7_5", "sin", label="")]
    links = [
        link("1_2", "7_5", 1.5),
        link("1_3", "7_5", -0.25),
        link("7_5", "7_22", 2.0),
        link("1_0", "7_20", 0.125),
    ]
    return genome(nodes, links)


def picbreeder(text: str | None = None) -> bytes:
    """As Picbreeder writes it."""
    return f'{HEAD}<data version="1.0">\n{text or color_genome()}\n</data>\n'.encode()


def cppnx(text: str) -> bytes:
    """As CPPN-X writes it, with a stray second root in front."""
    return f'{HEAD}<cppn-data version="1.2"/>\n<data version="1.0">{text}</data>\n'.encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()

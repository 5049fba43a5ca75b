"""Files that are no genomes, one of each kind: the table in docs/genomes.md is made of them.

`python -m tests.genome.bad_files` writes what is said of each into the page. Run it where a message
has changed, and look at the difference; a test fails as long as the page says something else.
"""

import io
import itertools
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from fer_jax.errors import GenomeError
from fer_jax.genome.files import load_genome

PAGE = Path(__file__).parents[2] / "docs" / "genomes.md"
BEGIN, END = "<!-- bad files: begin -->\n", "<!-- bad files: end -->\n"
MIB = 2**20
_ROLES = ("x", "y", "d", "bias", "hue", "saturation", "brightness")


@dataclass(frozen=True)
class BadFile:
    """A file that is no genome.

    Attributes:
        about: what is wrong with it, for people.
        name: of the file.
        make: gives its content.
    """

    about: str
    name: str
    make: Callable[[], bytes]


def _xml(body: str | None = None, *, old: str = "", new: str = "", count: int = 1) -> bytes:
    """A Picbreeder file in which one thing was changed."""
    nodes = [f'<node label="{role}" type="in">{_mark(role)}</node>' for role in _ROLES[:4]]
    nodes += [f'<node label="{role}" type="out">{_mark(role)}</node>' for role in _ROLES[4:]]
    nodes += [f'<node type="hidden">{_mark("5", "sin")}</node>']
    links = [_link("x", "5"), _link("5", "hue"), _link("bias", "brightness")]
    text = f"<nodes>{''.join(nodes)}</nodes>\n<links>{''.join(links)}</links>"
    text = f'<data version="1.0">\n<genome>\n{text if body is None else body}\n</genome>\n</data>'
    assert old in text
    return text.replace(old, new, count).encode()


def _mark(id: str, activation: str = "identity") -> str:
    return f'<marking branch="7" id="{id}"/><activation>{activation}(x)</activation>'


def _link(source: str, target: str) -> str:
    return (
        f'<link><source branch="7" id="{source}"/><target branch="7" id="{target}"/>'
        f"<weight>1.5</weight></link>"
    )


def _json(*, nodes: int = 0, **changes: object) -> bytes:
    """Our JSON in which one thing was changed."""
    content: dict[str, object] = {
        "format": "fer_jax genome",
        "version": 1,
        "nodes": [{"id": role, "activation": "identity", "role": role} for role in _ROLES],
        "links": [{"source": "x", "target": "hue", "weight": 1.5}],
    }
    content["nodes"] += [{"id": str(i), "activation": "sin"} for i in range(nodes)]  # type: ignore
    return json.dumps(content | changes).encode()


def _json_link(**changes: object) -> bytes:
    return _json(links=[{"source": "x", "target": "hue", "weight": 1.5} | changes])


def _json_node(**changes: object) -> bytes:
    nodes = [{"id": role, "activation": "identity", "role": role} for role in _ROLES]
    content = json.loads(_json()) | {"nodes": [*nodes[:-1], nodes[-1] | changes]}
    return json.dumps(content).encode()


def _zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def _encrypted() -> bytes:
    data = bytearray(_zip(("a", _xml())))
    for start in (data.index(b"PK\3\4") + 6, data.index(b"PK\1\2") + 8):
        data[start] |= 1
    return bytes(data)


def _flipped() -> bytes:
    data = bytearray(_zip(("a", _xml()), method=zipfile.ZIP_STORED))
    data[data.index(b"1.5")] ^= 1
    return bytes(data)


def _entities(declarations: str) -> bytes:
    return b"<!DOCTYPE data [" + declarations.encode() + b"]>" + _xml(old="1.5", new="&w;")


def _lol() -> str:
    pairs = itertools.pairwise("abcdefw")
    levels = [f'<!ENTITY {name} "{10 * f"&{inner};"}">' for inner, name in pairs]
    return f'<!ENTITY a "1">{"".join(levels)}'


BAD_FILES = (
    BadFile("0 bytes", "empty.zip", lambda: b""),
    BadFile("text in a `.zip`", "notes.zip", lambda: b"hello"),
    BadFile("a picture", "bird.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100)),
    BadFile("random bytes", "noise.xml", lambda: b"\x80<\xff" + bytes(range(256))),
    BadFile("more than 4 MiB", "large.json", lambda: b" " * (4 * MIB + 1)),
    BadFile("half a zip", "half.zip", lambda: _zip(("a", _xml()))[:200]),
    BadFile("an empty zip", "none.zip", _zip),
    BadFile("a zip of two files", "two.zip", lambda: _zip(("a", _xml()), ("b", _xml()))),
    BadFile("a zip of thousands of files", "many.zip", lambda: _zip(
        *((str(i), b"") for i in range(2000)))),
    BadFile("a flipped bit in a zip", "flipped.zip", _flipped),
    BadFile("a zip with a password", "locked.zip", _encrypted),
    BadFile("a zip compressed by bzip2", "bzip2.zip", lambda: _zip(
        ("a", _xml()), method=zipfile.ZIP_BZIP2)),
    BadFile("a zip bomb", "bomb.zip", lambda: _zip(("a", bytes(64 * MIB)))),
    BadFile("a picture in a zip", "picture.zip", lambda: _zip(("a.png", b"\x89PNG\r\n\x1a\n"))),
    BadFile("truncated XML", "cut.xml", lambda: _xml()[:400]),
    BadFile("tags that do not match", "tags.xml", lambda: _xml(old="</nodes>")),
    BadFile("XML of another kind", "drawing.xml", lambda: b"<svg></svg>"),
    BadFile("no nodes", "nodes.xml", lambda: _xml("<links></links>")),
    BadFile("an entity bomb", "lol.xml", lambda: _entities(_lol())),
    BadFile("an external entity", "outside.xml", lambda: _entities(
        '<!ENTITY w SYSTEM "file:///etc/passwd">')),
    BadFile("an undeclared entity", "entity.xml", lambda: _xml(old="1.5", new="&w;")),
    BadFile("UTF-8 that is none", "latin.xml", lambda: _xml(old="7", new="\xe9").decode().encode(
        "latin-1")),
    BadFile("another encoding than it states", "stated.xml", lambda: (
        b'<?xml version="1.0" encoding="utf-16"?>' + _xml() + b" " * (len(_xml()) % 2))),
    BadFile("an encoding that there is not", "klingon.xml", lambda: (
        b'<?xml version="1.0" encoding="klingon"?>' + _xml())),
    BadFile("100,000 elements within each other", "deep.xml", lambda: b"<a>" * 100_000),
    BadFile("half a million elements", "wide.xml", lambda: b"<genome>" + b"<node/>" * 500_000),
    BadFile("20,000 nodes", "nodes.zip", lambda: _zip(("a", _xml(
        "<nodes>" + "<node/>" * 20_000 + "</nodes><links></links>")))),
    BadFile("a million nodes", "million.zip", lambda: _zip(("a", _xml(
        "<nodes>" + "<node/>" * 1_000_000 + "</nodes>")))),
    BadFile("an input is missing", "input.xml", lambda: _xml(
        old='label="d" type="in"', new='type="hidden"')),
    BadFile("an output is missing", "output.xml", lambda: _xml(
        old='label="hue" type="out"', new='type="hidden"')),
    BadFile("an input twice", "inputs.xml", lambda: _xml(old='label="d"', new='label="x"')),
    BadFile("an input that there is not", "z.xml", lambda: _xml(old='label="d"', new='label="z"')),
    BadFile("a node without a branch", "branch.xml", lambda: _xml(old=' branch="7"')),
    BadFile("a node twice", "twice.xml", lambda: _xml(old='id="5"', new='id="d"')),
    BadFile("an unknown activation", "activation.xml", lambda: _xml(old="sin(x)", new="sine(x)")),
    BadFile("a link from nowhere", "source.xml", lambda: _xml(
        old='<source branch="7" id="5"', new='<source branch="8" id="5"')),
    BadFile("a link to nowhere", "target.xml", lambda: _xml(
        old='<target branch="7" id="5"', new='<target branch="8" id="5"')),
    BadFile("a link into an input", "into.xml", lambda: _xml(
        old='<target branch="7" id="hue"', new='<target branch="7" id="y"')),
    BadFile("a link twice", "link.xml", lambda: _xml(
        old="</link></links>", new=f"</link>{_link('x', '5')}</links>")),
    BadFile("no weight", "weight.xml", lambda: _xml(old="<weight>1.5</weight>")),
    BadFile("a weight that is no number", "word.xml", lambda: _xml(old="1.5", new="one")),
    BadFile("a weight that is not a number", "nan.xml", lambda: _xml(old="1.5", new="nan")),
    BadFile("an infinite weight", "infinite.xml", lambda: _xml(old="1.5", new="-inf")),
    BadFile("a weight beyond float32", "huge.xml", lambda: _xml(old="1.5", new="1e39")),
    BadFile("no path from an input", "path.xml", lambda: _xml(
        "<nodes>" + _xml().decode().split("<nodes>")[1].split("</nodes>")[0] + "</nodes>"
        f"<links>{_link('5', 'hue')}</links>")),
    BadFile("a recurrent link", "cycle.xml", lambda: _xml(
        old="</link></links>", new=f"</link>{_link('hue', '5')}</links>")),
    BadFile("other JSON", "package.json", lambda: b'{"name": "left-pad"}'),
    BadFile("half of a JSON", "half.json", lambda: _json()[:100]),
    BadFile("JSON in UTF-16", "utf16.json", lambda: b"{" + _json().decode().encode("utf-16")),
    BadFile("lists 100,000 deep", "deep.json", lambda: b"[" * 100_000),
    BadFile("a newer version", "newer.json", lambda: _json(version=2)),
    BadFile("an unknown key", "key.json", lambda: _json(nodse=[])),
    BadFile("a key twice", "keys.json", lambda: _json().replace(
        b'"weight"', b'"weight": 2.5, "weight"')),
    BadFile("an unknown key of a link", "links.json", lambda: _json_link(wieght=2.5)),
    BadFile("links that are no list", "list.json", lambda: _json(links={})),
    BadFile("an id that is no text", "id.json", lambda: _json_node(id=7)),
    BadFile("a weight in quotes", "quotes.json", lambda: _json_link(weight="1.5")),
    BadFile("NaN in JSON", "nan.json", lambda: _json_link(weight=float("nan"))),
    BadFile("a number of 5000 digits", "digits.json", lambda: _json().replace(b"1.5", b"9" * 5000)),
    BadFile("20,000 nodes in JSON", "nodes.json", lambda: _json(nodes=20_000)),
)  # fmt: skip


WORST: dict[str, Callable[[], bytes]] = {
    "attributes": lambda: b"<a %s/>" % b" ".join(b'a%x=""' % i for i in range(380_000)),
    "namespaces": lambda: b'<a xmlns="%s">%s</a>' % (
        b"x" * 2_000_000, b"".join(b"<b%d/>" % i for i in range(200_000))),
    "lists": lambda: b"[" + b",".join([b"[]"] * 1_390_000) + b"]",
    "cycles": lambda: _json(nodes=270, links=[
        {"source": str(source), "target": str(target), "weight": 1.5}
        for source in range(270) for target in range(270)
    ] + [{"source": "0", "target": "hue", "weight": 1.5}]),
}  # fmt: skip
"""Files that take the most time and memory to refuse, of those that could be thought of."""


def said() -> Iterator[tuple[BadFile, str]]:
    """What the command says of each file, which lies in the current folder."""
    for bad in BAD_FILES:
        try:
            load_genome(bad.name)
        except GenomeError as error:
            yield bad, f"fer-jax: {error}"
        else:
            raise AssertionError(f"{bad.name} is a genome")


def table(lines: dict[str, str]) -> str:
    """The table of docs/genomes.md, from what is said of each name."""
    rows = [f"| {bad.about} | `` {lines[bad.name]} `` |\n" for bad in BAD_FILES]
    return "".join(["| given | said |\n", "|---|---|\n", *rows])


def page_with(rows: str) -> str:
    """The page with another table in it."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}{rows}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for bad in BAD_FILES:
            Path(bad.name).write_bytes(bad.make())
        made = table({bad.name: line for bad, line in said()})
    PAGE.write_text(page_with(made), encoding="utf-8")

"""From the bytes of an XML file to its elements, whatever the bytes are.

Nothing is followed and nothing is expanded: document types and entities are refused. Namespaces
are not resolved, since with them a name of a few letters may stand for megabytes.
"""

import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from fer_jax.errors import GenomeError
from fer_jax.genome.rules import shown

MAX_BYTES = 4 * 2**20
"""Limit on a genome file and on what a zip holds, in bytes; the largest known one has 0.14 MB."""

MAX_ELEMENTS = 200_000
"""Limit on the elements of an XML file; about as many as a genome of `MAX_BYTES` has."""

MAX_DEPTH = 20
"""Limit on elements within elements; those of a genome are at most seven deep."""

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Not all that Python knows: some of its codecs take hours for a few MiB.
_ENCODINGS = re.compile(
    r"utf-?(8|16|32)|(us-)?ascii|iso-8859-\d+|latin-?1|windows-125\d", re.IGNORECASE
)


def parse(data: bytes) -> Element:
    """Parse a file, which may have several root elements, as CPPN-X's have two.

    Args:
        data: the file's bytes, in the encoding that they state.

    Returns:
        An element `file` that holds the roots. Names with a prefix are kept as they are written.

    Raises:
        GenomeError: naming what is wrong, or the limit that was hit.
    """
    if len(data) > MAX_BYTES:
        raise GenomeError(f"is larger than {MAX_BYTES // 2**20} MiB, the limit for a genome")
    text = _decode(data)
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise GenomeError("the XML declares a document type or entities, which is refused")
    tree = _Tree()
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(tree)
    is_whole = False
    try:
        parser.feed(b"<file>")
        parser.feed(text.encode())
        is_whole = True
        parser.feed(b"</file>")
        parser.close()
    except DefusedXmlException as error:
        raise GenomeError(f"the XML is refused: {' '.join(str(error).split())[:120]}") from None
    except SAXParseException as error:
        if is_whole:
            inside = f", within <{shown(tree.open[-1])}>" if len(tree.open) > 1 else ""
            raise GenomeError(f"is XML that ends too early{inside}") from None
        told = f"{error.getMessage()} (line {error.getLineNumber()})"
        raise GenomeError(f"is not well-formed XML: {told}") from None
    return tree.builder.close()


class _Tree(ContentHandler):
    """Builds elements, as long as they are few and not deep."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []
        self._count = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._count += 1
        self.open.append(name)
        # Our own root is none of them.
        if self._count > MAX_ELEMENTS + 1:
            raise GenomeError(f"has more than {MAX_ELEMENTS} XML elements, the limit for a genome")
        if len(self.open) > MAX_DEPTH + 1:
            raise GenomeError(f"has XML elements more than {MAX_DEPTH} deep, the limit")
        self.builder.start(name, dict(attrs.items()))

    def endElement(self, name: str) -> None:
        self.open.pop()
        self.builder.end(name)

    def characters(self, content: str) -> None:
        self.builder.data(content)


def _decode(data: bytes) -> str:
    if b"<" not in data[:1000]:
        raise GenomeError("is neither a zip nor XML nor JSON; expected a genome")
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
        if "<" not in text[:1000]:  # other text may pass for UTF-16
            raise LookupError
    except (UnicodeError, LookupError):
        stated = "the encoding it states" if declared else "the encoding of XML that states none"
        raise GenomeError(f"is not text in {encoding[:40]}, {stated}") from None
    return text

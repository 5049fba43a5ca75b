"""Our own genome format: JSON whose text is stable, so that version control can keep it."""

import json
import reprlib
from collections import Counter
from typing import Any

from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome, Link, Node, OnCycle, assemble
from fer_jax.genome.rules import MAX_LINKS, MAX_NODES

FORMAT = "fer_jax genome"
VERSION = 1

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxlist = _SHORT.maxdict = 3
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 40

_NODE = {"id": str, "activation": str, "role": str, "label": str}
_LINK = {
    "source": str,
    "target": str,
    "weight": (int, float),
    "label": str,
    "original_weight": (int, float),
}


def write_json(genome: Genome) -> str:
    """The genome as text: one node or link per line, empty fields left out.

    Args:
        genome: any genome.

    Returns:
        JSON that ends with a newline; the same genome always gives the same text.
    """
    lines = [
        "{",
        f'  "format": {json.dumps(FORMAT)},',
        f'  "version": {VERSION},',
        f'  "name": {json.dumps(genome.name)},',
    ]
    nodes = [_filled(node, _NODE) for node in genome.nodes]
    links = [_filled(link, _LINK) for link in genome.links]
    colors = [{"label": label, "color": list(color)} for label, color in genome.label_colors]
    for key, items in (("nodes", nodes), ("links", links), ("label_colors", colors)):
        rows = ",\n".join(f"    {json.dumps(item)}" for item in items)
        body = f"\n{rows}\n  " if rows else ""
        lines.append(f'  "{key}": [{body}]' + ("," if key != "label_colors" else ""))
    return "\n".join([*lines, "}"]) + "\n"


def read_json(data: bytes, name: str = "", on_cycle: OnCycle = "error") -> Genome:
    """Read our JSON back.

    Args:
        data: the file's bytes, UTF-8.
        name: what to call the genome, unless it says so itself.
        on_cycle: what to do about links that close a cycle.

    Returns:
        The genome.

    Raises:
        GenomeError: naming what is wrong: no JSON, another format or version, a missing, unknown,
            doubled or wrongly typed key.
    """
    content = _parse(data)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise GenomeError(f'is JSON, but not a genome: expected "format": "{FORMAT}"')
    version = content.get("version")
    if type(version) is not int or version != VERSION:
        raise GenomeError(
            f"has format version {_quoted(version)}; this fer_jax reads version {VERSION}"
        )
    expected = {"format", "version", "name", "nodes", "links", "label_colors"}
    _check_keys(content, expected, {"nodes", "links"}, "the genome")
    own_name = content.get("name", "")
    if not isinstance(own_name, str):
        raise GenomeError(f"the name is {_quoted(own_name)}; expected a string")
    # Counted first, so that a list that is too long is told at once.
    nodes = _list(content, "nodes", MAX_NODES)
    links = _list(content, "links", MAX_LINKS)
    return assemble(
        [Node(**item) for item in _items(nodes, "nodes", _NODE, {"id", "activation"})],
        [Link(**item) for item in _items(links, "links", _LINK, {"source", "target", "weight"})],
        own_name or name,
        [_color(item) for item in _list(content, "label_colors", MAX_NODES + MAX_LINKS)],
        on_cycle,
    )


def _parse(data: bytes) -> Any:
    try:
        # Some editors put a byte order mark in front.
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except GenomeError:
        raise
    except UnicodeDecodeError:
        raise GenomeError("is not text in utf-8, the encoding of JSON") from None
    except RecursionError:
        raise GenomeError(
            "is JSON nested too deeply; a genome's has lists of objects, no deeper"
        ) from None
    except json.JSONDecodeError as error:
        raise GenomeError(
            f"is not readable JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from None
    except ValueError:  # Python reads no whole number of thousands of digits
        raise GenomeError("has a whole number of thousands of digits; write it as 1e300") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; Python would silently take the last of equal keys."""
    content = dict(pairs)
    if len(content) < len(pairs):
        key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise GenomeError(f"has the key {key[:40]!r} twice in one object; each goes once")
    return content


def _filled(item: object, fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in fields}
    return {
        # A weight may be a NumPy number, which JSON does not know.
        name: value if isinstance(value, str) else float(value)
        for name, value in values.items()
        if value not in ("", None)
    }


def _items(items: list, key: str, fields: dict[str, Any], needed: set[str]) -> list[dict]:
    for place, item in enumerate(items):
        where = f"{key}[{place}]"
        if not isinstance(item, dict):
            raise GenomeError(f"{where} is {_quoted(item)}; expected an object")
        _check_keys(item, set(fields), needed, where)
        for name, value in item.items():
            if not isinstance(value, fields[name]) or isinstance(value, bool):
                kind = "a string" if fields[name] is str else "a number"
                raise GenomeError(f"{where}.{name} is {_quoted(value)}; expected {kind}")
        for name in ("weight", "original_weight"):
            if name in item:
                item[name] = _double(item[name], f"{where}.{name}")
    return items


def _double(value: float, where: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise GenomeError(f"{where} is too large a number") from None


def _list(content: dict, key: str, limit: int) -> list:
    items = content.get(key, [])
    if not isinstance(items, list):
        raise GenomeError(f"{key} is {_quoted(items)}; expected a list")
    if len(items) > limit:
        raise GenomeError(f"has {len(items)} {key}; the limit is {limit}")
    return items


def _color(item: Any) -> tuple[str, tuple[int, int, int]]:
    match item:
        case {"label": str(label), "color": [red, green, blue]} if len(item) == 2:
            if all(type(c) is int and 0 <= c <= 255 for c in (red, green, blue)):
                return label, (red, green, blue)
    raise GenomeError(
        f"label_colors has {_quoted(item)}; expected a label and three channels, 0 to 255"
    )


def _check_keys(item: dict, known: set[str], needed: set[str], where: str) -> None:
    if unknown := sorted(set(item) - known):
        raise GenomeError(
            f"{where} has unknown key {unknown[0][:40]!r}; the keys are {', '.join(sorted(known))}"
        )
    if missing := sorted(needed - set(item)):
        raise GenomeError(f"{where} has no {missing[0]!r}")


def _quoted(value: object) -> str:
    """A value of the file in a few characters, however long or deep it is."""
    return _SHORT.repr(value)


def _refuse_constant(text: str) -> None:
    raise GenomeError(f"has {text} as a number; weights must be finite")

"""Our own genome format: JSON whose text is stable, so that version control can keep it."""

import json
from typing import Any

from fer_jax.errors import GenomeError
from fer_jax.genome.graph import Genome, Link, Node

FORMAT = "fer_jax genome"
VERSION = 1

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


def read_json(data: bytes) -> Genome:
    """Read our JSON back.

    Args:
        data: the file's bytes, UTF-8.

    Returns:
        The genome.

    Raises:
        GenomeError: naming what is wrong: no JSON, another format or version, a missing, unknown
            or wrongly typed key.
    """
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except GenomeError:
        raise
    except (ValueError, RecursionError) as error:
        raise GenomeError(f"is not readable JSON: {' '.join(str(error).split())[:120]}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise GenomeError(f'is JSON, but not a genome: expected "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        came = repr(content.get("version"))[:40]
        raise GenomeError(f"has format version {came}; this fer_jax reads version {VERSION}")
    expected = {"format", "version", "name", "nodes", "links", "label_colors"}
    _check_keys(content, expected, {"nodes", "links"}, "the genome")
    name = content.get("name", "")
    if not isinstance(name, str):
        raise GenomeError(f"the name is {str(name)[:40]!r}; expected a string")
    return Genome(
        tuple(Node(**item) for item in _items(content, "nodes", _NODE, {"id", "activation"})),
        tuple(
            Link(**item) for item in _items(content, "links", _LINK, {"source", "target", "weight"})
        ),
        name,
        tuple(_color(item) for item in _list(content, "label_colors")),
    )


def _filled(item: object, fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in fields}
    return {name: value for name, value in values.items() if value not in ("", None)}


def _items(content: dict, key: str, fields: dict[str, Any], needed: set[str]) -> list[dict]:
    items = _list(content, key)
    for place, item in enumerate(items):
        where = f"{key}[{place}]"
        if not isinstance(item, dict):
            raise GenomeError(f"{where} is {str(item)[:40]!r}; expected an object")
        _check_keys(item, set(fields), needed, where)
        for name, value in item.items():
            if not isinstance(value, fields[name]) or isinstance(value, bool):
                kind = "a string" if fields[name] is str else "a number"
                raise GenomeError(f"{where}.{name} is {str(value)[:40]!r}; expected {kind}")
        for name in ("weight", "original_weight"):
            if name in item:
                item[name] = _double(item[name], f"{where}.{name}")
    return items


def _double(value: float, where: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise GenomeError(f"{where} is too large a number") from None


def _list(content: dict, key: str) -> list:
    items = content.get(key, [])
    if not isinstance(items, list):
        raise GenomeError(f"{key} is {str(items)[:40]!r}; expected a list")
    return items


def _color(item: Any) -> tuple[str, tuple[int, int, int]]:
    match item:
        case {"label": str(label), "color": [int(red), int(green), int(blue)]} if len(item) == 2:
            if all(0 <= channel <= 255 for channel in (red, green, blue)):
                return label, (red, green, blue)
    raise GenomeError(
        f"label_colors has {str(item)[:60]!r}; expected a label and three channels, 0 to 255"
    )


def _check_keys(item: dict, known: set[str], needed: set[str], where: str) -> None:
    if unknown := sorted(set(item) - known):
        raise GenomeError(
            f"{where} has unknown key {unknown[0][:40]!r}; the keys are {', '.join(sorted(known))}"
        )
    if missing := sorted(needed - set(item)):
        raise GenomeError(f"{where} has no {missing[0]!r}")


def _refuse_constant(text: str) -> None:
    raise GenomeError(f"has {text} as a number; weights must be finite")

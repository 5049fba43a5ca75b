"""Reading how an architecture is spelled, and guessing what was meant by what cannot be read."""

import difflib
import re
import unicodedata

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.errors import ArchError

Neurons = tuple[tuple[str, int], ...]
Places = tuple[tuple[int, int], ...]

_FORMS = "'<activation>:<neurons>x<hidden layers>' or '<hidden layers>/<activation>:<neurons>/...'"
_MANY = 10**20
"""Stands for every number with more digits; Python refuses to read very long ones."""


def split(text: str) -> tuple[int, Neurons, Places]:
    """Take a spelling apart, without asking whether its values make sense.

    Args:
        text: one of the three spellings, without blanks around it.

    Returns:
        The depth; (activation, count) pairs; where each of these stands in the text, and last,
        twice, where the depth does.

    Raises:
        ArchError: naming the first mistake and the position where it stands.

    Example:
        >>> split("2/cos:3/relu:4")
        (2, (('cos', 3), ('relu', 4)), ((2, 6), (8, 13), (0, 0)))
    """
    if not text:
        raise ArchError("is empty; write it like 'relu:64x6' or '12/cache:15/gaussian:4'")
    return _listed(text) if re.search("[;,/]", text) else _plain(text)


def guess(text: str) -> str:
    """What was probably meant by a spelling that cannot be read, or "".

    It looks at the words and numbers alone, and puts right case, separators, order, repetitions and
    misspelled activations. What comes out may still be no architecture.

    Example:
        >>> guess("ReLU: 64 X 6"), guess("12;sin:1,cahce:15"), guess("a;b")
        ('relu:64x6', '12;cache:15,sin:1', '')
    """
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text[:200])
    plain = unicodedata.normalize("NFKC", plain).casefold().replace("×", "x").replace("*", "x")
    plain = re.sub(r"(?<=[0-9])\.0+(?![0-9])", "", plain)  # 64.0 is 64
    if re.search(r"-\s*[0-9]|\.[0-9]|[0-9]{10}", plain):
        return ""  # nothing tells what is meant by a number below 0, a fraction or a huge one
    words = re.findall(r"[0-9]+|[a-z]+", plain)
    match words:
        case [name, width, "x", depth] | [width, "x", depth, name] | [name, width, depth] if (
            _numbers(width, depth) and _nearest(name)
        ):
            return f"{_nearest(name)}:{int(width)}x{int(depth)}"
        case [depth, *pairs] if _numbers(depth):
            return _sorted(text, depth, pairs)
        case [*pairs, depth] if _numbers(depth):
            return _sorted(text, depth, pairs)
    return ""


def unknown_activation(name: str) -> str:
    """What to say of it."""
    return f"unknown activation {name[:20]!r}, which is none of {', '.join(ACTIVATIONS)}"


def _plain(text: str) -> tuple[int, Neurons, Places]:
    name, colon, sizes = text.partition(":")
    if not colon:
        raise ArchError(f"has no ':'; write {_FORMS}")
    start = len(name) + 1
    width, times, depth = sizes.partition("x")
    if not times:
        digits = len(sizes) - len(sizes.lstrip("0123456789"))
        if digits == len(sizes) and digits:
            raise ArchError(f"at position {len(text) + 1}: no layer count; write {_FORMS}")
        if digits:
            told = f"expected 'x' and the number of hidden layers, got {sizes[digits:][:20]!r}"
            raise ArchError(f"at position {start + digits + 1}: {told}")
    count = _count(width, start, "the number of neurons")
    last = start + len(width) + 1
    layers = _count(depth, last, "the number of hidden layers")
    return layers, ((name, count),), ((0, start), (last, last))


def _listed(text: str) -> tuple[int, Neurons, Places]:
    parts = re.split("([;,/])", text)
    items, marks = parts[::2], parts[1::2]
    depth = _count(items[0], 0, "the number of hidden layers, which comes first,")
    position = len(items[0])
    after = {";": ",", "/": "/"}
    neurons, places = [], []
    for place, (mark, item) in enumerate(zip(marks, items[1:], strict=True)):
        expected = after.get(marks[0], "") if place else ";/"
        if mark not in expected:
            wanted = " or ".join(map(repr, expected))
            raise ArchError(f"at position {position + 1}: expected {wanted}, got {mark!r}")
        position += 1
        name, colon, count = item.partition(":")
        if not colon:
            raise ArchError(
                f"at position {position + 1}: expected 'activation:neurons', got {item[:40]!r}"
            )
        places.append((position, position + len(name) + 1))
        neurons.append((name, _count(count, places[-1][1], "the number of neurons")))
        position += len(item)
    return depth, tuple(neurons), (*places, (0, 0))


def _count(text: str, position: int, what: str) -> int:
    if not re.fullmatch("[0-9]+", text):
        raise ArchError(
            f"at position {position + 1}: {what} must be a whole number, got {text[:20]!r}"
        )
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= 20 else _MANY


def _sorted(text: str, depth: str, pairs: list[str]) -> str:
    counts: dict[str, int] = {}
    for word, count in zip(pairs[::2], pairs[1::2], strict=False):
        name = _nearest(word)
        if not name or not _numbers(count):
            return ""
        counts[name] = counts.get(name, 0) + int(count)
    if len(pairs) % 2 or not counts:
        return ""
    first, between = ("/", "/") if "/" in text and ";" not in text else (";", ",")
    return f"{int(depth)}{first}" + between.join(f"{n}:{c}" for n, c in sorted(counts.items()))


def _nearest(word: str) -> str:
    near = difflib.get_close_matches(word, ACTIVATIONS, n=1)
    return near[0] if near else ""


def _numbers(*words: str) -> bool:
    return all("0" <= word[0] <= "9" for word in words)

"""Small pieces of text: shortened, joined, and numbers as they are read."""

import math
from collections.abc import Sequence

import pandas as pd

from fer_jax.lab.tables.columns import options_told


def shortened(text: str, limit: int) -> str:
    """Text cut to a length, with an ellipsis in place of what is left out.

    Example:
        >>> shortened("12/cache:15/gaussian:4", 10)
        '12/cache:…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def shortened_middle(text: str, limit: int) -> str:
    """The same with the middle left out, for texts that differ at their ends.

    Example:
        >>> shortened_middle("12/cache:15/gaussian:4/sin:1", 15)
        '12/cach…4/sin:1'
    """
    half = (limit - 1) // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[len(text) - half :]}"


def joined(parts: Sequence[str]) -> str:
    """Parts of a line that are there, with a middle dot between them.

    Example:
        >>> joined(["n = 8", "", "1 diverged"])
        'n = 8 · 1 diverged'
    """
    return " · ".join(part for part in parts if part)


def number(value: float) -> str:
    """A number to three digits, as short as it can be read.

    Example:
        >>> number(0.12345), number(0.1), number(1234.5), number(3.2e-6), number(float("nan"))
        ('0.123', '0.100', '1,234', '3.20e-06', 'undefined')
    """
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else str(value)
    if value == 0:
        return "0"
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e9 else f"{value:#.3g}".rstrip(".")


def plain(value: object) -> str:
    """A setting as text; what is missing is "".

    Example:
        >>> plain(0.003), plain("relu:64x6"), plain(None)
        ('0.003', 'relu:64x6', '')
    """
    if isinstance(value, dict):
        return options_told(value)
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)

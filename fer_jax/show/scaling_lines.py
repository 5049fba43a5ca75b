"""The lines of a scaling plot: how each looks, and the power law that is fitted to it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex

from fer_jax.errors import RunFolderError
from fer_jax.show.scaling_data import Asked, Shown
from fer_jax.show.scaling_fit import PowerLaw
from fer_jax.show.theme import MARKERS, Theme, method_marker
from fer_jax.show.wording import joined

MAX_LINES = 8
"""More could not be told apart."""

_COLORS = ("sgd", "genome", "es", "neat", "open_ended", "other")


@dataclass(frozen=True)
class Look:
    """How a line looks.

    Attributes:
        color: of all that belongs to it.
        marker: of its means and seeds.
    """

    color: str
    marker: str


def looks_of(shown: Shown, asked: Asked, theme: Theme) -> dict[str, Look]:
    """How each line looks: methods as everywhere, numbers along a ramp, names in distinct colours.

    Raises:
        RunFolderError: if there are more than `MAX_LINES`.
    """
    if len(shown.lines) > MAX_LINES:
        raise RunFolderError(
            f"{', '.join(asked.by)} tells {len(shown.lines)} lines apart; at most {MAX_LINES} can "
            f"be drawn: choose targets with --target, or other columns with --by"
        )
    first = shown.values.drop_duplicates("line").set_index("line")
    methods = {str(line): str(method) for line, method in first["method"].items()}
    if asked.by == ("method",):
        return {
            line: Look(theme.method_color(methods[line]), method_marker(methods[line]))
            for line in shown.lines
        }
    levels = set(shown.means.loc[shown.means["x"].isna(), "line"])
    others = [line for line in shown.lines if line not in levels]
    markers = list(MARKERS.values())
    looks = {line: Look(theme.ink, method_marker(methods[line])) for line in levels}
    ramp = len(others) > 2 and _is_numeric(first, asked)
    for index, line in enumerate(others):
        color = _ramp(index / (len(others) - 1), theme) if ramp else _color(index, theme)
        looks[line] = Look(color, markers[(index + 1) % len(markers)])
    return {line: looks[line] for line in shown.lines}


def law_told(law: PowerLaw, x: str) -> str:
    """A power law in words.

    Example:
        >>> law_told(PowerLaw(-0.4212, -0.5, -0.34, 2.0, 32), "width")
        '∝ width^−0.42 (−0.50 to −0.34)'
    """
    signed = [f"{value:.2f}".replace("-", "−") for value in (law.exponent, law.low, law.high)]
    interval = f" ({signed[1]} to {signed[2]})" if np.isfinite(law.low) else " (no interval)"
    return f"∝ {x}^{signed[0]}{interval}"


def counts_told(rows: pd.DataFrame) -> str:
    """How many seeds stand behind each mean of a line, and what is not drawn of it.

    Args:
        rows: those of the line, of `Shown.means`.
    """
    drawn = rows.loc[rows["n"] > 0, "n"]
    least, most = (int(drawn.min()), int(drawn.max())) if len(drawn) else (0, 0)
    diverged, undefined = int(rows["diverged"].sum()), int(rows["undefined"].sum())
    return joined(
        [
            f"n = {most}" if least == most else f"n = {least} to {most}",
            f"{diverged} diverged" if diverged else "",
            f"{undefined} undefined" if undefined else "",
        ]
    )


def _is_numeric(first: pd.DataFrame, asked: Asked) -> bool:
    told = [name for name in asked.by if name in first and first[name].nunique() > 1]
    return len(told) == 1 and pd.api.types.is_numeric_dtype(first[told[0]])


def _color(index: int, theme: Theme) -> str:
    return theme.method_color(_COLORS[index % len(_COLORS)])


def _ramp(share: float, theme: Theme) -> str:
    ends = [theme.method_color(name) for name in ("genome", "neat", "sgd")]
    return str(to_hex(LinearSegmentedColormap.from_list("levels", ends)(share)))

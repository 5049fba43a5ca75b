"""Small multiples: a row of panels per metric, a column per family of pictures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import shortened

WIDTH = 1136
LEAST_SHARED, LEAST_SHARE = 0.1, 0.05
"""Length of a scale at least, so that nothing looks like something: of a shared one, and of one
that is centred on what its panel holds, as a share of that."""

_TICKS, _GAP, _HEADING, _BETWEEN, _TOP, _BOTTOM = 40, 12, 24, 20, 44, 40


def new_panels(
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    x_label: str,
    height: float = 120,
    theme: Theme = LIGHT,
) -> tuple[Figure, list[list[Axes]]]:
    """Panels of one size, under the names of their columns, each row under its own name.

    Args:
        rows: what to call each.
        columns: what to call each.
        x_label: what the horizontal axes are.
        height: of a panel, in pixels of a page.
        theme: the colours.

    Returns:
        The figure, with room for a key in the uppermost 20 pixels, and the axes by row.
    """
    pitch, step = WIDTH / len(columns), _HEADING + height + _BETWEEN
    figure = new_figure(WIDTH, _TOP + len(rows) * step - _BETWEEN + _BOTTOM, theme)
    axes: list[list[Axes]] = []
    for column, name in enumerate(columns):
        middle = column * pitch + _TICKS + (pitch - _TICKS - _GAP) / 2
        text = shortened(name, int(pitch / 6.5))
        place_text(figure, middle, _TOP - 10, text, ha="center", color=theme.faint)
    for row, name in enumerate(rows):
        top = _TOP + row * step
        text = shortened(name, 150)
        place_text(figure, 2, top + 8, text, ha="left", color=theme.ink, weight="bold")
        axes.append([])
        for column in range(len(columns)):
            left = column * pitch + _TICKS
            here = place_axes(figure, left, top + _HEADING, pitch - _TICKS - _GAP, height)
            style_axes(here, theme)
            here.tick_params(labelsize=7.5, pad=3)
            here.tick_params(axis="x", labelbottom=row == len(rows) - 1)
            axes[-1].append(here)
    bottom = _TOP + len(rows) * step - _BETWEEN + 30
    place_text(figure, WIDTH / 2, bottom, x_label, ha="center", color=theme.faint)
    return figure, axes


def set_heights(axes: Sequence[Axes], values: Sequence[np.ndarray], *, shared: bool) -> None:
    """Limits for a row: the same for all, or as far apart in all, so that slopes compare.

    Args:
        axes: of the row.
        values: all that is drawn on each.
        shared: the same limits; otherwise each panel is centred on what it holds.
    """
    finite = [each[np.isfinite(each)] for each in values]
    ends = np.array([(v.min(), v.max()) if v.size else (np.nan, np.nan) for v in finite])
    if np.isnan(ends).all():
        ends = np.tile([0.0, 1.0], (len(axes), 1))
    if shared:
        ends[:] = np.nanmin(ends), np.nanmax(ends)
    middles = np.nan_to_num(ends.mean(axis=1))
    span = float(np.nanmax(ends[:, 1] - ends[:, 0]))
    least = LEAST_SHARED if shared else LEAST_SHARE * float(np.abs(middles).max())
    span = max(1.12 * span, least) or 0.1
    for here, middle in zip(axes, middles, strict=True):
        here.set_ylim(middle - span / 2, middle + span / 2)
        here.locator_params(axis="y", nbins=4)


def say_nothing_there(axes: Axes, theme: Theme) -> None:
    """Say on a panel that it has no value."""
    axes.text(
        0.5, 0.5, "undefined", transform=axes.transAxes, ha="center", va="center",
        fontsize=8.5, style="italic", color=theme.faint,
    )  # fmt: skip

"""A forest plot: numbers with their intervals, a row each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.groups import distinct
from fer_jax.show.theme import LIGHT, Theme, method_marker
from fer_jax.show.wording import shortened

MAX_ROWS = 150
"""Rows drawn, so that the picture stays one; the others are left to the table."""

WIDTH = 1136
_LEFT, _RIGHT, _TOP, _BOTTOM, _ROW, _HEADER, _SPACE = 200, 250, 6, 44, 24, 28, 10


@dataclass(frozen=True)
class ForestRow:
    """A number with its interval.

    Attributes:
        block: what it is; rows of one block stand together.
        label: of what.
        value: it.
        low: lower end of its interval, or NaN.
        high: upper end.
        told: beside it.
        look: the method whose colour and marker it has.
    """

    block: str
    label: str
    value: float
    low: float
    high: float
    told: str
    look: str


def draw_forest(rows: Sequence[ForestRow], *, x_label: str, theme: Theme = LIGHT) -> Figure:
    """Draw them all on one scale.

    Args:
        rows: at least one; the first `MAX_ROWS` are drawn.
        x_label: what the numbers are.
        theme: the colours.

    Returns:
        The figure, with a line at 0.
    """
    rows = rows[:MAX_ROWS]
    blocks = distinct(row.block for row in rows)
    high = len(rows) * _ROW + len(blocks) * (_HEADER + _SPACE) - _SPACE
    figure = new_figure(WIDTH, _TOP + high + _BOTTOM, theme)
    axes = place_axes(figure, _LEFT, _TOP, WIDTH - _LEFT - _RIGHT, high)
    style_axes(axes, theme, grid="x")
    ends = np.array([[row.value, row.low, row.high, 0.0] for row in rows])
    ends = ends[np.isfinite(ends)]
    room = 0.06 * np.ptp(ends) or 0.1
    axes.set(ylim=(high, 0), yticks=[], xlim=(ends.min() - room, ends.max() + room))
    axes.axvline(0, color=theme.faint, linewidth=1.2)
    inner, y = WIDTH - _LEFT - _RIGHT, 0.0
    for block in blocks:
        members = [row for row in rows if row.block == block]
        axes.add_patch(
            Rectangle(
                (-_LEFT / inner, y), WIDTH / inner, _HEADER + len(members) * _ROW,
                transform=axes.get_yaxis_transform(), clip_on=False, zorder=0,
                facecolor=theme.panel, linewidth=0,
            )
        )  # fmt: skip
        place_text(
            figure, 12, _TOP + y + 15, shortened(block, 150), ha="left", color=theme.ink,
            weight="bold", bbox={"facecolor": theme.panel, "linewidth": 0, "pad": 1.5},
        )  # fmt: skip
        y += _HEADER
        for row in members:
            middle, color = y + _ROW / 2 - 2, theme.method_color(row.look)
            axes.plot([row.low, row.high], [middle] * 2, color=color, linewidth=2.2, zorder=3)
            axes.plot(row.value, middle, method_marker(row.look), color=color, markersize=6.5)
            at = _TOP + middle
            place_text(figure, 12, at, shortened(row.label, 28), ha="left", color=color)
            place_text(figure, WIDTH - _RIGHT + 14, at, row.told, ha="left", color=theme.faint)
            y += _ROW
        y += _SPACE
    label = x_label
    place_text(figure, _LEFT + inner / 2, _TOP + high + 33, label, ha="center", color=theme.faint)
    return figure

"""Genome, networks, nulls and controls of one target: what the headlines read on each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.groups import distinct
from fer_jax.show.theme import LIGHT, Theme, method_marker
from fer_jax.show.wording import shortened

WIDTH = 1136
_LEFT, _RIGHT, _GAP, _TOP, _BOTTOM = 200, 110, 34, 28, 62
_ROW, _HEADER, _SPACE = 26, 26, 10
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, eq=False)
class ControlRow:
    """One group of networks.

    Attributes:
        block: what is asked of it, in words; rows of one block stand together.
        label: its name.
        look: the method whose colour and marker it has.
        values: of each metric, `(networks,)`; NaN where it is undefined.
        counts: `(networks,)` bool, whether the verdict counts it.
    """

    block: str
    label: str
    look: str
    values: Mapping[str, np.ndarray]
    counts: np.ndarray


def draw_control_dots(
    rows: Sequence[ControlRow],
    genome: Mapping[str, float],
    worse: Mapping[str, str],
    theme: Theme = LIGHT,
) -> Figure:
    """A column per metric, a row per group, a dot per network; the genome is a line through all.

    Args:
        rows: the groups, ordered by block.
        genome: what each metric reads on the genome.
        worse: of each metric, "higher" or "lower"; its keys are the columns.
        theme: the colours.

    Returns:
        The figure. A hollow mark is a network that the verdict does not count.
    """
    blocks = distinct(row.block for row in rows)
    high = len(rows) * _ROW + len(blocks) * (_HEADER + _SPACE) - _SPACE
    figure = new_figure(WIDTH, _TOP + high + _BOTTOM, theme)
    pitch = (WIDTH - _LEFT - _RIGHT + _GAP) / len(worse)
    backs = place_axes(figure, 0, _TOP, WIDTH, high)
    backs.set(xlim=(0, WIDTH), ylim=(high, 0))
    backs.set_axis_off()
    columns = {}
    for index, metric in enumerate(worse):
        left = _LEFT + index * pitch
        axes = columns[metric] = place_axes(figure, left, _TOP, pitch - _GAP, high)
        style_axes(axes, theme, grid="x")
        axes.set(ylim=(high, 0), yticks=[], xlim=_limits(rows, metric, genome[metric]))
        axes.locator_params(axis="x", nbins=6)
        axes.axvline(genome[metric], color=theme.method_color("genome"), linewidth=1.6, zorder=1)
        place_text(figure, left, 12, metric, ha="left", color=theme.ink, weight="bold")
        right = worse[metric] == "higher"
        place_text(
            figure, left + (pitch - _GAP if right else 0), _TOP + high + 32,
            "worse →" if right else "← worse", ha="right" if right else "left", color=theme.faint,
        )  # fmt: skip
    y = 0.0
    for block in blocks:
        members = [row for row in rows if row.block == block]
        size = (WIDTH, _HEADER + len(members) * _ROW)
        backs.add_patch(Rectangle((0, y), *size, facecolor=theme.panel, linewidth=0))
        place_text(
            figure, 12, _TOP + y + 14, block, ha="left", color=theme.ink, weight="bold",
            bbox={"facecolor": theme.panel, "linewidth": 0, "pad": 1.5},
        )  # fmt: skip
        y += _HEADER
        for row in members:
            middle = y + _ROW / 2 - 3
            color = theme.method_color(row.look)
            label = shortened(row.label, 28)
            place_text(figure, 12, _TOP + middle, label, ha="left", color=color)
            place_text(
                figure, WIDTH - _RIGHT + 12, _TOP + middle, _told(row), ha="left",
                color=theme.faint, fontsize=8,
            )  # fmt: skip
            for metric, axes in columns.items():
                _draw_row(axes, row, row.values[metric], middle, theme)
            y += _ROW
        y += _SPACE
    _draw_key(figure, 12, _TOP + high + 50, theme)
    return figure


def _draw_row(axes: Axes, row: ControlRow, values: np.ndarray, y: float, theme: Theme) -> None:
    color, marker = theme.method_color(row.look), method_marker(row.look)
    # Spread by a low-discrepancy sequence: even, and the same each time.
    spread = (np.arange(len(values)) * _GOLDEN % 1.0 - 0.5) * min(12, 3 * len(values))
    for these, face in ((row.counts, color), (~row.counts, "none")):
        axes.plot(
            values[these], (y + spread)[these], marker, color=color, markerfacecolor=face,
            markersize=5.5, alpha=0.6 if face == color else 0.45, zorder=2,
            markeredgewidth=0 if face == color else 1, clip_on=False,
        )  # fmt: skip
    if not np.isfinite(values).any():
        axes.text(
            0.5, y, "undefined", transform=axes.get_yaxis_transform(), ha="center",
            va="center_baseline", fontsize=8.5, style="italic", color=theme.faint,
        )  # fmt: skip
    elif row.counts.sum() > 1 and np.isfinite(values[row.counts]).any():
        mean = np.nanmean(values[row.counts])
        axes.plot([mean] * 2, [y - 9, y + 9], color=theme.ink, linewidth=1.6, zorder=5)


def _told(row: ControlRow) -> str:
    left = int((~row.counts).sum())
    return f"n = {int(row.counts.sum())}" + (f", {left} hollow" if left else "")


def _limits(rows: Sequence[ControlRow], metric: str, genome: float) -> tuple[float, float]:
    values = np.concatenate([np.array([genome]), *(row.values[metric] for row in rows)])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.04 * (high - low) or 0.1 * abs(high) or 0.1
    return low - room, high + room


def _draw_key(figure: Figure, x: float, y: float, theme: Theme) -> None:
    axes = place_axes(figure, x, y - 8, 640, 16)
    axes.set(xlim=(0, 640), ylim=(0, 16))
    axes.set_axis_off()
    axes.plot(6, 8, "o", color=theme.faint, alpha=0.6, markersize=5.5, markeredgewidth=0)
    axes.plot(90, 8, "o", color=theme.faint, markerfacecolor="none", markersize=5.5)
    axes.plot([258] * 2, [1, 15], color=theme.ink, linewidth=1.6)
    axes.plot([418] * 2, [0, 16], color=theme.method_color("genome"), linewidth=1.6)
    keys = ((16, "a network"), (100, "one that does not count"), (266, "mean of those that do"))
    for at, text in (*keys, (426, "the genome")):
        place_text(figure, x + at, y, text, ha="left", color=theme.faint, fontsize=8)

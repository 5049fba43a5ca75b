"""One metric as a dot plot: every seed, the mean with its interval, the median; by target."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.groups import Group, distinct
from fer_jax.show.theme import LIGHT, Theme, method_marker
from fer_jax.show.wording import joined, shortened, shortened_middle

MAX_GROUPS = 160
"""Rows drawn, so that the picture stays one; further groups are left to the table."""

_ROW, _HEADER, _SPACE = 36, 26, 10
_LEFT, _RIGHT, _TOP, _BOTTOM = 170, 88, 4, 66
_GOLDEN = 0.6180339887498949


def draw_dots(
    groups: Sequence[Group], *, direction: str = "neither", width: float = 560, theme: Theme = LIGHT
) -> Figure:
    """Draw the groups of one metric, one row each, under a heading for each target.

    Args:
        groups: of one metric, at least one; the first `MAX_GROUPS` are drawn.
        direction: which end is worse: "higher", "lower" or "neither".
        width: in pixels of a page.
        theme: the colours.

    Returns:
        The figure. A faint mark is one seed; the line is the 95% interval of the mean, the large
        mark the mean, the upright stroke the median. A group without a value says so.
    """
    groups = groups[:MAX_GROUPS]
    targets = distinct([group.target for group in groups])
    rows = len(groups) * _ROW + len(targets) * _HEADER + (len(targets) - 1) * _SPACE
    figure = new_figure(width, _TOP + rows + _BOTTOM, theme)
    axes = place_axes(figure, _LEFT, _TOP, width - _LEFT - _RIGHT, rows)
    style_axes(axes, theme, grid="x")
    axes.set(ylim=(rows, 0), yticks=[], xlim=_limits(groups))
    axes.locator_params(axis="x", nbins=6)
    y = 0.0
    for target in targets:
        members = [group for group in groups if group.target == target]
        block = _HEADER + len(members) * _ROW
        axes.add_patch(
            Rectangle(
                (-_LEFT / (width - _LEFT - _RIGHT), y), width / (width - _LEFT - _RIGHT), block,
                transform=axes.get_yaxis_transform(), clip_on=False, zorder=0,
                facecolor=theme.panel, linewidth=0,
            )
        )  # fmt: skip
        place_text(
            figure, 12, _TOP + y + _HEADER / 2 + 2, shortened(target, 60),
            ha="left", color=theme.ink, weight="bold",
        )  # fmt: skip
        y += _HEADER
        for group in members:
            _draw_row(axes, group, y + _ROW / 2 - 3, theme)
            middle = _TOP + y + _ROW / 2 - 3
            problems = _problems(group)
            arch = shortened_middle(group.arch, 30)
            color = theme.method_color(group.method)
            _two_lines(figure, 12, middle, (group.method, arch), color, theme)
            counts = (f"n = {group.n}", problems)
            _two_lines(figure, width - _RIGHT + 14, middle, counts, theme.faint, theme)
            y += _ROW
        y += _SPACE
    bottom = _TOP + rows + 32
    if direction == "higher":
        place_text(figure, width - _RIGHT, bottom, "worse →", ha="right", color=theme.faint)
    elif direction == "lower":
        place_text(figure, _LEFT, bottom, "← worse", ha="left", color=theme.faint)
    _draw_key(figure, 12, bottom + 22, theme)
    return figure


def _draw_row(axes: Axes, group: Group, y: float, theme: Theme) -> None:
    color, marker = theme.method_color(group.method), method_marker(group.method)
    # Spread by a low-discrepancy sequence: even, and the same each time.
    spread = (np.arange(len(group.values)) * _GOLDEN % 1.0 - 0.5) * 12
    if len(group.values) > 1:
        axes.plot(
            group.values, y + spread, marker, color=color, alpha=0.32, markersize=5.5,
            markeredgewidth=0, zorder=2, clip_on=False,
        )  # fmt: skip
    if group.has_interval:
        axes.plot(
            [group.low, group.high], [y, y], color=color, linewidth=2.6, zorder=3,
            solid_capstyle="round",
        )  # fmt: skip
        axes.plot(
            [group.median] * 2, [y - 8, y + 8], color=theme.ink, linewidth=1.6, zorder=5,
            solid_capstyle="butt",
        )  # fmt: skip
    if np.isfinite(group.mean):
        axes.plot(
            group.mean, y, marker, color=color, markersize=8.5, markeredgecolor=theme.panel,
            markeredgewidth=1.4, zorder=4, clip_on=False,
        )  # fmt: skip
    else:
        axes.text(
            0.5, y, "undefined", transform=axes.get_yaxis_transform(), ha="center",
            va="center_baseline", fontsize=8.5, style="italic", color=theme.faint,
        )  # fmt: skip


def _draw_key(figure: Figure, x: float, y: float, theme: Theme) -> None:
    axes = place_axes(figure, x, y - 8, 320, 16)
    axes.set(xlim=(0, 320), ylim=(0, 16))
    axes.set_axis_off()
    axes.plot(6, 8, "o", color=theme.faint, alpha=0.5, markersize=5.5, markeredgewidth=0)
    axes.plot([72, 98], [8, 8], color=theme.faint, linewidth=2.6, solid_capstyle="round")
    axes.plot(85, 8, "o", color=theme.faint, markersize=8.5, markeredgecolor=theme.ground)
    axes.plot([244, 244], [1, 15], color=theme.ink, linewidth=1.6)
    for at, text in ((16, "a seed"), (108, "mean, 95% interval"), (254, "median")):
        place_text(figure, x + at, y, text, ha="left", color=theme.faint, fontsize=8)


def _limits(groups: Sequence[Group]) -> tuple[float, float]:
    values = np.concatenate(
        [[group.mean, group.low, group.high, *group.values] for group in groups]
    )
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low) or 0.1 * abs(high) or 0.1
    return low - room, high + room


def _two_lines(
    figure: Figure, x: float, y: float, lines: tuple[str, str], color: str, theme: Theme
) -> None:
    above, below = lines
    weight = "normal" if color == theme.faint else "bold"
    shift = 6 if below else 0
    place_text(figure, x, y - shift, above, ha="left", color=color, weight=weight)
    if below:
        place_text(figure, x, y + 8, below, ha="left", color=theme.faint, fontsize=7.2)


def _problems(group: Group) -> str:
    return joined(
        [
            f"{group.undefined} undefined" if group.undefined else "",
            f"{group.diverged} diverged" if group.diverged else "",
        ]
    )

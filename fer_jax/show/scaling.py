"""A metric against a size: seeds as dots, means with their intervals, a panel for each target."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_jax.show.figure import DOTS_PER_INCH, new_figure, place_axes, place_text, style_axes
from fer_jax.show.scaling_axes import (
    Across,
    across_of,
    is_log_up,
    set_across,
    set_up,
    x_label,
    y_label,
)
from fer_jax.show.scaling_data import Asked, Shown
from fer_jax.show.scaling_fit import PowerLaw
from fer_jax.show.scaling_lines import Look, counts_told, law_told, looks_of
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import shortened

COLUMN, PAGE = 360, 720
"""Widths in pixels of a page, 100 to an inch: of one column of a paper, and of both."""

_GOLDEN = 0.6180339887498949
_LEFT, _RIGHT, _GAP = 78, 12, 16
_TOP, _KEY, _TITLE, _LAW, _AXES, _BELOW = 8, 18, 22, 14, 214, 54
_CAPTION, _LETTER = 13, 5.3


@dataclass(frozen=True)
class _Plan:
    """Where everything stands, and how it looks."""

    across: Across
    log_up: bool
    looks: Mapping[str, Look]
    laws: Mapping[tuple[str, str], PowerLaw]
    theme: Theme

    @property
    def barred(self) -> bool:
        """Whether intervals are bars: there is no way from one x to the next."""
        return self.across.is_categorical or len(self.across.places) == 1

    @property
    def joined(self) -> bool:
        """Whether a line joins the means; a power law takes its place."""
        return not (self.barred or self.laws)


def draw_scaling(shown: Shown, asked: Asked, *, theme: Theme = LIGHT) -> Figure:
    """Draw what is shown: one panel as wide as a column of a paper, several as wide as a page.

    Args:
        shown: of `shown_of`.
        asked: what was asked for.
        theme: the colours.

    Returns:
        The figure. A faint mark is one seed; the line joins the means, with their 95% interval as
        a band, or as bars where x holds names. A level dashed line is what has no such x. With a
        fit, the dotted line is the power law.

    Raises:
        FerJaxError: if an axis cannot be logarithmic, or there are too many lines.
    """
    across = across_of(shown, asked)
    plan = _Plan(across, is_log_up(shown, asked), looks_of(shown, asked, theme), shown.laws, theme)
    columns = min(len(shown.panels), 3)
    rows = -(-len(shown.panels) // columns)
    width = COLUMN if columns == 1 else PAGE
    panel = (width - _LEFT - _RIGHT - (columns - 1) * _GAP) / columns
    title = _TITLE if any(shown.panels) else 6
    told = (
        max((sum(key[0] == name for key in shown.laws) for name in shown.panels), default=0) * _LAW
    )
    caption = _caption(shown, asked, plan, int((width - 16) / _LETTER))
    key = 1 if width == COLUMN or len(shown.lines) < 4 else 2
    head = _TOP + -(-len(shown.lines) // key) * _KEY + 4
    row_height = title + told + _AXES + _BELOW
    height = head + rows * row_height + len(caption) * _CAPTION + 8
    figure = new_figure(width, height, theme)
    _draw_key(figure, shown, plan, key, width)
    heights = [*shown.means[["mean", "low", "high"]].to_numpy(dtype=float).ravel()]
    heights += [*shown.values["y"]]
    for index, name in enumerate(shown.panels):
        row, column = divmod(index, columns)
        left, top = _LEFT + column * (panel + _GAP), head + row * row_height
        if name:
            text = shortened(name, int(panel / 7))
            place_text(
                figure, left, top + 10, text, ha="left", color=theme.ink, weight="bold", fontsize=9
            )
        _write_laws(figure, name, asked, plan, left, top + title)
        axes = place_axes(figure, left, top + title + told, panel, _AXES)
        style_axes(axes, theme, grid="y" if across.is_categorical else "both")
        axes.tick_params(labelsize=8, pad=4)
        set_across(axes, across, panel)
        set_up(axes, plan.log_up, heights)
        axes.set_xlabel(x_label(asked), fontsize=8.5, color=theme.ink, labelpad=5)
        if column:
            axes.tick_params(axis="y", labelleft=False)
        else:
            _write_up(figure, asked, top + title + told + _AXES / 2, theme)
        _draw_panel(axes, shown, name, plan)
    for index, line in enumerate(caption):
        y = height - 8 - (len(caption) - index - 0.5) * _CAPTION
        place_text(figure, 8, y, line, ha="left", color=theme.faint, fontsize=7.2)
    return figure


def _draw_panel(axes: Axes, shown: Shown, panel: str, plan: _Plan) -> None:
    values = shown.values[shown.values["panel"] == panel]
    means = shown.means[shown.means["panel"] == panel]
    lines = [line for line in shown.lines if (values["line"] == line).any()]
    side = [line for line in lines if means.loc[means["line"] == line, "x"].notna().any()]
    for line in lines:
        rows = means[means["line"] == line]
        look = plan.looks[line]
        for level in rows[rows["x"].isna()].to_dict("records"):
            _draw_level(axes, level, look, plan)
        rows = rows[rows["x"].notna()]
        if rows.empty:
            continue
        # Dots stand beside each other, line by line; means stay at their x where lines join them.
        step = min(0.16, 0.6 / len(side))
        shift = (side.index(line) - (len(side) - 1) / 2) * step
        dots = values[(values["line"] == line) & values["x"].notna() & np.isfinite(values["y"])]
        _draw_dots(axes, dots, look, shift, step, plan)
        _draw_means(axes, rows, look, shift, plan)
        law = plan.laws.get((panel, line))
        if law is not None:
            first, last = (plan.across.place(x) for x in (rows["x"].min(), rows["x"].max()))
            along = np.geomspace(first, last, 64)
            axes.plot(
                along, law.at(along), color=look.color, linewidth=1.3, linestyle=(0, (1, 1.6)),
                zorder=4,
            )  # fmt: skip


def _draw_dots(
    axes: Axes, dots: pd.DataFrame, look: Look, shift: float, step: float, plan: _Plan
) -> None:
    for x, rows in dots.groupby("x", sort=False):
        if len(rows) < 2:  # it is the mean itself
            continue
        # A low-discrepancy sequence: even, and the same each time.
        spread = (np.arange(len(rows)) * _GOLDEN % 1.0 - 0.5) * 0.7 * step
        at = plan.across.moved(plan.across.place(x), shift + spread)
        axes.plot(
            at, rows["y"], look.marker, color=look.color, alpha=0.35, markersize=3.6,
            markeredgewidth=0, zorder=2, clip_on=False,
        )  # fmt: skip


def _draw_means(axes: Axes, rows: pd.DataFrame, look: Look, shift: float, plan: _Plan) -> None:
    at = np.array([plan.across.place(x) for x in rows["x"]])
    low, high, mean = (rows[name].to_numpy(dtype=float) for name in ("low", "high", "mean"))
    if plan.barred:
        at = plan.across.moved(at, shift)
        axes.vlines(at, low, high, color=look.color, linewidth=2.2, zorder=3)
    else:
        axes.fill_between(at, low, high, color=look.color, alpha=0.18, linewidth=0, zorder=1)
    line = "-" if plan.joined else "none"
    axes.plot(
        at, mean, look.marker, linestyle=line, markersize=5.6, markeredgecolor=plan.theme.ground,
        markeredgewidth=1.1, color=look.color, linewidth=1.6, zorder=5, clip_on=False,
    )  # fmt: skip


def _draw_level(axes: Axes, row: Mapping[Any, Any], look: Look, plan: _Plan) -> None:
    if not np.isfinite(row["mean"]) or (plan.log_up and row["mean"] <= 0):
        return
    axes.axhline(row["mean"], color=look.color, linewidth=1.4, linestyle=(0, (5, 2)), zorder=3)
    if np.isfinite(row["low"]) and row["n"] > 1:
        axes.axhspan(row["low"], row["high"], color=look.color, alpha=0.12, linewidth=0, zorder=1)


def _write_up(figure: Figure, asked: Asked, middle: float, theme: Theme) -> None:
    """What the vertical axis is, beside it: the name, and more quietly what it measures."""
    name, _, detail = y_label(asked).partition("\n")
    style = {"rotation": 90, "ha": "center", "va": "center"}
    place_text(figure, 13, middle, name, color=theme.ink, **style)
    place_text(figure, 28, middle, detail, color=theme.faint, fontsize=7.2, **style)


def _write_laws(
    figure: Figure, panel: str, asked: Asked, plan: _Plan, left: float, top: float
) -> None:
    told = [(line, plan.laws[panel, line]) for line in plan.looks if (panel, line) in plan.laws]
    for index, (line, law) in enumerate(told):
        y = top + (index + 0.5) * _LAW - 2
        _draw_mark(figure, left, y, plan.looks[line], plan.theme, width=10)
        words = law_told(law, asked.x)
        color = plan.looks[line].color
        place_text(figure, left + 14, y, words, ha="left", color=color, fontsize=7.6)


def _draw_key(figure: Figure, shown: Shown, plan: _Plan, columns: int, width: float) -> None:
    room = (width - 16) / columns
    for index, line in enumerate(shown.lines):
        left = 8 + index % columns * room
        y = _TOP + (index // columns + 0.5) * _KEY
        rows = shown.means[shown.means["line"] == line]
        _draw_sample(figure, left, y, rows, plan)
        counts = counts_told(rows)
        name = shortened(line or "all runs", max(int((room - 44) / 6.4) - len(counts), 8))
        text = figure.text(
            (left + 34) / width, 1 - y / (figure.get_size_inches()[1] * DOTS_PER_INCH), name,
            parse_math=False, va="center_baseline", fontsize=8.5, color=plan.theme.ink,
        )  # fmt: skip
        end = text.get_window_extent().x1 / figure.dpi * DOTS_PER_INCH
        place_text(figure, end + 8, y, counts, ha="left", color=plan.theme.faint, fontsize=7.6)


def _draw_sample(figure: Figure, left: float, y: float, rows: pd.DataFrame, plan: _Plan) -> None:
    """A little of the line, as it is drawn."""
    look = plan.looks[str(rows["line"].iloc[0])]
    level, across = bool(rows["x"].isna().any()), bool(rows["x"].notna().any())
    if level or plan.joined:
        axes = place_axes(figure, left, y - 8, 26, 16)
        axes.set(xlim=(0, 26), ylim=(0, 16))
        axes.set_axis_off()
        style = (0, (5, 2)) if level else "-"
        axes.plot([1, 25], [8, 8], color=look.color, linewidth=1.6, linestyle=style)
    if across:
        _draw_mark(figure, left, y, look, plan.theme, width=26)


def _draw_mark(
    figure: Figure, left: float, y: float, look: Look, theme: Theme, *, width: float
) -> None:
    """The marker of a line's means, in the middle of a width."""
    axes = place_axes(figure, left, y - 8, width, 16)
    axes.set(xlim=(-1, 1), ylim=(-1, 1))
    axes.set_axis_off()
    axes.plot(
        0, 0, look.marker, color=look.color, markersize=5.6, markeredgecolor=theme.ground,
        markeredgewidth=1.1, clip_on=False,
    )  # fmt: skip


def _caption(shown: Shown, asked: Asked, plan: _Plan, letters: int) -> list[str]:
    unit = "run" if shown.values["seed"].isna().all() else "seed"
    many = bool((shown.means["n"] > 1).any())
    band = "bar" if plan.barred else "band"
    told = [f"A mark: a {unit}"]
    if many:
        told = [f"Faint mark: a {unit}; large: the mean, {band}: its 95% bootstrap interval"]
    if shown.means["x"].isna().any():
        told.append(f"dashed: has no {asked.x.replace('_', ' ')}")
    if plan.laws:
        told.append(
            "dotted: least squares of log y on log x over seeds, exponent with 95% interval"
        )
    hidden = shown.means["x"].isna() & (shown.means["mean"] <= 0)
    if plan.log_up and hidden.any():
        lines = ", ".join(dict.fromkeys(shown.means.loc[hidden, "line"]))
        told.append(f"{lines}: at {shown.means.loc[hidden, 'mean'].iloc[0]:g}, below this axis")
    if shown.mixed:
        told.append(f"means are over runs that differ in {', '.join(shown.mixed)}")
    return textwrap.wrap("; ".join(told) + ".", letters)

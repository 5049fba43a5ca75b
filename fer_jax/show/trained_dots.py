"""What metrics read on trained networks of known structure: a dot per network."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_jax.show.figure import place_axes, place_text
from fer_jax.show.panels import new_panels, say_nothing_there, set_heights
from fer_jax.show.theme import LIGHT, Theme


def draw_trained_dots(
    found: pd.DataFrame,
    metrics: Sequence[str],
    columns: Sequence[tuple[str, int, str]],
    *,
    shared: bool = True,
    height: float = 120,
    theme: Theme = LIGHT,
) -> Figure:
    """A row per metric, a column per picture: the reading of each network against its dial.

    Args:
        found: of `fer_jax.validation.trained_dials.read_trained_dials`.
        metrics: by name, the order of the rows.
        columns: (kind, picture, heading) of each.
        shared: one scale for all panels of a row.
        height: of a panel, in pixels of a page.
        theme: the colours.

    Returns:
        The figure; the line joins the means, and a hollow dot did not reach the loss.
    """
    headings = [heading for _, _, heading in columns]
    figure, axes = new_panels(
        metrics, headings, x_label="level of the dial", height=height, theme=theme
    )
    for metric, row in zip(metrics, axes, strict=True):
        drawn = []
        for (kind, picture, _), here in zip(columns, row, strict=True):
            at = (found["kind"] == kind) & (found["picture"] == picture)
            cell = found[at & (found["metric"] == metric)]
            _draw_panel(here, cell, theme)
            drawn.append(cell["value"].to_numpy(dtype=float))
        set_heights(row, drawn, shared=shared)
    _draw_key(figure, theme)
    return figure


def _draw_panel(axes: Axes, cell: pd.DataFrame, theme: Theme) -> None:
    axes.set(xlim=(-0.1, 1.1), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
    defined = cell[cell["value"].notna()]
    if not len(defined):
        say_nothing_there(axes, theme)
        return
    color = theme.method_color("sgd")
    # Seeds of a level stand beside each other, the same way each time.
    aside = ((defined["seed"].to_numpy() * 0.6180339887 + 0.5) % 1.0 - 0.5) * 0.1
    reached = defined["reached"].to_numpy(dtype=bool)
    for these, face in ((reached, color), (~reached, "none")):
        axes.plot(
            (defined["level"].to_numpy() + aside)[these], defined["value"].to_numpy()[these], "o",
            color=color, markerfacecolor=face, markersize=4, alpha=0.55,
            markeredgewidth=0 if face == color else 1, clip_on=False,
        )  # fmt: skip
    means = defined.groupby("level")["value"].mean()
    axes.plot(means.index, means, color=theme.ink, linewidth=1.4)


def _draw_key(figure: Figure, theme: Theme) -> None:
    color = theme.method_color("sgd")
    axes = place_axes(figure, 700, 2, 436, 16)
    axes.set(xlim=(0, 436), ylim=(0, 16))
    axes.set_axis_off()
    axes.plot(6, 8, "o", color=color, alpha=0.7, markersize=5, markeredgewidth=0)
    axes.plot(96, 8, "o", color=color, markerfacecolor="none", markersize=5)
    axes.plot([330, 356], np.full(2, 8), color=theme.ink, linewidth=1.4)
    for at, text in ((14, "a network"), (104, "one that did not reach the loss"), (362, "mean")):
        place_text(figure, 700 + at, 10, text, ha="left", color=theme.faint)

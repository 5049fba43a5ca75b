"""Figures without any global state, laid out in pixels of a page from the top left corner."""

import warnings
from pathlib import Path
from typing import IO, Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fer_jax.show.theme import LIGHT, Theme

DOTS_PER_INCH = 100
"""One inch of a figure is 100 pixels of a page."""

SHARPNESS = 2
"""Pixels of a picture per pixel of a page, so that it is sharp on dense screens."""


def new_figure(width: float, height: float, theme: Theme = LIGHT) -> Figure:
    """An empty figure, drawn by Agg and known to no global state.

    Args:
        width: in pixels of a page.
        height: in pixels of a page.
        theme: its colours.

    Returns:
        The figure.
    """
    figure = Figure(
        figsize=(width / DOTS_PER_INCH, height / DOTS_PER_INCH),
        dpi=DOTS_PER_INCH,
        facecolor=theme.ground,
    )
    FigureCanvasAgg(figure)
    return figure


def place_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place that is given in pixels of a page, from the top left corner."""
    full_width, full_height = figure.get_size_inches() * DOTS_PER_INCH
    return figure.add_axes(
        (
            left / full_width,
            1 - (top + height) / full_height,
            width / full_width,
            height / full_height,
        )
    )


def place_text(figure: Figure, x: float, y: float, text: str, **style: Any) -> None:
    """A line of text at a place that is given in pixels of a page, from the top left corner.

    It is drawn as it stands: a dollar sign starts no formula, since labels are the user's.
    """
    full_width, full_height = figure.get_size_inches() * DOTS_PER_INCH
    style = {"va": "center_baseline", "fontsize": 8.5, **style}
    figure.text(x / full_width, 1 - y / full_height, text, parse_math=False, **style)


def style_axes(axes: Axes, theme: Theme, *, grid: str = "both") -> None:
    """Quiet axes: no frame, a thin grid, small ticks.

    Args:
        axes: to be changed.
        theme: the colours.
        grid: "x", "y" or "both".
    """
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=grid, color=theme.line, linewidth=0.8)  # type: ignore[arg-type]
    axes.tick_params(which="both", length=0, labelsize=9, colors=theme.faint, pad=5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def save_png(figure: Figure, path: Path | IO[bytes], *, sharpness: float = SHARPNESS) -> None:
    """Write a figure as PNG.

    The file carries neither a date nor a version: the same data give the same bytes.

    Args:
        figure: the picture.
        path: where to; a file that is open for writing will do.
        sharpness: pixels of the picture per pixel of a page.
    """
    with warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes; that is no error of the user.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            path,
            dpi=DOTS_PER_INCH * sharpness,
            format="png",
            facecolor=figure.get_facecolor(),
            metadata={"Software": None},
        )

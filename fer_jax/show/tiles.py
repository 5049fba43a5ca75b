"""Small pictures side by side, with a few words under each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from fer_jax.show.figure import new_figure, place_axes, place_text
from fer_jax.show.theme import LIGHT, Theme

TILE, GAP, COLUMNS = 84, 8, 12
LINE = 15
"""Height of a line of text under a tile."""


def draw_tiles(
    images: Sequence[np.ndarray], labels: Sequence[str], *, theme: Theme = LIGHT
) -> Figure:
    """Pictures in rows, read like text, with a label under each.

    Args:
        images: `(size, size, 3)` float RGB in [0, 1] each; at least one.
        labels: as many; "" for none.
        theme: the colours.

    Returns:
        The figure.
    """
    below = LINE + 7 if any(labels) else 0
    rows = -(-len(images) // COLUMNS)
    width = GAP + COLUMNS * (TILE + GAP)
    figure = new_figure(width, GAP + rows * (TILE + below + GAP), theme)
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        row, column = divmod(place, COLUMNS)
        x, y = GAP + column * (TILE + GAP), GAP + row * (TILE + below + GAP)
        place_tile(figure, x, y, TILE, image, [label] if label else [], theme)
    return figure


def place_tile(
    figure: Figure,
    x: float,
    y: float,
    size: float,
    image: np.ndarray,
    lines: Sequence[str],
    theme: Theme,
) -> None:
    """One picture with its frame, and lines of text under its middle.

    Args:
        figure: to draw it on.
        x: of its left edge, in pixels of a page.
        y: of its top edge.
        size: along one side.
        image: `(n, n, 3)` float RGB in [0, 1].
        lines: of text, from the top; "" leaves one free.
        theme: the colours.
    """
    axes = place_axes(figure, x, y, size, size)
    axes.imshow(np.clip(image, 0.0, 1.0), interpolation="auto", aspect="auto")
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=theme.line, linewidth=1.0)
    for at, line in enumerate(lines):
        if line:
            place_text(
                figure, x + size / 2, y + size + 12 + at * LINE, line,
                ha="center", color=theme.faint, fontsize=8,
            )  # fmt: skip

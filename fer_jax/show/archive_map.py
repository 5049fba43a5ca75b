"""The map of an archive: every elite's picture in the cell that it holds."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from matplotlib.figure import Figure

from fer_jax.lab.folders.archives import Archive
from fer_jax.show.figure import new_figure, place_axes, place_text
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import number

TILE = 24
"""Pixels along one side of an elite's picture on the map."""

_LEFT, _ABOVE, _RIGHT, _BELOW = 62, 12, 12, 46


@dataclass(frozen=True)
class Layout:
    """Where the cells of an archive lie on a map.

    The first two descriptors are the axes of the map, left to right and bottom to top; the next two
    are those of the little grid within each of its fields. Elites that only further ones tell apart
    share a place, which the best of them takes.

    Attributes:
        bins: along the four axes: of the map, and of the grids within.
    """

    bins: tuple[int, int, int, int]

    @classmethod
    def of(cls, archive: Archive) -> "Layout":
        """That of an archive; axes that it does not have are one cell long."""
        first, second, third, fourth = (*archive.bins[:4], 1, 1, 1)[:4]
        return cls((first, second, third, fourth))

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of places."""
        return self.bins[1] * self.bins[3], self.bins[0] * self.bins[2]

    def places(self, archive: Archive) -> Int[np.ndarray, "elites 2"]:
        """Row from the top, and column, of each elite."""
        along = np.array(np.unravel_index(archive.cells, archive.bins))
        missing = np.zeros((max(4 - len(along), 0), len(archive.cells)), np.int64)
        x, y, x_within, y_within = np.concatenate([along, missing])[:4]
        return np.stack(
            [self.shape[0] - 1 - (y * self.bins[3] + y_within), x * self.bins[2] + x_within], axis=1
        )


def draw_archive(
    archive: Archive, images: Float[np.ndarray, "elites tile tile 3"], *, theme: Theme = LIGHT
) -> Figure:
    """Every elite's picture at its place.

    Args:
        archive: at least one elite.
        images: of its elites, RGB in [0, 1].
        theme: the colours.

    Returns:
        The figure.
    """
    layout, tile = Layout.of(archive), images.shape[1]
    places = layout.places(archive)
    rows, columns = layout.shape
    empty = np.array([int(theme.panel[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    canvas = np.tile(empty, (rows * tile, columns * tile, 1))
    # The best comes last, so that it is the one to be seen.
    for place in np.argsort(archive.qualities, kind="stable"):
        row, column = places[place]
        canvas[row * tile : (row + 1) * tile, column * tile : (column + 1) * tile] = images[place]
    scale = min(1064 / canvas.shape[1], 1.0)
    width, height = canvas.shape[1] * scale, canvas.shape[0] * scale
    figure = new_figure(_LEFT + width + _RIGHT, _ABOVE + height + _BELOW, theme)
    axes = place_axes(figure, _LEFT, _ABOVE, width, height)
    axes.imshow(np.clip(canvas, 0.0, 1.0), interpolation="auto", aspect="auto")
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=theme.line, linewidth=1.0)
    for at in range(1, layout.bins[0]):
        axes.axvline(at * canvas.shape[1] / layout.bins[0] - 0.5, color=theme.ground, linewidth=2)
    for at in range(1, layout.bins[1]):
        axes.axhline(at * canvas.shape[0] / layout.bins[1] - 0.5, color=theme.ground, linewidth=2)
    names = [*archive.descriptors, "", ""]
    style = {"color": theme.faint, "fontsize": 9}
    place_text(
        figure, _LEFT + width / 2, _ABOVE + height + 16, f"{names[0]} →", ha="center", **style
    )
    if names[1]:
        place_text(
            figure,
            _LEFT - 22,
            _ABOVE + height / 2,
            f"{names[1]} →",
            ha="center",
            rotation=90,
            **style,
        )
    return figure


def axes_told(archive: Archive) -> str:
    """How to read the map."""
    first, *others = archive.descriptors
    told = f"Left to right {first}"
    if others:
        told += f", bottom to top {others[0]}"
    if len(others) > 1:
        within = f", within each field {others[1]}"
        told += within + (f" and {others[2]}" if len(others) > 2 else "")
    return f"{told}; of elites that share a place, the best"


def values_told(archive: Archive, place: int) -> str:
    """The descriptors of an elite."""
    return ", ".join(
        f"{name} {number(float(value))}"
        for name, value in zip(archive.descriptors, archive.values[place], strict=True)
    )

"""Every neuron's feature map, layer by layer, the novel ones framed, in one picture."""

from dataclasses import dataclass

import jax
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import Model, feature_maps
from fer_jax.show.figure import SHARPNESS, new_figure, place_axes, place_text
from fer_jax.show.novelty import TOLERANCE, novel_maps
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import joined

MAX_COLUMNS = 40
"""Maps in one row; a wider layer goes on in the next."""

MAX_ROWS_PER_LAYER = 4
MAX_ROWS = 64
MAX_NEURONS = 20_000
"""Limits that bound the picture and the work. What is left out is stated in the picture."""

_PICTURE_WIDTH = 2040
_SMALLEST_TILE, _LARGEST_TILE = 44, 96
_FRAME = 4
_GROUP_GAP = 14
_LAYER_GAP = 6

# Blue, white, red: the ends and the middles of ColorBrewer's diverging scale RdBu.
_STOPS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
_COLORS = np.array([[5, 90, 170], [120, 182, 222], [255, 255, 255], [244, 150, 118], [190, 16, 38]])
_NOT_FINITE = np.array([128, 128, 128], dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class MapGrid:
    """The feature maps of one network, ready to be drawn.

    Attributes:
        layers: per layer shown `(tile, tile, neurons)`, at most as many neurons as fit.
        novel: per layer shown, which of its maps are novel.
        names: of the layers shown.
        groups: (activation, neurons) of a hidden layer, or nothing if layers differ.
        columns: maps in one row.
        novel_count: novel maps in the whole network, shown or not.
        map_count: neurons in the whole network, inputs and outputs included.
        left_out: what is not shown, in words, or "".
    """

    layers: list[np.ndarray]
    novel: list[np.ndarray]
    names: list[str]
    groups: tuple[tuple[str, int], ...]
    columns: int
    novel_count: int
    map_count: int
    left_out: str


def diverging(values: np.ndarray) -> np.ndarray:
    """Blue at -1, white at 0, red at 1; beyond is as the ends, not finite is grey.

    Args:
        values: floats of any shape.

    Returns:
        uint8 RGB, of the same shape with a last axis of 3.

    Example:
        >>> diverging(np.array([0.0, -9.0, np.nan])).tolist()
        [[255, 255, 255], [5, 90, 170], [128, 128, 128]]
    """
    finite = np.isfinite(values)
    clipped = np.clip(np.where(finite, values, 0.0), -1.0, 1.0)
    channels = [np.interp(clipped, _STOPS, _COLORS[:, channel]) for channel in range(3)]
    colors = np.stack(channels, axis=-1).round().astype(np.uint8)
    colors[~finite] = _NOT_FINITE
    return colors


def map_grid(model: Model) -> MapGrid:
    """Compute a network's feature maps at the size at which they will be drawn.

    Args:
        model: a `Genome` or a `Cppn`. A genome is drawn as its graph; layerize it first to see it
            beside a dense network.

    Returns:
        The maps.

    Raises:
        ValueError: for a network of more than `MAX_NEURONS` neurons.
    """
    shapes = jax.eval_shape(
        model.program.layers, model.params, pixel_inputs(2, model.program.inputs)
    )
    widths = [shape.shape[-1] for shape in shapes]
    if sum(widths) > MAX_NEURONS:
        raise ValueError(
            f"the network has {sum(widths)} neurons; feature maps are drawn up to {MAX_NEURONS}"
        )
    rows = -(-max(widths) // MAX_COLUMNS)
    columns = -(-max(widths) // rows) if rows <= MAX_ROWS_PER_LAYER else MAX_COLUMNS
    tile = int(np.clip(_PICTURE_WIDTH // columns - 2 * _FRAME, _SMALLEST_TILE, _LARGEST_TILE))
    layers = feature_maps(model, size=tile)
    novel = novel_maps(layers)
    names = ["inputs", *(f"layer {index}" for index in range(1, len(layers) - 1)), "outputs"]
    most = MAX_ROWS // min(rows, MAX_ROWS_PER_LAYER)
    shown = np.unique(np.linspace(0, len(layers) - 1, most).round().astype(int))
    limit = columns * MAX_ROWS_PER_LAYER
    left_out = joined(
        [
            f"{len(shown)} of {len(layers)} layers shown" if len(shown) < len(layers) else "",
            f"the first {limit} neurons of each shown" if limit < max(widths) else "",
        ]
    )
    groups = model.arch.neurons if isinstance(model, Cppn) and rows == 1 else ()
    return MapGrid(
        layers=[layers[index][..., :limit] for index in shown],
        novel=[novel[index][:limit] for index in shown],
        names=[names[index] for index in shown],
        groups=groups,
        columns=columns,
        novel_count=int(sum(flags.sum() for flags in novel)),
        map_count=sum(widths),
        left_out=left_out,
    )


def compose(grid: MapGrid, theme: Theme = LIGHT) -> tuple[np.ndarray, list[int], list[int]]:
    """Put all maps into one image.

    A map that is zero everywhere is an empty frame, white on a light ground: most units of a
    layerized genome are silent, and on a dark ground they would outshine the others.

    Args:
        grid: the maps.
        theme: the colours of ground and frames.

    Returns:
        The image, uint8 `(height, width, 3)`; the top of each layer's rows in it; the left edge of
        each column.
    """
    tile = grid.layers[0].shape[0]
    cell = tile + 2 * _FRAME
    gaps = np.zeros(grid.columns, dtype=int)
    for end in np.cumsum([count for _, count in grid.groups])[:-1]:
        gaps[end:] += _GROUP_GAP
    lefts = (np.arange(grid.columns) * cell + gaps).tolist()
    rows = [-(-layer.shape[-1] // grid.columns) for layer in grid.layers]
    tops = np.cumsum([0, *(count * cell + _LAYER_GAP for count in rows)]).tolist()
    image = np.empty((tops[-1] - _LAYER_GAP, lefts[-1] + cell, 3), dtype=np.uint8)
    image[:] = _bytes(theme.ground)
    for layer, novel, top in zip(grid.layers, grid.novel, tops[:-1], strict=True):
        colors = diverging(np.moveaxis(layer, -1, 0))
        silent = np.abs(layer).max(axis=(0, 1)) <= TOLERANCE
        colors[silent] = _bytes(theme.ground)
        for index, flag in enumerate(novel):
            row, column = divmod(index, grid.columns)
            y, x = top + row * cell, lefts[column]
            # A thin line around every map keeps a white one apart from the ground.
            frame = _FRAME if flag else 1
            outer = slice(_FRAME - frame, _FRAME + tile + frame)
            image[y : y + cell, x : x + cell][outer, outer] = _bytes(
                theme.novel if flag else theme.line
            )
            image[y + _FRAME : y + _FRAME + tile, x + _FRAME : x + _FRAME + tile] = colors[index]
    return image, tops[:-1], lefts


def draw_feature_maps(grid: MapGrid, theme: Theme = LIGHT) -> Figure:
    """One row of maps per layer, inputs on top, a green frame around each novel map.

    Args:
        grid: the maps.
        theme: the colours.

    Returns:
        The figure, of bounded size whatever the network.
    """
    image, tops, lefts = compose(grid, theme)
    height, width = image.shape[0] / SHARPNESS, image.shape[1] / SHARPNESS
    left, right, bottom = 108, 8, 46
    headings = _headings(grid, lefts)
    # A heading wider than its columns is turned, which takes more room.
    top = 8 if not headings else 30 if all(fits for *_, fits in headings) else 44
    figure = new_figure(max(left + width + right, 700), top + height + bottom, theme)
    axes = place_axes(figure, left, top, width, height)
    axes.imshow(image, interpolation="nearest", aspect="auto")
    axes.set_axis_off()
    tile = grid.layers[0].shape[0]
    for name, novel, y in zip(grid.names, grid.novel, tops, strict=True):
        middle = top + (y + _FRAME + tile / 2) / SHARPNESS
        place_text(figure, left - 46, middle, name, ha="right", color=theme.ink)
        if count := int(novel.sum()):
            place_text(
                figure, left - 8, middle, f"+{count}", ha="right", color=theme.novel, weight="bold"
            )
    for name, begin, end, fits in headings:
        x, side = ((begin + end) / 2, "center") if fits else (begin + 4, "left")
        place_text(
            figure, left + x, top - 8, name, ha=side, va="baseline", color=theme.faint,
            rotation=0 if fits else 24, rotation_mode="anchor",
        )  # fmt: skip
    _draw_key(figure, grid, left, top + height + 27, theme)
    return figure


def _headings(grid: MapGrid, lefts: list[int]) -> list[tuple[str, float, float, bool]]:
    """(activation, left, right, whether its name fits) of each group, in pixels of a page."""
    cell = grid.layers[0].shape[0] + 2 * _FRAME
    headings, start = [], 0
    for name, count in grid.groups:
        begin, end = lefts[start] / SHARPNESS, (lefts[start + count - 1] + cell) / SHARPNESS
        headings.append((name, begin, end, end - begin > 6.5 * len(name)))
        start += count
    return headings


def _draw_key(figure: Figure, grid: MapGrid, left: float, middle: float, theme: Theme) -> None:
    bar = place_axes(figure, left + 22, middle - 5, 120, 10)
    bar.imshow(diverging(np.linspace(-1, 1, 240))[None], aspect="auto")
    bar.set_axis_off()
    place_text(figure, left + 17, middle, "−1", ha="right", color=theme.faint)
    place_text(figure, left + 147, middle, "+1", ha="left", color=theme.faint)
    frame = place_axes(figure, left + 190, middle - 7, 14, 14)
    frame.set(xticks=[], yticks=[], facecolor="none")
    for spine in frame.spines.values():
        spine.set(color=theme.novel, linewidth=2)
    told = f"novel: not seen in an earlier layer ({grid.novel_count} of {grid.map_count} maps)"
    place_text(
        figure, left + 214, middle, joined([told, grid.left_out]), ha="left", color=theme.faint
    )


def _bytes(color: str) -> np.ndarray:
    return np.array([round(channel * 255) for channel in to_rgb(color)], dtype=np.uint8)

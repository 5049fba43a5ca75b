"""The regions of a picture that stand out from its background.

The background is a smooth surface through the most common colour. What differs from it falls into
pieces, of which small ones near to each other are one region. A piece that fills much of the
picture, as a face does, is cut further, along its edges.
"""

from typing import Any

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from fer_jax.metrics.image.background import background
from fer_jax.metrics.image.overlay import ramp
from fer_jax.metrics.image.plane_map import blurred, pixel_points, sample

BLUR = 0.02
"""Width of the smoothing, in coordinates."""

LEAST_DISTANCE = 0.03
"""From the background, of colours that stand out however faint everything is."""

LOCAL = 0.3
"""Of the greatest distance nearby: a bright piece ends where it has fallen to this."""

NEARBY = 0.07
"""How far nearby reaches, in coordinates."""

JOIN = 0.09
"""Widest gap between two pieces of one region, in coordinates."""

SPECK = (0.15, 0.35)
"""Side of a piece, as the square root of its area, up to where it is joined to others, and from
where on it is a region by itself."""

FINE = 256
"""Pixels along one side, at least, of the grid on which gaps are measured."""

LEAST_AREA = 0.003
"""Of a region, as a share of the picture."""

HUGE = 0.37
"""Share of the picture from which on a piece is cut along its edges."""

EDGE = 0.4
"""How much steeper an edge is than what it separates: colour per unit of length."""

ALIKE = 0.1
"""Neighbours whose mean colours differ by less are not cut apart."""

_CORNERS = np.ones((3, 3))  # pixels that touch at a corner touch


def find_regions(image: Float[np.ndarray, "size size 3"]) -> Int[np.ndarray, "size size"]:
    """Which region each pixel is in.

    Args:
        image: RGB in [0, 1].

    Returns:
        0 for the background, 1 and up for the regions.

    Example:
        >>> dots = np.full((32, 32, 3), 0.5)
        >>> dots[4:10, 4:10] = dots[20:26, 20:26] = 1.0
        >>> find_regions(dots)[[0, 6, 22], [0, 6, 22]].tolist()
        [0, 1, 2]
    """
    smooth = blurred(image, BLUR)
    distance = np.sqrt(np.mean((smooth - background(image)) ** 2, axis=-1))
    pieces = _joined(distance - _thresholds(distance))
    regions = np.zeros_like(pieces)
    for piece in range(1, pieces.max() + 1):
        mask = pieces == piece
        if mask.mean() > HUGE:
            cut = _cut_along_edges(smooth, scipy.ndimage.binary_fill_holes(mask))
        else:
            cut = _filled(mask, pieces).astype(np.int64)
        regions = np.where(cut > 0, cut + regions.max(), regions)
    return numbered(regions)


def _thresholds(distance: Float[np.ndarray, "size size"]) -> Float[np.ndarray, "size size"]:
    """Distances from which on pixels stand out."""
    from skimage.filters import threshold_otsu

    # Otsu's threshold lies between the background and what stands out; half of it keeps what is
    # fainter. But that much would make bright pieces so wide that they flow into each other.
    lowest = max(threshold_otsu(distance) / 2.0, LEAST_DISTANCE)
    reach = round(NEARBY * (len(distance) - 1) / 2.0)
    return np.maximum(lowest, LOCAL * scipy.ndimage.maximum_filter(distance, 2 * reach + 1))


def _joined(level: Float[np.ndarray, "size size"]) -> Int[np.ndarray, "size size"]:
    """Connected pieces of what is above 0; small ones with narrow gaps between them are one."""
    # On a finer grid, since gaps are as narrow as a pixel.
    times = -(-FINE // len(level))
    fine, _ = sample(level[..., None], pixel_points(times * (len(level) - 1) + 1))
    mask = fine[..., 0] > 0
    pixel = 2.0 / (len(mask) - 1)
    pieces, _ = scipy.ndimage.label(mask, _CORNERS)
    away, nearest = scipy.ndimage.distance_transform_edt(~mask, return_indices=True)
    sides = np.sqrt(np.bincount(pieces.ravel())) * pixel
    reach = JOIN / 2.0 * (1.0 - ramp(sides, SPECK))
    wide, _ = scipy.ndimage.label(away * pixel <= reach[pieces[tuple(nearest)]], _CORNERS)
    return np.where(mask, wide, 0)[::times, ::times]


def _filled(
    mask: Bool[np.ndarray, "size size"], pieces: Int[np.ndarray, "size size"]
) -> Bool[np.ndarray, "size size"]:
    """One of the pieces with those of its holes in which there is no other."""
    holes, _ = scipy.ndimage.label(scipy.ndimage.binary_fill_holes(mask) & ~mask, _CORNERS)
    return mask | ((holes > 0) & ~np.isin(holes, holes[pieces > 0]))


def _cut_along_edges(
    smooth: Float[np.ndarray, "size size 3"], mask: Bool[np.ndarray, "size size"]
) -> Int[np.ndarray, "size size"]:
    """Basins of the picture's steepness, which meet where it is steepest."""
    # Only now: it brings networkx along, which commands that score nothing would wait for.
    from skimage import graph
    from skimage.morphology import h_minima
    from skimage.segmentation import watershed

    slopes = np.gradient(smooth, 2.0 / (len(smooth) - 1), axis=(0, 1))
    steepness = np.sqrt(np.mean(slopes[0] ** 2 + slopes[1] ** 2, axis=-1))
    bottoms, _ = scipy.ndimage.label(h_minima(steepness, EDGE), _CORNERS)
    basins = watershed(steepness, bottoms * mask, mask=mask)
    if len(np.unique(basins)) < 2:
        # One basin or none, and nothing beside: there is no graph of them.
        return mask.astype(np.int64)
    colours = graph.rag_mean_color(smooth, basins)
    if 0 in colours:
        colours.remove_node(0)
    together = graph.merge_hierarchical(
        basins,
        colours,
        thresh=ALIKE * np.sqrt(3.0),
        rag_copy=False,
        in_place_merge=True,
        merge_func=_merge,
        weight_func=_difference,
    )
    return np.where(mask, together + 1, 0)


def _merge(colours: Any, one: int, into: int) -> None:
    """Two regions' colours together, at the node of the second."""
    node, other = colours.nodes[into], colours.nodes[one]
    node["total color"] = node["total color"] + other["total color"]
    node["pixel count"] = node["pixel count"] + other["pixel count"]
    node["mean color"] = node["total color"] / node["pixel count"]


def _difference(colours: Any, one: int, into: int, third: int) -> dict[str, float]:
    """How far a merged region is from a neighbour of it."""
    mean = colours.nodes[into]["mean color"]
    return {"weight": float(np.linalg.norm(mean - colours.nodes[third]["mean color"]))}


def numbered(regions: Int[np.ndarray, "size size"]) -> Int[np.ndarray, "size size"]:
    """The regions that are large enough, numbered from 1 in the order of their first pixels."""
    names, first, areas = np.unique(regions, return_index=True, return_counts=True)
    kept = (names > 0) & (areas >= LEAST_AREA * regions.size)
    numbers = np.zeros(names.max() + 1, dtype=np.int64)
    numbers[names[kept][np.argsort(first[kept])]] = np.arange(1, kept.sum() + 1)
    return numbers[regions]

"""The parts of a picture, and which of them are copies of one another.

Parts are the regions that stand out from the background. One that a mirror of the whole picture
maps onto itself, as a nose, is two parts: its halves. Parts that look alike wherever they lie are
one concept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fer_jax.metrics.image.background import background
from fer_jax.metrics.image.copies import find_copies
from fer_jax.metrics.image.halves import cut_in_halves
from fer_jax.metrics.image.isometries import find_isometries
from fer_jax.metrics.image.isometry import Isometry
from fer_jax.metrics.image.look import Look
from fer_jax.metrics.image.plane_map import PlaneMap, Point
from fer_jax.metrics.image.regions import find_regions, numbered


@dataclass(frozen=True)
class Part:
    """One part.

    Attributes:
        label: its number in `Parts.labels`, from 1.
        area: its share of the picture.
        centroid: (x, y).
        concept: the number of its concept, from 0.
        placed: the map from the first part of the concept to this one.
    """

    label: int
    area: float
    centroid: Point
    concept: int
    placed: PlaneMap


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a picture.

    Attributes:
        labels: `(size, size)`: 0 for the background, and the parts' labels.
        parts: in the order of their labels, from 1.
    """

    labels: Int[np.ndarray, "size size"]
    parts: tuple[Part, ...]

    def copies(self) -> list[tuple[int, int]]:
        """The labels of every two parts of one concept, the lower one first."""
        return [
            (one.label, other.label)
            for other in self.parts
            for one in self.parts[: other.label - 1]
            if one.concept == other.concept
        ]

    def similarity(self, one: int, other: int) -> PlaneMap:
        """The map that takes one part to another of its concept.

        Args:
            one: label of the part from which it goes.
            other: label of the part to which it goes.

        Returns:
            The map. Where a part is like itself turned or mirrored, one of those that fit.

        Raises:
            ValueError: if they are of different concepts.
        """
        start, end = self.parts[one - 1], self.parts[other - 1]
        if start.concept != end.concept:
            raise ValueError(f"parts {one} and {other} are no copies of one another")
        return end.placed.after(start.placed.inverse)


def find_parts(
    image: Float[np.ndarray, "size size 3"], isometries: Sequence[Isometry] | None = None
) -> Parts:
    """Finds the parts of a picture.

    Args:
        image: RGB in [0, 1].
        isometries: what `find_isometries` says of the picture, where that is known.

    Returns:
        The parts; none where nothing stands out.

    Raises:
        Undefined: if the picture is constant.

    Example:
        >>> dots = np.full((32, 32, 3), 0.5)
        >>> dots[4:10, 4:10] = dots[20:26, 16:22] = 1.0
        >>> dots[4:10, 20:30] = 0.0
        >>> [part.concept for part in find_parts(dots, isometries=[]).parts]
        [0, 1, 0]
    """
    picture = np.asarray(image, dtype=np.float64)
    symmetries = find_isometries(picture) if isometries is None else isometries
    labels = numbered(cut_in_halves(find_regions(picture), symmetries))
    colours = picture - background(picture).mean(axis=(0, 1))
    looks = [Look.of(labels == label, colours) for label in range(1, labels.max() + 1)]
    areas = np.bincount(labels.ravel())[1:] / labels.size
    parts = [
        Part(number, float(area), look.centroid, concept, placed)
        for number, (area, look, concept, placed) in enumerate(
            zip(areas, looks, *find_copies(looks), strict=True), start=1
        )
    ]
    return Parts(labels, tuple(parts))

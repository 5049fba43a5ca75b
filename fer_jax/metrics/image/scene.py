"""What metrics look at in a picture: its concepts, and which of its pixels draw the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from fer_jax.metrics.image.isometries import find_isometries
from fer_jax.metrics.image.isometry import Isometry
from fer_jax.metrics.image.parts import find_parts
from fer_jax.metrics.image.plane_map import pixel_points, resampled, sample

CELLS = 8
"""Cells along one side, by which the halves of a symmetric picture are compared: fine enough to
tell the parts of a face from each other, coarse enough for a symmetry that is nearly one."""

TIE = 0.05
"""How far a symmetry's correlation may fall behind the best one's until it no longer counts."""

LEAST_INSIDE = 0.5
"""Share of a cell whose image must lie in the picture."""

LOOKED_AT = 64
"""Pixels along one side at which a picture is looked at, whatever the size at which it is scored,
so that it shows the same things."""

LEAST_PART = 0.002
"""Of the picture: a concept below it is none."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture's concepts and copies, as masks.

    Attributes:
        concepts: `(concepts, size, size)`: which pixels belong to each; the background is one.
        ones: `(pairs, size, size)`: regions, as far as pixels belong to them.
        others: of the same shape: the regions that draw the same things.
        weights: `(pairs,)`: how much each pair counts, above 0.
        apart: `(pairs, pairs)`: whether the one region of the first pair and the other region of
            the second draw different things, so that they are a wrong pair.
    """

    concepts: Float[np.ndarray, "concepts size size"]
    ones: Float[np.ndarray, "pairs size size"]
    others: Float[np.ndarray, "pairs size size"]
    weights: Float[np.ndarray, "pairs"]
    apart: Bool[np.ndarray, "pairs pairs"]

    @classmethod
    def of_regions(cls, labels: Int[np.ndarray, "size size"], concepts: Sequence[int]) -> "Scene":
        """What is known of a picture.

        Args:
            labels: 0 for the background, and 1 ... n for its parts.
            concepts: of each part; parts of one concept are copies of one another.

        Returns:
            The scene. Every two copies are a pair.

        Example:
            >>> labels = np.array([[1, 0], [2, 3]])
            >>> scene = Scene.of_regions(labels, [0, 1, 0])
            >>> scene.concepts.shape, scene.ones.shape
            ((3, 2, 2), (1, 2, 2))
        """
        of_pixel = np.concatenate([[-1], np.asarray(concepts, dtype=int)])[labels]
        masks = np.stack([of_pixel == concept for concept in np.unique(of_pixel)])
        pairs = [
            (one + 1, other + 1)
            for other, own in enumerate(concepts)
            for one in range(other)
            if concepts[one] == own
        ]
        ones = np.array([labels == one for one, _ in pairs], np.float64)
        others = np.array([labels == other for _, other in pairs], np.float64)
        shape = (len(pairs), *labels.shape)
        shown = np.array([concepts[one - 1] for one, _ in pairs])
        large = masks.mean(axis=(1, 2)) >= LEAST_PART
        return cls(
            masks[large].astype(np.float64),
            ones.reshape(shape),
            others.reshape(shape),
            np.ones(len(pairs)),
            shown[:, None] != shown[None],
        )

    @classmethod
    def of_image(cls, image: Float[np.ndarray, "size size 3"]) -> "Scene":
        """What can be seen in a picture.

        Args:
            image: RGB in [0, 1].

        Returns:
            The scene. Where the picture has symmetries, its pairs are cells and their images;
            as far as it has none, they are parts and their copies.

        Raises:
            Undefined: if the picture is constant.

        Example:
            >>> image = np.full((32, 32, 3), 0.5)
            >>> image[4:12, 4:12] = image[4:12, 20:28] = 1.0
            >>> Scene.of_image(image).weights.min() > 0
            np.True_
        """
        isometries = find_isometries(image)
        best = max((isometry.correlation for isometry in isometries), default=0.0)
        parts = find_parts(image, isometries)
        scene = cls.of_regions(parts.labels, [part.concept for part in parts.parts])
        strongest = max((isometry.weight for isometry in isometries), default=0.0)
        parts_count = (1.0 - strongest) * _shared_out(scene.ones)
        pairs = [(scene.ones, scene.others, parts_count)]
        apart = [scene.apart]
        for isometry in isometries:
            # A round thing is much like itself however it is turned; the best symmetry counts.
            weight = isometry.weight * (1.0 - (best - isometry.correlation) / TIE)
            if weight > 0:
                ones, others, overlap = _cells(isometry, len(image))
                pairs.append((ones, others, weight * _shared_out(ones, overlap)))
                apart.append(~np.eye(len(ones), dtype=bool))
        ones, others, weights = (np.concatenate(column) for column in zip(*pairs, strict=True))
        counts = weights > 0
        wrong = scipy.linalg.block_diag(*apart).astype(bool)[np.ix_(counts, counts)]
        return cls(scene.concepts, ones[counts], others[counts], weights[counts], wrong)

    def resized(self, size: int) -> "Scene":
        """The same scene for a picture of another size.

        Args:
            size: pixels along one side.

        Returns:
            The scene, without what would be less than half a pixel.
        """
        if size == self.concepts.shape[-1]:
            return self
        concepts, ones, others = (
            _resized(masks, size) for masks in (self.concepts, self.ones, self.others)
        )
        large = concepts.sum(axis=(1, 2)) >= 0.5
        both = np.minimum(ones.sum(axis=(1, 2)), others.sum(axis=(1, 2))) >= 0.5
        return Scene(
            concepts[large],
            ones[both],
            others[both],
            self.weights[both],
            self.apart[np.ix_(both, both)],
        )


def _resized(
    masks: Float[np.ndarray, "masks old old"], size: int
) -> Float[np.ndarray, "masks size size"]:
    if not len(masks):
        return np.zeros((0, size, size))
    return np.moveaxis(resampled(np.moveaxis(masks, 0, -1), size), -1, 0)


def _shared_out(
    masks: Float[np.ndarray, "pairs size size"], less: Float[np.ndarray, "pairs"] | float = 0.0
) -> Float[np.ndarray, "pairs"]:
    """Weights by area, 1 together."""
    areas = masks.sum(axis=(1, 2)) * (1.0 - np.asarray(less))
    return areas / max(float(areas.sum()), 1e-300)


def _cells(
    isometry: Isometry, size: int
) -> tuple[
    Float[np.ndarray, "pairs size size"],
    Float[np.ndarray, "pairs size size"],
    Float[np.ndarray, "pairs"],
]:
    """Cells, their images, and how far each lies in its own image."""
    points = pixel_points(size)
    there, back = isometry.map.apply(points), isometry.map.inverse.apply(points)
    stays = (np.abs(there) <= 1.0).all(axis=-1)
    place = np.minimum((0.5 * CELLS * (points + 1.0)).astype(int), CELLS - 1)
    cells = place[..., 1] * CELLS + place[..., 0]
    whole = np.stack([cells == cell for cell in range(CELLS**2)])
    ones = (whole & stays).astype(np.float64)
    keep = ones.sum(axis=(1, 2)) >= LEAST_INSIDE * whole.sum(axis=(1, 2))
    if isometry.kind == "mirror":
        # The other side says the same again.
        sides = np.array([isometry.side(points[cell]).mean() for cell in whole])
        keep &= sides < 0
    ones = ones[keep]
    moved, inside = sample(np.moveaxis(ones, 0, -1), back)
    others = np.moveaxis(moved * inside[..., None], -1, 0)
    overlap = (ones * others).sum(axis=(1, 2)) / np.maximum(ones.sum(axis=(1, 2)), 1e-9)
    return ones, others, overlap

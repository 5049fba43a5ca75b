"""Pictures of shapes made of beads, each of which is there twice, the second time moved."""

import numpy as np

from fer_jax.metrics.image.plane_map import PlaneMap, pixel_points

SPACING, RADIUS, GREY = 0.2, 0.09, 0.5
SHAPES = {
    "O": [(0, 0), (0, 1), (1, 0), (1, 1)],
    "T": [(0, 0), (0, 1), (0, 2), (1, 1)],
    "L": [(0, 0), (0, 1), (0, 2), (1, 2)],
    "S": [(0, 0), (0, 1), (1, 1), (1, 2)],
}
PLACES = ((-0.77, -0.52), (-0.26, -0.5), (-0.77, 0.5), (-0.26, 0.52))
SECOND = {
    "mirrored": PlaneMap.about((0.0, 0.0), 180.0, mirrored=True),
    "rotated": PlaneMap.about((0.0, 0.0), 180.0),
    "translated": PlaneMap.about((0.0, 0.0), to=(1.03, 0.0)),
}
PROFILES = {
    "edge": lambda r: 1.0 / (1.0 + np.exp((r - 1.0) / 0.1)),
    "bump": lambda r: np.clip(1.0 - r**2, 0.0, 1.0) ** 2,
    "bell": lambda r: np.exp(-1.2 * r**2),
}


def second_place(relation: str, place: tuple[float, float]) -> PlaneMap:
    if relation == "scaled":
        return PlaneMap.about(place, scale=0.7, to=(place[0] + 1.03, place[1]))
    return SECOND[relation]


def bead_picture(
    relation: str, size: int, seed: int = 0, profile: str = "edge"
) -> tuple[np.ndarray, list[tuple[np.ndarray, PlaneMap]]]:
    """The picture, and of each shape its centre and the map to its second copy."""
    rng = np.random.default_rng(seed)
    sign = rng.choice([-1.0, 1.0])
    points, image, shapes = pixel_points(size), np.full((size, size), GREY), []
    for cells, place in zip(SHAPES.values(), PLACES, strict=True):
        centres = SPACING * np.array(cells, dtype=float)
        centres += np.array(place) - (centres.min(axis=0) + centres.max(axis=0)) / 2.0
        # Apart enough that no shape is nearly like itself turned.
        amplitudes = sign * rng.permutation([0.15, 0.22, 0.28, 0.35])
        second = second_place(relation, place)
        for beads, radius in ((centres, RADIUS), (second.apply(centres), second.scale * RADIUS)):
            away = np.linalg.norm(points[:, :, None] - beads, axis=-1) / radius
            image = image + PROFILES[profile](away) @ amplitudes
        shapes.append((centres.mean(axis=0), second))
    return np.repeat(np.clip(image, 0.0, 1.0)[..., None], 3, axis=-1), shapes

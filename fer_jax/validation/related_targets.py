"""Pictures related to a genome's, as a next generation might want them: what to adapt to.

None needs a label or anything but the genome. Some are what one of its links does when its weight
changes, as when the skull opens its mouth; others are its picture at other places, or in another
colour. Each is changed as much as makes it equally far from the genome's own picture.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Array, Float

from fer_jax.cppn.color import outputs_to_rgb
from fer_jax.cppn.coordinates import DISTANCE_SCALE
from fer_jax.cppn.render import Program
from fer_jax.genome.graph import Genome
from fer_jax.metrics.image.plane_map import PlaneMap, pixel_points
from fer_jax.validation.link_groups import effect_maps, grouped

FAR = 0.03
"""Mean squared error between a related picture and the genome's own: a tenth of full range."""

KNOBS = 4
"""Links that are changed, each of which does something else."""

PLACES: dict[str, Callable[[float], PlaneMap]] = {
    "shifted": lambda amount: PlaneMap.about((0.0, 0.0), to=(amount, amount / 2.0)),
    "turned": lambda amount: PlaneMap.about((0.0, 0.0), 90.0 * amount),
    "larger": lambda amount: PlaneMap.about((0.0, 0.0), scale=1.0 + amount),
}
"""Where the picture goes, by an amount of 0 to 1."""

TINT = np.array([1.0 / 3.0, 1.0, 0.0], np.float32)
"""What is added to hue, saturation and brightness of another colour, times the amount."""


@dataclass(frozen=True, eq=False)
class RelatedTarget:
    """A picture to adapt to.

    Attributes:
        name: of few words, apart from all others of a genome.
        about: what was changed, and how much.
        image: `(size, size, 3)` RGB in [0, 1].
    """

    name: str
    about: str
    image: Float[np.ndarray, "size size 3"]


def related_targets(genome: Genome, size: int) -> list[RelatedTarget]:
    """Every related picture of a genome.

    - knob 1 to knob 4: one link's weight is changed. The links fall into as many groups by their
      effect maps, and of each the link is taken that moves the picture most.
    - shifted right and down, turned clockwise, larger: drawn by the genome at other coordinates, so
      that what comes into view is what it draws there.
    - tinted: hue and saturation are raised.

    Args:
        genome: whose relatives they are.
        size: pixels along one side.

    Returns:
        The targets. Amounts are such that their mean squared error against the genome's own picture
        is `FAR`, or as near to it as can be.

    Example:
        >>> import fer_jax
        >>> found = related_targets(fer_jax.load_genome("heart"), 16)
        >>> [one.name for one in found][3:]
        ['knob 4', 'shifted', 'turned', 'larger', 'tinted']
    """
    points = pixel_points(size)

    def drawn(params: np.ndarray, points: np.ndarray, tint: np.ndarray) -> np.ndarray:
        x, y = np.moveaxis(points, -1, 0)
        inputs = np.stack([x, y, DISTANCE_SCALE * np.hypot(x, y), np.ones_like(x)], axis=-1)
        return np.asarray(_drawn(genome.program, params, inputs.astype(np.float32), tint))

    def knob(link: int, amount: float) -> np.ndarray:
        params = genome.params.copy()
        params[link] *= np.float32(1.0 + amount)
        return drawn(params, points, 0.0 * TINT)

    def placed(place: str, amount: float) -> np.ndarray:
        return drawn(genome.params, PLACES[place](amount).inverse.apply(points), 0.0 * TINT)

    def tinted(amount: float) -> np.ndarray:
        return drawn(genome.params, points, np.float32(amount) * TINT)

    own, found = tinted(0.0), []
    for number, link in enumerate(_knobs(genome, size), start=1):
        ends = genome.links[link]
        draw = functools.partial(knob, link)
        # Whichever way takes the smaller change.
        amount = min((_amount(draw, own, sign * 2.0) for sign in (1, -1)), key=abs)
        about = f"the weight of {ends.source} -> {ends.target} times {1 + amount:.2f}"
        found.append(RelatedTarget(f"knob {number}", about, draw(amount)))
    for place in PLACES:
        draw = functools.partial(placed, place)
        amount = _amount(draw, own, 0.5)
        found.append(RelatedTarget(place, f"{place} by {amount:.2f}", draw(amount)))
    amount = _amount(tinted, own, 1.0)
    tint = ", ".join(f"{amount * value:.2f}" for value in TINT)
    found.append(RelatedTarget("tinted", f"{tint} added to hue, saturation, value", tinted(amount)))
    return found


def _knobs(genome: Genome, size: int) -> list[int]:
    """Links that do different things, the strongest of each kind."""
    maps = effect_maps(genome, genome.params, size)
    strength = np.abs(genome.params) * np.linalg.norm(maps, axis=0)
    moving = np.flatnonzero(strength > 1e-3 * strength.max())
    groups = grouped(maps[:, moving], KNOBS)
    strongest = [
        moving[groups == group][strength[moving[groups == group]].argmax()]
        for group in np.unique(groups)
    ]
    return sorted(map(int, strongest), key=lambda link: -strength[link])


def _amount(draw: Callable[[float], np.ndarray], own: np.ndarray, most: float) -> float:
    """How much makes a picture `FAR`: the smallest amount that does, or the most."""

    def distance(amount: float) -> float:
        return float(np.mean((draw(amount) - own) ** 2))

    grid = np.linspace(0.0, most, 33)
    for low, high in itertools.pairwise(grid):
        if distance(high) >= FAR:
            for _ in range(12):
                middle = (low + high) / 2.0
                low, high = (low, middle) if distance(middle) >= FAR else (middle, high)
            return float(high)
    return most


@functools.partial(jax.jit, static_argnames="program")
def _drawn(
    program: Program,
    params: Float[Array, "links"],
    inputs: Float[Array, "size size inputs"],
    tint: Float[Array, "3"],
) -> Float[Array, "size size 3"]:
    return outputs_to_rgb(program.layers(params, inputs)[-1] + tint)

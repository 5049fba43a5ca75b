"""A breeder by a script, in the place of the people of Picbreeder.

It looks at a generation of pictures, takes the one or two that it likes best, and looks at their
children. After a session it publishes its favourite, from which later sessions may branch. It likes
what is regular and what is new, by weights that are told.

Source: Secretan et al., "Picbreeder: a case study in collaborative evolutionary exploration of
design space", Evolutionary Computation 19(3), 2011, for sessions, publishing and branching. What it
likes is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.errors import ConfigError
from fer_jax.search.choosers import ROOT, looks, mated, no_looks
from fer_jax.search.descriptors import describe
from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.novelty_archive import NoveltyArchive
from fer_jax.search.open_ended_run import Batch, Brood, OpenEndedRun

RECORDS = ("chosen_regularity", "chosen_novelty", "chosen_complexity", "published")
"""What is logged of each step: of the picture that it likes best, each in [0, 1], and how many have
been published."""

LEAST_CONTRAST = 0.05
"""Of a picture that is not blank: that of two halves a tenth apart, as an edge is in
`descriptors`."""


def utility(
    regularity: Float[np.ndarray, "n"],
    novelty: Float[np.ndarray, "n"],
    contrast: Float[np.ndarray, "n"],
    weight: float,
) -> Float[np.ndarray, "n"]:
    """How much the breeder likes each of the pictures before it.

    `weight` times the rank by regularity plus `1 - weight` times the rank by novelty, among the
    pictures that are not blank; so that the weight means the same whatever the units, and however
    far pictures are apart. Ranks run from 0 to 1, and equals share the mean of theirs. Regularity
    is told to hundredths, which is what is seen of it. A blank picture is perfectly regular, so it
    is liked less than any other: the less, the less contrast it has.

    Args:
        regularity: of each, in [0, 1].
        novelty: of each, in any unit.
        contrast: of each, as `contrast` tells it.
        weight: of regularity, in [0, 1].

    Returns:
        `(n,)` float64 in [0, 1]; below 0 where a picture is blank, -1 where something is NaN.

    Source: of the sum of ranks, Borda's count.

    Example:
        >>> regular, novel = np.array([1.0, 0.9, 0.2]), np.array([0.1, 0.3, 0.4])
        >>> utility(regular, novel, np.array([0.0, 0.3, 0.3]), 0.75)
        array([-0.05,  0.75,  0.25])
    """
    told = np.isfinite(regularity) & np.isfinite(novelty) & np.isfinite(contrast)
    seen = told & (contrast >= LEAST_CONTRAST)
    liked = np.where(told, np.where(seen, 0.0, contrast - LEAST_CONTRAST), -1.0)
    liked[seen] = weight * _ranks(np.round(regularity[seen], 2))
    liked[seen] += (1.0 - weight) * _ranks(novelty[seen])
    return liked


@jax.jit
def contrast(images: Float[Array, "n size size 3"]) -> Float[Array, "n"]:
    """Root mean square contrast: of all pixels about each channel's mean, in [0, 0.5].

    Source: Peli, "Contrast in complex images", Journal of the Optical Society of America A 7(10),
    1990; there of luminance.

    Example:
        >>> halves = jnp.zeros((1, 8, 8, 3)).at[:, :, 4:].set(1.0)
        >>> float(contrast(halves)[0])
        0.5
    """
    return jnp.sqrt(images.var(axis=(1, 2)).mean(axis=1))


@dataclass
class ScriptedBreeder:
    """Chooses by `utility`, session after session.

    Novelty is measured against the pictures on the screen and all that were ever chosen, among them
    the published ones. A session starts with children of a published picture, each as likely as the
    other, or with next to nothing; what is published is the favourite of its last generation,
    unless that is blank. Of two that it likes as much it takes the more regular one.

    Args:
        count: pictures in a generation.
        settings: of how the chosen mate.
        regularity_weight: of regularity, against novelty, in [0, 1].
        session_steps: generations in a session.
        branching: chance that a session starts with a published picture, if there is one.

    Attributes:
        chosen: numbers of the one or two who breed next, the favourite first; one stands twice.
        published: numbers, in order.
        seen: the looks of all favourites.

    Raises:
        ConfigError: if a setting is impossible.
    """

    count: int
    settings: NeatSettings
    regularity_weight: float
    session_steps: int
    branching: float
    chosen: Int[np.ndarray, "2"] = field(default_factory=lambda: np.zeros(2, np.int64))
    published: list[int] = field(default_factory=list)
    seen: NoveltyArchive = field(default_factory=no_looks)
    records: tuple[str, ...] = RECORDS

    def __post_init__(self) -> None:
        for name in ("regularity_weight", "branching"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ConfigError(f"{name} is {getattr(self, name)}; expected a number in [0, 1]")
        if self.session_steps < 1:
            raise ConfigError(f"session_steps is {self.session_steps}; expected at least 1")

    def choose(self, run: OpenEndedRun, random: np.random.Generator) -> Brood | None:
        """The chosen; where a session starts, a published one or nobody."""
        parents = self.chosen
        if run.step % self.session_steps == 0:
            if not self.published or random.random() >= self.branching:
                return None
            parents = np.repeat(self.published[random.integers(len(self.published))], 2)
        return mated(run, parents, self.count, self.settings, random)

    def judge(self, run: OpenEndedRun, batch: Batch) -> tuple[float, ...]:
        """Choose; at the end of a session, publish."""
        measured = np.asarray(describe(batch.images, ("symmetry", "complexity")), np.float64)
        regularity, complexity = measured.T
        small = looks(batch.images)
        novelty = self.seen.novelty(small) / ROOT
        contrasts = np.asarray(contrast(batch.images), np.float64)
        liked = utility(regularity, novelty, contrasts, self.regularity_weight)
        best, *others = np.lexsort((-regularity, -liked))
        second = others[0] if others and liked[others[0]] >= 0.0 else best
        self.chosen = batch.uids[[best, second]]
        self.seen.add(batch.uids[[best]], small[[best]], novelty[[best]])
        if (run.step + 1) % self.session_steps == 0 and liked[best] >= 0.0:
            self.published.append(int(batch.uids[best]))
        measures = regularity[best], novelty[best], complexity[best]
        return (*map(float, measures), float(len(self.published)))

    @property
    def collection(self) -> list[int]:
        """What has been published."""
        return self.published

    @property
    def living(self) -> list[int]:
        """Those who breed next."""
        return self.chosen.tolist()

    def arrays(self) -> dict[str, np.ndarray]:
        """Who breeds, what has been published, and what has been seen."""
        published = np.array(self.published, np.int64)
        return {"chosen": self.chosen, "published": published, **self.seen.arrays()}

    def resume(self, arrays: Mapping[str, Any]) -> None:
        """Know what `arrays` came from.

        Raises:
            ConfigError: if they are of another way.
        """
        if "chosen" not in arrays or "published" not in arrays:
            raise ConfigError("the checkpoint is of another way; expected one of a breeder")
        self.chosen, self.published = arrays["chosen"], arrays["published"].tolist()
        self.seen = NoveltyArchive.restore(arrays)


def _ranks(values: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """From 0 for the least to 1 for the greatest."""
    below = (values[:, None] > values).sum(axis=1)
    alike = (values[:, None] == values).sum(axis=1) - 1
    return (below + 0.5 * alike) / max(len(values) - 1, 1)

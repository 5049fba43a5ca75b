"""Choosing any elite, which is MAP-Elites; and what the other ways of choosing share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.errors import ConfigError
from fer_jax.search.descriptors import embedding
from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.novelty_archive import NoveltyArchive
from fer_jax.search.open_ended_run import Batch, Brood, OpenEndedRun
from fer_jax.search.selection import Parents

SIDE = 8
"""Pixels along one side of the small copies whose distances are novelty. They, and not descriptors:
pictures that differ to the eye may have the same four numbers, and the grid then measures what
nobody has sought."""

ROOT = float(np.sqrt(SIDE * SIDE * 3))
"""By which a distance of small copies is divided, for the root mean square of their difference."""


@dataclass
class AnyElite:
    """MAP-Elites: each child has one parent, drawn from all elites alike.

    Attributes:
        count: children in a batch.
    """

    count: int
    records: tuple[str, ...] = ()

    def choose(self, run: OpenEndedRun, random: np.random.Generator) -> Brood | None:
        """Elites, one for each child."""
        if not len(run.cells):
            return None
        drawn = random.integers(len(run.cells), size=self.count)
        rows = jax.tree.map(lambda part: part[drawn], run.elites)
        own = np.arange(self.count)
        return Brood(rows, run.uids[drawn], Parents(own, own, np.zeros(self.count, bool)))

    def judge(self, run: OpenEndedRun, batch: Batch) -> tuple[float, ...]:
        """The grid has judged already."""
        return ()

    @property
    def collection(self) -> list[int]:
        """Nothing beside the grid."""
        return []

    @property
    def living(self) -> list[int]:
        """Nobody beside the grid."""
        return []

    def arrays(self) -> dict[str, np.ndarray]:
        """None: the grid is all that counts."""
        return {}

    def resume(self, arrays: Mapping[str, Any]) -> None:
        """There is nothing to know.

        Raises:
            ConfigError: if `arrays` are of another way.
        """
        if arrays:
            raise ConfigError("the checkpoint is of another way; expected one of MAP-Elites")


def mated(
    run: OpenEndedRun,
    uids: Int[np.ndarray, "breeders"],
    count: int,
    settings: NeatSettings,
    random: np.random.Generator,
) -> Brood:
    """Children of some, who mate as NEAT's do within a species.

    Args:
        run: whose family tree holds them.
        uids: of those who breed, the preferred one first. Who stands there twice is one.
        count: of children.
        settings: of which `only_mutated` says what share has one parent.
        random: of the choices.

    Returns:
        The brood; each child has its structure from the preferred one of its parents.
    """
    one, other = random.integers(len(uids), size=(2, count))
    other = np.where(random.random(count) < settings.only_mutated, one, other)
    first, second = np.minimum(one, other), np.maximum(one, other)
    second = np.where(uids[first] == uids[second], first, second)
    rows = run.ancestry.population_of(uids.tolist(), run.elites.slots, run.elites.links)
    return Brood(rows, uids, Parents(first, second, np.zeros(count, bool)))


def looks(images: Float[Array, "n size size 3"]) -> Float[np.ndarray, "n values"]:
    """Small copies of images, `(n, SIDE * SIDE * 3)` float32, whose distances are novelty."""
    return np.asarray(embedding(images, SIDE))


def no_looks() -> NoveltyArchive:
    """An archive of small copies that holds none yet, and keeps the most novel of those offered."""
    return NoveltyArchive(SIDE * SIDE * 3, most_novel=1)


def refuse_size(size: int) -> None:
    """Tell that pictures cannot be made small, if so.

    Raises:
        ConfigError: if they cannot.
    """
    if size < SIDE or size % SIDE:
        raise ConfigError(f"size is {size}; expected a multiple of {SIDE}, to tell what is novel")

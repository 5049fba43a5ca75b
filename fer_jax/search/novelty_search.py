"""Novelty search: those breed whose pictures are least like all that has been.

Source: Lehman and Stanley, "Abandoning objectives: evolution through the search for novelty alone",
Evolutionary Computation 19(2), 2011: NEAT, with novelty in the place of fitness. Here without
species, by generations, and the archive takes the most novel one of each.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Int

from fer_jax.errors import ConfigError
from fer_jax.search.choosers import ROOT, looks, mated, no_looks
from fer_jax.search.neat_settings import NeatSettings
from fer_jax.search.novelty_archive import NoveltyArchive
from fer_jax.search.open_ended_run import Batch, Brood, OpenEndedRun

RECORDS = ("mean_novelty", "max_novelty", "archived")
"""What is logged of each step: novelty of its children as root mean square difference, in [0, 1],
and how many genomes the archive of novelty holds."""


@dataclass
class MostNovel:
    """Truncation selection by novelty: a population of children, whose most novel share breeds.

    As in NEAT a share of `settings.survivors` breeds, all of them alike, and children replace their
    parents. The champion is not copied: what has been there is novel no more.

    Attributes:
        count: children in a batch.
        settings: of who may breed, and with whom.
        breeders: numbers of those who breed next, the most novel one first.
        novel: the archive of novelty.
    """

    count: int
    settings: NeatSettings
    breeders: Int[np.ndarray, "breeders"] = field(default_factory=lambda: np.zeros(0, np.int64))
    novel: NoveltyArchive = field(default_factory=no_looks)
    records: tuple[str, ...] = RECORDS

    def choose(self, run: OpenEndedRun, random: np.random.Generator) -> Brood | None:
        """The most novel of the last batch."""
        if not len(self.breeders):
            return None
        return mated(run, self.breeders, self.count, self.settings, random)

    def judge(self, run: OpenEndedRun, batch: Batch) -> tuple[float, ...]:
        """Against the archive and one another; the most novel one is archived then."""
        small = looks(batch.images)
        novelty = self.novel.novelty(small)
        finite = novelty[np.isfinite(novelty)]
        order = np.argsort(-novelty, kind="stable")  # NaN last
        survivors = max(1, math.ceil(self.settings.survivors * self.count))
        self.breeders = batch.uids[order[:survivors]]
        self.novel.add(batch.uids, small, novelty)
        mean, most = (finite.mean(), finite.max()) if len(finite) else (np.nan, np.nan)
        return float(mean) / ROOT, float(most) / ROOT, float(len(self.novel.uids))

    @property
    def collection(self) -> list[int]:
        """What the archive of novelty holds."""
        return self.novel.uids.tolist()

    @property
    def living(self) -> list[int]:
        """Those who breed next."""
        return self.breeders.tolist()

    def arrays(self) -> dict[str, np.ndarray]:
        """Who breeds, and the archive."""
        return {"breeders": self.breeders, **self.novel.arrays()}

    def resume(self, arrays: Mapping[str, Any]) -> None:
        """Know what `arrays` came from.

        Raises:
            ConfigError: if they are of another way.
        """
        if "breeders" not in arrays:
            raise ConfigError("the checkpoint is of another way; expected one of novelty search")
        self.breeders = arrays["breeders"]
        self.novel = NoveltyArchive.restore(arrays)

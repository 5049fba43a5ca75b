"""One run of open-ended search, and what the ways of searching have to say about it.

Every way keeps the same grid of elites, by which ways are compared. They differ in who breeds next,
which is a chooser's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.genome.population import Population
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.innovations import Innovations
from fer_jax.search.map_elites_archive import MapElitesArchive
from fer_jax.search.selection import Parents


class Brood(NamedTuple):
    """Who breeds the next batch.

    Attributes:
        population: those who breed.
        uids: their numbers.
        parents: of each child, places among them.
    """

    population: Population
    uids: Int[np.ndarray, "breeders"]
    parents: Parents

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The numbers of each child's parents, `NOBODY` for the second where there is one."""
        first, second = self.uids[self.parents.first], self.uids[self.parents.second]
        second = np.where(first == second, NOBODY, second)
        return list(zip(first.tolist(), second.tolist(), strict=True))


class Batch(NamedTuple):
    """What has just been drawn.

    Attributes:
        uids: the genomes' numbers, ascending.
        images: in [0, 1].
    """

    uids: Int[np.ndarray, "genomes"]
    images: Float[Array, "genomes size size 3"]


@runtime_checkable
class Chooser(Protocol):
    """A way of open-ended search: it says who breeds. Each run has one of its own."""

    @property
    def records(self) -> tuple[str, ...]:
        """What it logs of each step."""

    def choose(self, run: "OpenEndedRun", random: np.random.Generator) -> Brood | None:
        """Who breeds the next batch; None to begin with genomes that hold next to nothing."""

    def judge(self, run: "OpenEndedRun", batch: Batch) -> tuple[float, ...]:
        """Look at what came of it, and return a number for each of the `records`."""

    @property
    def collection(self) -> list[int]:
        """Numbers of the genomes that it has collected for good, beside the grid; ascending."""

    @property
    def living(self) -> list[int]:
        """Numbers of the genomes that may breed yet, beside those of the grid."""

    def arrays(self) -> dict[str, np.ndarray]:
        """All that it knows, to go on later."""

    def resume(self, arrays: Mapping[str, Any]) -> None:
        """Know what `arrays` came from."""


@dataclass
class OpenEndedRun:
    """One seed's run after a step.

    Attributes:
        seed: of all its choices.
        step: how many batches have been judged.
        archive: which genome holds each cell.
        elites: the genomes, as NumPy arrays, in the order in which they first took a cell.
        cells: of each of those, which cell it holds.
        book: of inventions.
        ancestry: the family tree.
        chooser: of who breeds.
    """

    seed: int
    step: int
    archive: MapElitesArchive
    elites: Population
    cells: Int[np.ndarray, "elites"]
    book: Innovations
    ancestry: Ancestry
    chooser: Chooser

    @property
    def uids(self) -> Int[np.ndarray, "elites"]:
        """The numbers of `elites`."""
        held = self.archive.elites()
        return held.uids[np.searchsorted(held.cells, self.cells)]

    def seat(self, children: Population, first: int) -> None:
        """Put the children that hold cells now in the places of those that held them.

        Args:
            children: the latest batch, as NumPy arrays.
            first: the number of the first of them.
        """
        held = self.archive.elites()
        new = held.uids >= first
        cells, children_taken = held.cells[new], held.uids[new] - first
        row_of = np.full(int(np.prod(self.archive.bins)), -1)
        row_of[self.cells] = np.arange(len(self.cells))
        fresh = row_of[cells] < 0
        row_of[cells[fresh]] = len(self.cells) + np.arange(np.count_nonzero(fresh))
        self.cells = np.concatenate([self.cells, cells[fresh]])

        def seated(old: np.ndarray, young: np.ndarray) -> np.ndarray:
            room = np.zeros((len(self.cells) - len(old), *old.shape[1:]), old.dtype)
            grown = np.concatenate([old, room])
            grown[row_of[cells]] = young[children_taken]
            return grown

        slots = max(self.elites.slots, children.slots)
        links = max(self.elites.links, children.links)
        self.elites = jax.tree.map(
            seated, self.elites.padded(slots, links), children.padded(slots, links)
        )

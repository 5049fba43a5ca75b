"""The archive of MAP-Elites: a grid over descriptors that keeps the best genome of each cell.

Source: Mouret and Clune, "Illuminating search spaces by mapping elites", arXiv:1504.04909, 2015.

Not `GridArchive` of pyribs 0.12: whether one of a batch was accepted it tells against the grid
before the batch, its sum of fitness depends on how the batches were cut, it comes back by pickle
or by adding all anew, and with it come numba (0.68: no NumPy from 2.6 on), llvmlite and
scikit-learn, 260 MB.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from fer_jax.errors import ConfigError

MOST_CELLS = 2**22
"""Of one grid, which takes its memory, some hundred megabytes then, from the start."""


class Elites(NamedTuple):
    """The best genome of each cell that has one, in the order of the cells.

    Attributes:
        cells: places in the grid, the last descriptor's bin running fastest; ascending.
        uids: the genomes' numbers.
        fitness: of each; higher is better.
        descriptors: of each, as they were given.
    """

    cells: Int[np.ndarray, "elites"]
    uids: Int[np.ndarray, "elites"]
    fitness: Float[np.ndarray, "elites"]
    descriptors: Float[np.ndarray, "elites descriptors"]


class MapElitesArchive:
    """A grid of cells, each of which holds at most one genome.

    A bin holds its lower bound and not its upper one, except for the last; what lies outside the
    range of a descriptor falls into the first or last bin. Of two genomes with the same fitness the
    older stays. What is not finite is never accepted.

    Args:
        names: of the descriptors, each once.
        bins: along each descriptor.
        ranges: least and greatest value of each descriptor; [0, 1] by default.
        least_fitness: from which `qd_score` counts.

    Attributes:
        rejected: how many were given whose fitness or descriptors are not finite.
        edges: of the bins along each descriptor, `bins + 1` ascending float64 numbers.

    Raises:
        ConfigError: if there is no descriptor or a name comes twice, or a setting is impossible.

    Example:
        >>> archive = MapElitesArchive(["symmetry", "color"], bins=[4, 4])
        >>> archive.add(np.array([7, 8, 9]), np.array([1.0, 1.0, 2.0]), np.full((3, 2), 0.6))
        array([ True, False,  True])
        >>> archive.elites().uids, archive.coverage, archive.qd_score
        (array([9]), 0.0625, 2.0)
    """

    def __init__(
        self,
        names: Sequence[str],
        bins: Sequence[int],
        ranges: Sequence[tuple[float, float]] | None = None,
        least_fitness: float = 0.0,
    ) -> None:
        ranges = [(0.0, 1.0)] * len(names) if ranges is None else ranges
        if not names or len(set(names)) < len(names):
            raise ConfigError(f"expected one or more different descriptors; got {list(names)}")
        if not len(names) == len(bins) == len(ranges):
            raise ConfigError(
                f"expected bins and a range for each of {len(names)} descriptors; got {len(bins)} "
                f"numbers of bins and {len(ranges)} ranges"
            )
        if min(bins) < 1 or math.prod(bins) > MOST_CELLS:
            raise ConfigError(
                f"bins={list(bins)}: expected at least 1 each, and {MOST_CELLS} cells at most"
            )
        if not all(math.isfinite(high - low) and low < high for low, high in ranges):
            raise ConfigError(f"ranges={list(ranges)}: expected two finite ascending numbers each")
        if not math.isfinite(least_fitness):
            raise ConfigError(f"least_fitness={least_fitness}: expected a finite number")
        self.names, self.bins = tuple(names), tuple(bins)
        self.edges = tuple(
            np.linspace(low, high, count + 1)
            for count, (low, high) in zip(bins, ranges, strict=True)
        )
        self.least_fitness = least_fitness
        self.rejected = 0
        self._uids = np.zeros(math.prod(bins), np.int64)
        self._fitness = np.full(math.prod(bins), -np.inf)  # of a cell that is empty
        self._descriptors = np.zeros((math.prod(bins), len(bins)))

    def add(
        self,
        uids: Int[np.ndarray, "n"],
        fitness: Float[np.ndarray, "n"],
        descriptors: Float[np.ndarray, "n descriptors"],
    ) -> Bool[np.ndarray, "n"]:
        """Offer genomes, one after the other: any cut into batches has the same result.

        Args:
            uids: their numbers.
            fitness: of each; higher is better.
            descriptors: of each, in the order of `names`.

        Returns:
            Which were accepted, even if a later one of them took the place again.
        """
        values, worths = np.asarray(descriptors, np.float64), np.asarray(fitness, np.float64)
        finite = np.isfinite(worths) & np.isfinite(values).all(axis=1)
        self.rejected += int((~finite).sum())
        cells = self.cells_of(np.where(finite[:, None], values, 0.0))
        best = dict(zip(cells.tolist(), self._fitness[cells].tolist(), strict=True))
        accepted, winners = np.zeros(len(finite), bool), {}
        offered = zip(finite.tolist(), cells.tolist(), worths.tolist(), strict=True)
        for place, (is_finite, cell, worth) in enumerate(offered):
            if is_finite and worth > best[cell]:
                best[cell], winners[cell], accepted[place] = worth, place, True
        taken = np.fromiter(winners, np.int64, len(winners))
        places = np.fromiter(winners.values(), np.int64, len(winners))
        self._uids[taken] = np.asarray(uids)[places]
        self._fitness[taken] = worths[places]
        self._descriptors[taken] = values[places]
        return accepted

    def cells_of(self, descriptors: Float[np.ndarray, "n descriptors"]) -> Int[np.ndarray, "n"]:
        """In which cells finite values of the descriptors lie, `(n,)` int64."""
        along = [
            np.searchsorted(edges[1:-1], values, side="right")
            for edges, values in zip(self.edges, descriptors.T, strict=True)
        ]
        return np.ravel_multi_index(along, self.bins)

    def elites(self) -> Elites:
        """All that the archive holds, as copies."""
        cells = np.flatnonzero(self._fitness > -np.inf)
        return Elites(cells, self._uids[cells], self._fitness[cells], self._descriptors[cells])

    @property
    def coverage(self) -> float:
        """The share of cells that hold a genome, in [0, 1]."""
        return int(np.count_nonzero(self._fitness > -np.inf)) / len(self._fitness)

    @property
    def qd_score(self) -> float:
        """The sum over all genomes of what their fitness is above `least_fitness`.

        Source: Pugh, Soros and Stanley, "Quality diversity: a new frontier for evolutionary
        computation", Frontiers in Robotics and AI 3, 2016.
        """
        # Of the exact sum, so that it tells nothing of the order in which cells were filled.
        return math.fsum(value - self.least_fitness for value in self.elites().fitness.tolist())

    @property
    def best(self) -> Elites | None:
        """The genome with the highest fitness, that in the first cell among equals, if any."""
        held = self.elites()
        if not len(held.cells):
            return None
        place = int(held.fitness.argmax())
        return Elites(*(part[place : place + 1] for part in held))

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, to go on later: numbers only, the names as the bytes of JSON."""
        return {
            "names": np.frombuffer(json.dumps(self.names).encode(), np.uint8),
            "bins": np.array(self.bins, np.int64),
            "ranges": np.array([(edges[0], edges[-1]) for edges in self.edges]),
            "least_fitness": np.array(self.least_fitness, np.float64),
            "rejected": np.array(self.rejected, np.int64),
            **self.elites()._asdict(),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, Any]) -> "MapElitesArchive":
        """The archive that `arrays` came from, to the last bit.

        Raises:
            ConfigError: if they are not those of an archive.
        """
        try:
            archive = cls(
                json.loads(np.asarray(arrays["names"], np.uint8).tobytes()),
                np.asarray(arrays["bins"]).tolist(),
                [(low, high) for low, high in np.asarray(arrays["ranges"]).tolist()],
                float(arrays["least_fitness"]),
            )
            archive.rejected = int(arrays["rejected"])
            cells = np.asarray(arrays["cells"])
            archive._uids[cells] = arrays["uids"]
            archive._fitness[cells] = arrays["fitness"]
            archive._descriptors[cells] = arrays["descriptors"]
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"not the arrays of a MAP-Elites archive: {error}") from None
        return archive

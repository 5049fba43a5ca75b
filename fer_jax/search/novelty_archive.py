"""The archive of novelty search: what was once novel, against which novelty is measured.

Source: Lehman and Stanley, "Abandoning objectives: evolution through the search for novelty alone",
Evolutionary Computation 19(2), 2011, and for `most_novel` the mode of their program that archives
the most novel one of each generation.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from fer_jax.errors import ConfigError

QUERIES, MEMBERS = 256, 4096
"""How many are compared at a time: 8 MB of distances, however large the archive."""

RAISED, LOWERED, FEW = 1.2, 0.95, 4
"""By which factors the threshold adapts, and after how many additions at most it is not raised."""


class NoveltyArchive:
    """Behaviours that were novel when they came, with their genomes' numbers.

    Either all are added whose novelty is above a threshold, which adapts: if none was added in a
    period of evaluations it is lowered by 5%, if more than four were, raised by 20%. Or as many as
    asked for of each generation are added, the most novel ones. What is not finite is never added.

    Args:
        values: in a behaviour, such as those of `fer_jax.search.descriptors.embedding`.
        neighbours: over which novelty is the mean; 15 in the paper.
        threshold: the first one, in units of distance; or
        most_novel: how many of each generation are added.
        period: evaluations after which the threshold adapts. The paper has 2,500; with the size
            of a population it adapts every generation, as their program raises it.

    Attributes:
        threshold: as it is now; None with `most_novel`.
        uids: the genomes' numbers, `(members,)` int64, in the order in which they were added.
        behaviours: of each, `(members, values)` float32.
        rejected: how many were given whose novelty or behaviour is not finite.

    Raises:
        ConfigError: if not one of `threshold` and `most_novel` is given, or a setting is
            impossible.

    Example:
        >>> archive = NoveltyArchive(values=1, neighbours=1, threshold=0.5)
        >>> behaviours = np.array([[0.0], [0.25], [2.0]], np.float32)
        >>> archive.novelty(behaviours)
        array([0.25, 0.25, 1.75])
        >>> archive.add(np.array([7, 8, 9]), behaviours, archive.novelty(behaviours))
        array([False, False,  True])
        >>> archive.novelty(behaviours), archive.uids  # what is kept is novel no more
        (array([0.25, 0.25, 0.  ]), array([9]))
    """

    def __init__(
        self,
        values: int,
        *,
        neighbours: int = 15,
        threshold: float | None = None,
        most_novel: int | None = None,
        period: int = 2500,
    ) -> None:
        if (threshold is None) == (most_novel is None):
            raise ConfigError(
                f"expected either threshold or most_novel; got threshold={threshold} and "
                f"most_novel={most_novel}"
            )
        if threshold is not None and not 0.0 < threshold < math.inf:
            raise ConfigError(f"threshold={threshold}: expected a finite number above 0")
        if min(values, neighbours, period, 1 if most_novel is None else most_novel) < 1:
            raise ConfigError(
                f"expected numbers of at least 1; got values={values}, neighbours={neighbours}, "
                f"most_novel={most_novel}, period={period}"
            )
        self.neighbours, self.period, self.most_novel = neighbours, period, most_novel
        self.threshold = threshold
        self.rejected = 0
        self.uids = np.zeros(0, np.int64)
        self.behaviours = np.zeros((0, values), np.float32)
        self._evaluations = self._additions = 0  # in this period

    def novelty(self, population: Float[np.ndarray, "n values"]) -> Float[np.ndarray, "n"]:
        """How far each of a population is from those most like it.

        The mean Euclidean distance to the nearest `neighbours` among the archive and all others of
        the population; to all of them, if they are fewer, and 0 if there are none. One that is in
        the archive already has itself for a neighbour.

        Args:
            population: behaviours, float32.

        Returns:
            `(n,)` float64, at least 0; higher is more novel. NaN where the behaviour is not finite,
            and those are no neighbours.
        """
        population = np.asarray(population, np.float32)
        novelty = np.full(len(population), np.nan)
        finite = np.isfinite(population).all(axis=1)
        others = population[finite]
        count = min(self.neighbours, len(self.behaviours) + len(others) - 1)
        if count < 1:
            novelty[finite] = 0.0
            return novelty
        found = [self._among(others, start, count) for start in range(0, len(others), QUERIES)]
        novelty[finite] = np.concatenate(found) if found else 0.0
        return novelty

    def add(
        self,
        uids: Int[np.ndarray, "n"],
        behaviours: Float[np.ndarray, "n values"],
        novelty: Float[np.ndarray, "n"],
    ) -> Bool[np.ndarray, "n"]:
        """Offer a generation.

        With a threshold each is offered after the other, so that any cut into batches has the same
        result. With `most_novel` the earlier of two that are equally novel goes first.

        Args:
            uids: the genomes' numbers.
            behaviours: of each, float32.
            novelty: of each.

        Returns:
            Which were added.
        """
        behaviours = np.asarray(behaviours, np.float32)
        finite = np.isfinite(novelty) & np.isfinite(behaviours).all(axis=1)
        self.rejected += int((~finite).sum())
        if self.threshold is None:
            order = np.argsort(np.where(finite, -novelty, np.inf), kind="stable")
            added = np.zeros(len(finite), bool)
            added[order[: self.most_novel]] = True
            added &= finite
        else:
            worths = np.where(finite, novelty, -np.inf).tolist()
            added = self._one_by_one(worths, self.threshold)
        if added.any():
            self.uids = np.concatenate([self.uids, np.asarray(uids, np.int64)[added]])
            self.behaviours = np.concatenate([self.behaviours, behaviours[added]])
        return added

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, to go on later."""
        return {
            "uids": self.uids,
            "behaviours": self.behaviours,
            "neighbours": np.array(self.neighbours, np.int64),
            "most_novel": np.array(self.most_novel or 0, np.int64),
            "threshold": np.array(np.nan if self.threshold is None else self.threshold),
            "period": np.array(self.period, np.int64),
            "rejected": np.array(self.rejected, np.int64),
            "evaluations": np.array(self._evaluations, np.int64),
            "additions": np.array(self._additions, np.int64),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, Any]) -> "NoveltyArchive":
        """The archive that `arrays` came from, to the last bit.

        Raises:
            ConfigError: if they are not those of an archive.
        """
        try:
            uids = np.array(arrays["uids"], np.int64)
            behaviours = np.array(arrays["behaviours"], np.float32)
            members, values = behaviours.shape
            if uids.shape != (members,):
                raise ValueError(f"{len(uids)} uids of {members} behaviours")
            most_novel = int(arrays["most_novel"])
            archive = cls(
                values,
                neighbours=int(arrays["neighbours"]),
                threshold=None if most_novel else float(arrays["threshold"]),
                most_novel=most_novel or None,
                period=int(arrays["period"]),
            )
            archive.uids, archive.behaviours = uids, behaviours
            archive.rejected = int(arrays["rejected"])
            archive._evaluations = int(arrays["evaluations"])
            archive._additions = int(arrays["additions"])
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"not the arrays of a novelty archive: {error}") from None
        return archive

    def _one_by_one(self, worths: list[float], threshold: float) -> Bool[np.ndarray, "n"]:
        """Which are above the threshold, as it adapts."""
        added = np.zeros(len(worths), bool)
        for place, worth in enumerate(worths):
            added[place] = worth > threshold
            self._evaluations += 1
            self._additions += worth > threshold
            if self._evaluations == self.period:
                if self._additions == 0:
                    threshold *= LOWERED
                elif self._additions > FEW:
                    threshold *= RAISED
                self._evaluations = self._additions = 0
        self.threshold = threshold
        return added

    def _among(
        self, population: Float[np.ndarray, "n values"], start: int, count: int
    ) -> Float[np.ndarray, "queries"]:
        """The novelty of `QUERIES` of a population, from one on."""
        queries = population[start : start + QUERIES].astype(np.float64)
        near = []
        for first in range(0, len(self.behaviours), MEMBERS):
            members = self.behaviours[first : first + MEMBERS].astype(np.float64)
            near.append(_nearest(queries, members, count))
        for first in range(0, len(population), MEMBERS):
            members = population[first : first + MEMBERS].astype(np.float64)
            near.append(_nearest(queries, members, count, start - first))
        # Sorted, so that the sum does not depend on where neighbours lie.
        nearest = np.sort(np.concatenate(near, axis=1), axis=1)[:, :count]
        return nearest.sum(axis=1) / count


def _nearest(
    queries: Float[np.ndarray, "queries values"],
    members: Float[np.ndarray, "members values"],
    count: int,
    at: int | None = None,
) -> Float[np.ndarray, "queries nearest"]:
    """Distances to the nearest, all there are if they are no more than `count`.

    Where `at` is given, the queries are members themselves, from that place on, and infinitely far
    from themselves; places below 0 or beyond the last member are none.
    """
    # Who is near is told by a product of matrices, a few times as fast as differences. How near is
    # not: rounding would make small distances of none.
    scores = np.square(members).sum(axis=1) - 2.0 * (queries @ members.T)
    if at is not None:
        own = np.arange(at, at + len(queries))
        rows = np.flatnonzero((own >= 0) & (own < len(members)))
        scores[rows, own[rows]] = np.inf
    count = min(count, len(members))
    columns = np.argpartition(scores, count - 1, axis=1)[:, :count]
    apart = [np.linalg.norm(queries - members[column], axis=1) for column in columns.T]
    return np.where(
        np.isinf(np.take_along_axis(scores, columns, axis=1)), np.inf, np.array(apart).T
    )

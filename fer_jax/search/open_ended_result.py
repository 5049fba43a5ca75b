"""What open-ended search comes to: the grid with its genomes, and what was collected beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Float

from fer_jax.genome.graph import Genome
from fer_jax.genome.population import unpad
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.map_elites_archive import MapElitesArchive
from fer_jax.search.open_ended_run import OpenEndedRun


@dataclass(frozen=True, eq=False)
class Collected:
    """A genome that was collected for good.

    Attributes:
        uid: its number.
        step: in which it came to be and was collected, from 0.
        genome: itself.
        branched_from: number of the last one of its ancestors, by first parents, that was collected
            too; `NOBODY` if it comes from next to nothing.
    """

    uid: int
    step: int
    genome: Genome
    branched_from: int


@dataclass(frozen=True, eq=False)
class Illuminated:
    """What one run has come to.

    Attributes:
        seed: of the run.
        archive: of its elites.
        genomes: of the elites, in the order of `archive.elites()`.
        ancestry: the family tree, by the numbers that the archive holds.
        records: of each step, by name, as they were logged: `(steps,)`.
        collection: what the breeder has published, or the archive of novelty has kept; of
            MAP-Elites none.
    """

    seed: int
    archive: MapElitesArchive
    genomes: tuple[Genome, ...]
    ancestry: Ancestry
    records: dict[str, Float[np.ndarray, "steps"]]
    collection: tuple[Collected, ...] = ()


def illuminated(
    run: OpenEndedRun, records: Mapping[str, Float[np.ndarray, "steps"]]
) -> Illuminated:
    """What a run has come to, given what was logged of it."""
    order = np.argsort(run.cells)
    genomes = unpad(jax.tree.map(lambda part: part[order], run.elites))
    uids, tree = run.chooser.collection, run.ancestry
    earlier = set(uids)
    collection = [
        Collected(
            uid,
            tree.born[uid],
            genome,
            next((one for one in tree.line(uid)[-2::-1] if one in earlier), NOBODY),
        )
        for uid, genome in zip(uids, tree.genomes_of(uids), strict=True)
    ]
    return Illuminated(
        run.seed, run.archive, tuple(genomes), tree, dict(records), tuple(collection)
    )

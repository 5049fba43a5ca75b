"""Where the bench works. What it has read and trained is kept, so that nothing is made twice."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.search.sgd import SgdSearch
from fer_jax.validation.kept import read_table, write_table
from fer_jax.validation.training import Trained, trained

Read = Callable[[Sequence[str]], pd.DataFrame]
"""Reads some metrics on some models: a table with the columns metric, version, value and reason,
besides those that tell the models apart. It is sent to other processes, so it is no closure."""

QUICK_METRICS = (
    "fracture",
    "entanglement",
    "one_sidedness",
    "spread",
    "live_parameters",
)
"""What a quick bench reads: every metric more has programs of its own, which must be compiled."""

SIZE, QUICK_SIZE = 48, 16
"""Pixels along one side at which the bench reads."""

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and how much there is."""


@dataclass(frozen=True)
class Workshop:
    """A folder in which the bench keeps what it has made, and how it tells of its work.

    Attributes:
        folder: made where it is missing.
        quick: whether all is done at toy size, which is no card.
        tell: told how far each part is.
        processes: that read side by side.
    """

    folder: Path
    quick: bool = False
    tell: Tell = lambda what, done, of: None
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def metrics(self) -> Sequence[str]:
        """Those that are read."""
        return QUICK_METRICS if self.quick else tuple(METRICS)

    @property
    def size(self) -> int:
        """Pixels along one side at which they are read."""
        return QUICK_SIZE if self.quick else SIZE

    def read(self, what: str, edition: str, pieces: Mapping[str, Read]) -> pd.DataFrame:
        """All readings of a part of the bench. Only what is missing is read.

        Args:
            what: the part's name.
            edition: of the models that it reads; another one is read anew.
            pieces: by name; each is kept in a file of its own. Of each, those metrics are read
                whose present version was not.

        Returns:
            The readings of all pieces, with a column `piece`.
        """
        folder = self.folder / "read" / f"{what}-{edition}"
        folder.mkdir(parents=True, exist_ok=True)
        tables: dict[str, pd.DataFrame] = {}
        missing: dict[str, tuple[Read, list[str]]] = {}
        for name, read in pieces.items():
            kept = _present(read_table(folder / f"{name}.parquet"))
            tables[name] = kept
            lacking = [metric for metric in self.metrics if metric not in set(kept["metric"])]
            if lacking:
                missing[name] = read, lacking
        done = len(pieces) - len(missing)
        self.tell(what, done, len(pieces))
        for name, readings in self._side_by_side(missing):
            parts = [table for table in (tables[name], readings) if len(table)]
            tables[name] = pd.concat(parts, ignore_index=True)
            write_table(tables[name], folder / f"{name}.parquet")
            done += 1
            self.tell(what, done, len(pieces))
        whole = [table.assign(piece=name) for name, table in tables.items()]
        return pd.concat(whole, ignore_index=True)

    def train(self, name: str, search: SgdSearch, steps: int) -> Trained:
        """Networks, trained or read from where an earlier bench has kept them.

        Args:
            name: it must say all that tells this training from others.
            search: what is trained.
            steps: of each seed, at most.
        """
        file = self.folder / "trained" / f"{name}.safetensors"
        return trained(
            file, search, steps, lambda done, of: self.tell(f"training {name}", done, of)
        )

    def _side_by_side(
        self, missing: Mapping[str, tuple[Read, list[str]]]
    ) -> Iterator[tuple[str, pd.DataFrame]]:
        workers = min(self.processes, len(missing))
        if workers < 2:
            for name, (read, metrics) in missing.items():
                yield name, read(metrics)
            return
        # Spawned, since a process that has started JAX must not be forked.
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, spawn, _on_cpu) as pool:
            tasks = {pool.submit(read, metrics): name for name, (read, metrics) in missing.items()}
            try:
                for task in as_completed(tasks):
                    yield tasks[task], task.result()
            finally:
                # Whoever stops should not have to wait for all the others.
                pool.shutdown(wait=False, cancel_futures=True)


def _on_cpu() -> None:
    """Several processes cannot share an accelerator's memory, and have no need of it."""
    import jax

    jax.config.update("jax_platforms", "cpu")


def _present(kept: pd.DataFrame | None) -> pd.DataFrame:
    """Of what was read before, the readings by present definitions."""
    if kept is None or not {"metric", "version"} <= set(kept.columns):
        return pd.DataFrame({"metric": [], "version": []})
    versions = kept["metric"].map({name: metric.version for name, metric in METRICS.items()})
    return kept[kept["version"] == versions]

"""Test 1: what every metric reads on genomes whose fracture and entanglement are set by dials."""

import functools
import itertools
import math
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from scipy.stats import spearmanr

from fer_jax.genome.dials import LEVELS, dial_genome, dial_regions
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.scoring import measure

OWN, OTHER, BASELINE = 0.9, 0.2, 0.3
"""What is asked of the rank correlation with a metric's own dial, with the other one, and of a
baseline's with either: a dial that a baseline can see is no dial."""


@dataclass(frozen=True)
class DialTest:
    """Which genomes are read, and how.

    Attributes:
        families: names of families.
        draws: pictures of each family; each is drawn at all 25 settings of the dials.
        size: pixels along one side at which metrics look.
    """

    families: tuple[str, ...]
    draws: int
    size: int = 48

    @property
    def _pictures(self) -> list[tuple[str, int]]:
        return list(itertools.product(self.families, range(self.draws)))

    def read(
        self, folder: Path, on_picture: Callable[[int, int], None] = lambda done, of: None
    ) -> pd.DataFrame:
        """Read all of it, going on from what an earlier process has read.

        Args:
            folder: where the readings of each picture are kept. What was read by another version
                of any metric is read anew.
            on_picture: told how many pictures are done, of how many.

        Returns:
            Columns family, draw, fracture, entanglement (the dials), metric, version, value.
        """
        folder.mkdir(parents=True, exist_ok=True)
        parts, missing = {}, []
        for picture in self._pictures:
            file = folder / f"{picture[0]}-{picture[1]}-{self.size}.parquet"
            kept = _kept(file)
            if kept is None:
                missing.append((picture, file))
            else:
                parts[picture] = kept
        on_picture(len(parts), len(self._pictures))
        for picture, file, readings in _read_missing(missing, self.size):
            write_whole(file, functools.partial(readings.to_parquet, index=False))
            parts[picture] = readings
            on_picture(len(parts), len(self._pictures))
        return pd.concat([parts[picture] for picture in self._pictures], ignore_index=True)


def read_picture(family: str, draw: int, size: int) -> pd.DataFrame:
    """What all metrics read on one picture, at all settings of the dials.

    They are told which parts the picture has and which are copies, since what is tested is how
    they judge a network, not how they see.

    Args:
        family: its name.
        draw: which picture.
        size: pixels along one side.

    Returns:
        As `DialTest.read`.
    """
    regions = dial_regions(family, draw, 2 * size)
    rows = []
    for fracture, entanglement in itertools.product(LEVELS, LEVELS):
        genome = dial_genome(family, fracture, entanglement, draw)
        rows += [
            (family, draw, fracture, entanglement, reading.metric, reading.version, reading.value)
            for reading in measure(genome, size=size, regions=regions)
            if reading.layer is None
        ]
    columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
    return pd.DataFrame(rows, columns=columns)


def judge(readings: pd.DataFrame) -> pd.DataFrame:
    """How every metric follows the dials.

    Args:
        readings: of `DialTest.read`.

    Returns:
        A row per metric and family: Spearman's rank correlation of its values, turned so that
        higher is worse, with either dial; how many there are, and how many are undefined; and
        whether that passes, which is empty for metrics of which nothing is asked.
    """
    rows = []
    for (metric, family), group in readings.groupby(["metric", "family"], sort=False):
        about = METRICS[str(metric)]
        defined = group[group["value"].notna()]
        worse = -defined["value"] if about.worse == "lower" else defined["value"]
        rho = {dial: _rho(worse, defined[dial]) for dial in ("fracture", "entanglement")}
        undefined = len(group) - len(defined)
        rows.append(
            {
                "metric": metric,
                "version": about.version,
                "kind": about.kind,
                "family": family,
                "rho_fracture": rho["fracture"],
                "rho_entanglement": rho["entanglement"],
                "n": len(group),
                "undefined": undefined,
                "passes": _passes(about.kind, rho, undefined),
            }
        )
    return pd.DataFrame(rows).astype({"passes": "boolean"})


def _passes(kind: str, rho: dict[str, float], undefined: int) -> bool | None:
    if kind == "baseline":
        return all(not abs(value) > BASELINE for value in rho.values())
    if kind not in rho:
        return None
    other = next(dial for dial in rho if dial != kind)
    return not undefined and rho[kind] >= OWN and abs(rho[other]) <= OTHER


def _rho(values: pd.Series, dial: pd.Series) -> float:
    # A constant has no rank, and sees no dial.
    if values.nunique() < 2:
        return math.nan
    return float(spearmanr(values, dial).statistic)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place, and put there once it is whole."""
    temporary = path.with_name(f"{path.name}.part")
    write(temporary)
    os.replace(temporary, path)


def _kept(file: Path) -> pd.DataFrame | None:
    """What was read before, if by the present definitions."""
    if not file.is_file():
        return None
    try:
        readings = pd.read_parquet(file)
    except (OSError, ValueError):
        return None
    have = dict(zip(readings["metric"], readings["version"], strict=True))
    return readings if have == {name: m.version for name, m in METRICS.items()} else None


def _read_missing(
    missing: Sequence[tuple[tuple[str, int], Path]], size: int
) -> Iterator[tuple[tuple[str, int], Path, pd.DataFrame]]:
    workers = min(os.cpu_count() or 1, len(missing))
    if workers < 2:
        for picture, file in missing:
            yield picture, file, read_picture(*picture, size)
        return
    # Spawned, since a process that has started JAX must not be forked.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        tasks = {pool.submit(read_picture, *p, size): (p, file) for p, file in missing}
        try:
            for task in as_completed(tasks):
                yield *tasks[task], task.result()
        finally:
            # Whoever stops should not have to wait for all the others.
            pool.shutdown(wait=False, cancel_futures=True)

"""Test 1: what every metric reads on genomes whose fracture and entanglement are set by dials."""

import functools
import itertools
import math
from collections.abc import Sequence

import pandas as pd
from scipy.stats import spearmanr

from fer_jax.genome.dials import FAMILIES, LEVELS, dial_genome, dial_regions
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.registry import METRICS
from fer_jax.validation.readings import readings
from fer_jax.validation.verdict import Verdict, worse
from fer_jax.validation.workshop import Workshop

NAME = "dials"
EDITION = "1"
"""Of the genomes; another one is read anew."""

DRAWS = 20
"""Pictures of each family; each is drawn at all 25 settings of the dials."""

OWN, OTHER, BASELINE = 0.9, 0.2, 0.3
"""What is asked of the rank correlation with a metric's own dial, with the other one, and of a
baseline's with either: a dial that a baseline can see is no dial."""

COLUMNS = [
    *("metric", "version", "kind", "family", "rho_fracture", "rho_entanglement"),
    *("n", "undefined", "passes"),
]
"""Of a table by family."""


def read_dials(workshop: Workshop, families: Sequence[str] = tuple(FAMILIES)) -> pd.DataFrame:
    """Read all of it.

    Args:
        workshop: in which.
        families: by name.

    Returns:
        Columns family, draw, fracture, entanglement (the dials), metric, version, value, reason.
    """
    names, draws = (families[:1], 1) if workshop.quick else (families, DRAWS)
    size = workshop.size
    pieces = {
        f"{family}-{draw}-{size}": functools.partial(read_picture, family, draw, size)
        for family, draw in itertools.product(names, range(draws))
    }
    return workshop.read(NAME, EDITION, pieces)


def read_picture(family: str, draw: int, size: int, metrics: Sequence[str]) -> pd.DataFrame:
    """What metrics read on one picture, at all settings of the dials.

    They are told which parts the picture has and which are copies, since what is tested is how
    they judge a network, not how they see.

    Args:
        family: its name.
        draw: which picture.
        size: pixels along one side.
        metrics: by name.

    Returns:
        As `read_dials`.
    """
    regions = dial_regions(family, draw, LOOKED_AT)
    found = []
    for fracture, entanglement in itertools.product(LEVELS, LEVELS):
        genome = dial_genome(family, fracture, entanglement, draw)
        about = {"family": family, "draw": draw, "fracture": fracture, "entanglement": entanglement}
        found.append(readings(genome, metrics, about, size=size, regions=regions))
    return pd.concat(found, ignore_index=True)


def by_family(found: pd.DataFrame) -> pd.DataFrame:
    """How every metric follows the dials.

    Args:
        found: of `read_dials`.

    Returns:
        A row per metric and family: Spearman's rank correlation of its values, turned so that
        higher is worse, with either dial; how many there are, and how many are undefined; and
        whether that passes, which is empty for metrics of which nothing is asked.
    """
    rows = []
    for (metric, family), group in found.groupby(["metric", "family"], sort=False):
        about = METRICS[str(metric)]
        defined = group[group["value"].notna()]
        values = worse(str(metric), defined["value"])
        rho = {
            dial: rank_correlation(values, defined[dial]) for dial in ("fracture", "entanglement")
        }
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
    return pd.DataFrame(rows, columns=COLUMNS).astype({"passes": "boolean"})


def judge_dials(judged: pd.DataFrame) -> list[Verdict]:
    """The weakest family with a metric's own dial, and the strongest with the other.

    Args:
        judged: of `by_family`.

    Returns:
        Two verdicts for each metric.
    """
    verdicts = []
    for metric, group in judged.groupby("metric", sort=False):
        kind = METRICS[str(metric)].kind
        n, undefined = int(group["n"].sum()), int(group["undefined"].sum())
        for dial in ("fracture", "entanglement"):
            rho = group[f"rho_{dial}"]
            own = kind == dial
            value = float(rho.min() if own else rho.abs().max())
            what = f"{dial} dial, {'weakest' if own else 'strongest'} family"
            asked, passes = "", None
            if own:
                # A metric that is undefined here and there is judged on less than it should be.
                asked = f">= {OWN}"
                passes = value >= OWN and not undefined and bool(rho.notna().all())
            elif kind != "report":
                most = BASELINE if kind == "baseline" else OTHER
                asked, passes = f"<= {most}", not value > most
            verdicts.append(
                Verdict(*(NAME, str(metric), what, value, asked, passes), n=n, undefined=undefined)
            )
    return verdicts


def _passes(kind: str, rho: dict[str, float], undefined: int) -> bool | None:
    if kind == "baseline":
        return all(not abs(value) > BASELINE for value in rho.values())
    if kind not in rho:
        return None
    other = next(dial for dial in rho if dial != kind)
    return not undefined and rho[kind] >= OWN and abs(rho[other]) <= OTHER


def rank_correlation(values: pd.Series, dial: pd.Series) -> float:
    """Spearman's, or NaN where it has none."""
    # A constant has no rank, and sees no dial.
    if values.nunique() < 2:
        return math.nan
    return float(spearmanr(values, dial).statistic)

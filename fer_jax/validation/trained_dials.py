"""Test 1, trained: networks of known structure, trained to one picture and one loss."""

import functools
import itertools
from collections.abc import Sequence

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.dials import rank_correlation
from fer_jax.validation.tied import TiedTraining, read_tied
from fer_jax.validation.verdict import Verdict, worse
from fer_jax.validation.workshop import Workshop

NAME = "trained"
EDITION = "2"

PICTURES = 3
"""Of each kind."""

LEAST = 0.7
"""What is asked of the rank correlation with a metric's own dial."""

DIALS = {"fold": "fracture", "concepts": "entanglement"}
"""Which dial each kind has."""


def read_trained_dials(workshop: Workshop) -> pd.DataFrame:
    """Train and read all of it.

    Returns:
        Columns as `read_tied` gives them.
    """
    how = TiedTraining(seeds=1, steps=200, size=16) if workshop.quick else TiedTraining()
    pictures, size = 1 if workshop.quick else PICTURES, workshop.size
    pieces = {
        f"{kind}-{picture}": functools.partial(_read, kind, picture, how, size)
        for kind, picture in itertools.product(DIALS, range(pictures))
    }
    return workshop.read(NAME, EDITION, pieces)


def judge_trained_dials(found: pd.DataFrame) -> list[Verdict]:
    """For each kind, the weakest picture with a metric's own dial, or the strongest with another.

    Networks that did not reach the loss are counted, and said.
    """
    verdicts = []
    for (metric, kind), group in found.groupby(["metric", "kind"], sort=False):
        own = METRICS[str(metric)].kind == DIALS[str(kind)]
        group = group.assign(value=worse(str(metric), group["value"]))
        rho = group.groupby("picture")[["value", "level"]].apply(_rho)
        value = float(rho.min() if own else rho.abs().max())
        undefined = int(group["value"].isna().sum())
        far = int((~group["reached"]).sum())
        verdicts.append(
            Verdict(
                NAME,
                str(metric),
                f"{kind}, {DIALS[str(kind)]} dial, {'weakest' if own else 'strongest'} picture",
                value,
                f">= {LEAST}" if own else "",
                value >= LEAST and not undefined if own else None,
                n=len(group),
                undefined=undefined,
                note=f"{far} networks did not reach the loss" if far else "",
            )
        )
    return verdicts


def _read(
    kind: str, picture: int, how: TiedTraining, size: int, metrics: Sequence[str]
) -> pd.DataFrame:
    return read_tied(kind, picture, how, size, metrics)


def _rho(group: pd.DataFrame) -> float:
    defined = group[group["value"].notna()]
    return rank_correlation(defined["value"], defined["level"])

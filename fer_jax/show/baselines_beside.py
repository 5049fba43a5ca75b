"""Whether a baseline does as well as a headline: if so, the headline has shown little."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.dials import rank_correlation
from fer_jax.validation.pairs import OVER_ALL
from fer_jax.validation.trained_dials import DIALS

COMPARED = ("dials", "trained", "controls", "pairs")
"""Tests in which a baseline could stand in for a headline. In the others it is asked to read the
same before and after, which says nothing of a headline."""


@dataclass(frozen=True)
class AsWell:
    """A baseline that does as well as a headline.

    Attributes:
        test: in which.
        headline: as which.
        baseline: its name.
        turned: whether it reads lower where the headline reads higher.
        own: how well it does: the weakest of its numbers, or the share of what is asked.
        headline_own: how well the headline does.
    """

    test: str
    headline: str
    baseline: str
    turned: bool
    own: float
    headline_own: float


def as_well(
    headline: str, verdicts: pd.DataFrame, families: pd.DataFrame, trained: pd.DataFrame | None
) -> list[AsWell]:
    """Every baseline that does as well as a headline, in whichever direction suits it.

    Args:
        headline: its name.
        verdicts: of the bench.
        families: of `fer_jax.validation.dials.by_family`.
        trained: readings of the trained dials, if there are any.

    Returns:
        Nothing for tests that were not taken, or that the headline fails altogether.
    """
    kind = METRICS[headline].kind
    numbers = {"dials": families.pivot(index="family", columns="metric", values=f"rho_{kind}")}
    if trained is not None:
        numbers["trained"] = _trained(trained, kind)
    pairs = verdicts[(verdicts["test"] == "pairs") & (verdicts["what"] != OVER_ALL)]
    numbers["pairs"] = pairs.pivot(index="what", columns="metric", values="value")
    numbers["controls"] = _met(verdicts[verdicts["test"] == "controls"], headline)
    return [each for test in COMPARED for each in _of_test(test, headline, numbers.get(test))]


def _of_test(test: str, headline: str, numbers: pd.DataFrame | None) -> Iterator[AsWell]:
    """The baselines whose weakest number is no lower than the headline's."""
    if numbers is None or headline not in numbers:
        return
    total = np.mean if test == "controls" else np.min
    own = float(total(numbers[headline].to_numpy()))
    if np.isnan(own) or own <= 0:
        return
    # What says nothing: an AUC of one half, a rank correlation of 0.
    mirror = 1.0 if test == "pairs" else 0.0
    for name, metric in METRICS.items():
        if metric.kind != "baseline" or name not in numbers:
            continue
        values = numbers[name].to_numpy()
        other = numbers[f"-{name}"].to_numpy() if test == "controls" else mirror - values
        straight, turned = float(total(values)), float(total(other))
        if max(straight, turned) >= own:
            found = max(straight, turned)
            yield AsWell(test, headline, name, turned > straight, found, own)


def _trained(found: pd.DataFrame, kind: str) -> pd.DataFrame:
    rows = found[found["kind"].map(DIALS) == kind]
    rho = {
        at: rank_correlation(defined["value"], defined["level"])
        for at, group in rows.groupby(["picture", "metric"])
        for defined in [group[group["value"].notna()]]
    }
    table = pd.Series(rho).unstack() if rho else pd.DataFrame()
    for name in table:
        if METRICS[str(name)].worse == "lower":
            table[name] = -table[name]
    return table


def _met(verdicts: pd.DataFrame, headline: str) -> pd.DataFrame:
    """Of what is asked of a headline, what each metric meets, and (by `-name`) meets turned."""
    asked = verdicts[(verdicts["metric"] == headline) & verdicts["passes"].notna()]
    asks: Mapping[str, str] = dict(zip(asked["what"], asked["asked"], strict=True))
    rows = verdicts[verdicts["what"].isin(list(asks))]
    met = {}
    for metric, group in rows.groupby("metric"):
        values = group.set_index("what")["value"]
        for name, readings in ((metric, values), (f"-{metric}", 1.0 - values)):
            met[str(name)] = pd.Series(
                {what: float(_holds(readings.get(what, np.nan), ask)) for what, ask in asks.items()}
            )
    return pd.DataFrame(met)


def _holds(value: float, ask: str) -> bool:
    sign, bound = ask.split()
    return value >= float(bound) if sign == ">=" else value <= float(bound)

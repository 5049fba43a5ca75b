"""Test 6: does a score predict how easily networks adapt, beyond what baselines say?

Only networks of one method are compared with each other: all are trained from random weights, in
one architecture and to one loss.
"""

import functools

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation import networks
from fer_jax.validation.adaptation import DENSE, MASKED, MUTATED, networks_of, subject_of
from fer_jax.validation.groups import BATCH, GENOME, SCRATCH, read_group
from fer_jax.validation.partial_rank import holm, interval, p_value, partial_spearman
from fer_jax.validation.verdict import Verdict, worse
from fer_jax.validation.workshop import Workshop

NAME = "prediction"

BASELINES = ("total_variation", "live_parameters", "jacobian_norm")
"""What is known already, with each network's own loss."""

WAYS = {
    DENSE: "need more steps, all weights",
    MASKED: "need more steps, existing links",
    MUTATED: "have fewer helpful mutations",
}
"""What it is to adapt worse."""


def read_prediction(workshop: Workshop) -> pd.DataFrame:
    """Read every network that is adapted; see `fer_jax.validation.adaptation`.

    Returns:
        Columns as `fer_jax.validation.groups.read_groups` gives them.
    """
    subject = subject_of(workshop)
    if subject is None:
        return pd.DataFrame({"target": [], "group": [], "metric": [], "version": []})
    seeds, size = networks_of(workshop, subject), workshop.size
    members = dict(zip(map(str, seeds.seeds), seeds.networks, strict=True))
    names, pieces = list(members), {}
    for first in range(0, len(names), BATCH):
        some = {name: members[name] for name in names[first : first + BATCH]}
        pieces[f"{subject.name}-{'-'.join(some)}-{size}"] = functools.partial(
            read_group, subject.name, SCRATCH, some, subject.image, size
        )
    return workshop.read(NAME, networks.EDITION, pieces)


def judge_prediction(found: pd.DataFrame, adaptation: pd.DataFrame) -> list[Verdict]:
    """For each metric and way to adapt, whether networks that read worse adapt worse.

    Args:
        found: of `read_prediction`.
        adaptation: of `fer_jax.validation.adaptation.read_adaptation`.

    Returns:
        Partial rank correlations with the mean cost over related pictures. Nothing is asked of
        them: they are told whatever they say.
    """
    verdicts: list[Verdict] = []
    for target in found["target"].unique():
        readings, loss = _by_network(found[found["target"] == target])
        for how, told in WAYS.items():
            rows = adaptation[(adaptation["target"] == target) & (adaptation["how"] == how)]
            if len(rows):
                what = f"{target}: those that read worse {told}"
                verdicts += _of_way(what, readings, loss, rows)
    return verdicts


def _by_network(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Readings, a row for each network and higher for worse; and the networks' losses."""
    wide = found.pivot(index="member", columns="metric", values="value")
    turned = wide.apply(lambda column: worse(str(column.name), column))
    return turned, found.groupby("member")["loss"].first()


def _of_way(
    what: str, readings: pd.DataFrame, loss: pd.Series, adaptation: pd.DataFrame
) -> list[Verdict]:
    networks_only = adaptation[adaptation["group"] == SCRATCH]
    costs = networks_only.pivot(index="member", columns="relative", values="cost")
    costs = costs.reindex(readings.index)
    said = _said(adaptation)
    verdicts, p = [], {}
    for metric in (name for name in METRICS if name in readings):
        known = [name for name in BASELINES if name != metric and name in readings]
        defined = readings[[metric, *known]].notna().all(axis=1)
        rest = np.stack([loss[defined], *(readings.loc[defined, name] for name in known)])
        score, of_targets = readings.loc[defined, metric].to_numpy(), costs[defined].to_numpy().T
        n, enough = int(defined.sum()), int(defined.sum()) > len(rest) + 2
        rho = float(partial_spearman(score, of_targets.mean(axis=0), rest)) if enough else np.nan
        low, high = interval(score, of_targets, rest) if enough else (np.nan, np.nan)
        plain = partial_spearman(score, of_targets.mean(axis=0), rest[:0]) if n > 2 else np.nan
        each = [float(partial_spearman(score, cost, rest)) for cost in of_targets] if enough else []
        p[metric] = p_value(rho, n, len(rest))
        # Where no network reaches the loss, or all do at once, there is nothing to correlate.
        told = [one for one in each if not np.isnan(one)]
        alike = sum(one * rho > 0 for one in told)
        note = f"plain {plain:+.2f}; same sign for {alike} of {len(told)} pictures; {said}"
        if not enough:
            note = f"{n} networks are too few; {said}"
        verdicts.append((metric, rho, low, high, len(readings), len(readings) - n, note))
    corrected = _corrected(p)
    return [
        Verdict(
            NAME,
            metric,
            what,
            rho,
            low=low,
            high=high,
            n=n,
            undefined=undefined,
            note=f"Holm p {corrected[metric]:.2g}; {note}" if corrected[metric] >= 0 else note,
        )
        for metric, rho, low, high, n, undefined, note in verdicts
    ]


def _corrected(p: dict[str, float]) -> dict[str, float]:
    """By metric. A headline is one test with the metric that it stands for."""
    tests = {METRICS[metric].compute: value for metric, value in p.items()}
    corrected = dict(zip(tests, holm(np.array(list(tests.values()))), strict=True))
    return {metric: float(corrected[METRICS[metric].compute]) for metric in p}


def _said(adaptation: pd.DataFrame) -> str:
    """How the genome adapts beside the networks, and how many fell short."""
    parts = []
    for group, name in ((SCRATCH, "networks"), (GENOME, "genome")):
        rows = adaptation[adaptation["group"] == group]
        if not len(rows):
            continue
        short = int((~rows["reached"]).sum())
        median = rows["outcome"].median()
        parts.append(f"{name} {median:.3g}" + f" ({short} of {len(rows)} fell short)" * bool(short))
    return "median: " + ", ".join(parts)

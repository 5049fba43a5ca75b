"""Test 3: nulls that show nothing, and controls that a metric must not be fooled by."""

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation import groups
from fer_jax.validation.networks import LOSS
from fer_jax.validation.separation import auc, exact_interval
from fer_jax.validation.verdict import Verdict, worse

NAME = "controls"

LEAST = 0.8
"""What is asked of the chance that the worse network reads worse."""

MOST_UNIFIED = 0.05
"""Share of untrained networks without a symmetry that may read better than a genome."""

ALIKE = 0.1
"""How far a network's density or total variation may be from the genome's to count as alike."""

MOST_LOSS = 2 * LOSS
"""Of a control that counts."""


def judge_controls(found: pd.DataFrame) -> list[Verdict]:
    """Whether a metric is fooled by gain, basis, noise, density or smoothness.

    Args:
        found: of `fer_jax.validation.groups.read_groups`.

    Returns:
        For each metric, a verdict on the untrained networks, and for each target on every control.
    """
    verdicts = []
    for metric in found["metric"].unique():
        rows = found[found["metric"] == metric]
        rows = rows.assign(value=worse(metric, rows["value"]))
        asked = METRICS[metric].kind in ("fracture", "entanglement")
        verdicts.append(_untrained(metric, rows, asked))
        for target in rows.loc[rows["group"] == groups.WIRING, "target"].unique():
            verdicts += _of_target(
                metric, str(target), rows[rows["target"] == target], asked, found
            )
    return verdicts


def _untrained(metric: str, rows: pd.DataFrame, asked: bool) -> Verdict:
    random = rows[(rows["group"] == groups.UNTRAINED) & ~rows["symmetric"]]
    best = rows.loc[rows["group"] == groups.GENOME, "value"].max()
    defined = random["value"].dropna()
    share = float((defined <= best).mean()) if len(defined) and pd.notna(best) else float("nan")
    return Verdict(
        NAME,
        metric,
        "untrained, without a symmetry: share that reads no worse than a genome",
        share,
        f"<= {MOST_UNIFIED}" if asked else "",
        share <= MOST_UNIFIED if asked and pd.notna(share) else None,
        *exact_interval(share, len(defined)),
        n=len(random),
        undefined=len(random) - len(defined),
    )


def _of_target(
    metric: str, target: str, rows: pd.DataFrame, asked: bool, found: pd.DataFrame
) -> list[Verdict]:
    by_group = {str(name): group for name, group in rows.groupby("group", sort=False)}
    genome, scratch = by_group[groups.GENOME]["value"], by_group[groups.SCRATCH]["value"]
    verdicts = []
    for name, group in by_group.items():
        if name in (groups.GENOME, groups.SCRATCH):
            continue
        good, counts = name in groups.GOOD, group
        if not good and name != groups.WIRING:
            counts = group[group["loss"] <= MOST_LOSS]
        values = counts["value"]
        value = auc(values, scratch) if good else auc(genome, values)
        what = "networks from random weights read worse" if good else "read worse than the genome"
        of_interest = asked and name != groups.WIRING and len(counts) > 0
        left_out = len(group) - len(counts)
        verdicts.append(
            Verdict(
                NAME,
                metric,
                f"{target}, {name}: {what}",
                value,
                f">= {LEAST}" if of_interest else "",
                value >= LEAST if of_interest else None,
                n=len(counts),
                undefined=int(values.isna().sum()),
                note=f"{left_out} of {len(group)} left out, loss above {MOST_LOSS}"
                * bool(left_out),
            )
        )
    return verdicts + _alike(metric, target, rows, asked, found[found["target"] == target])


def _alike(
    metric: str, target: str, rows: pd.DataFrame, asked: bool, every: pd.DataFrame
) -> list[Verdict]:
    """Against networks that no baseline tells from the genome."""
    verdicts = []
    for baseline in ("weight_density", "total_variation"):
        of_baseline = every[every["metric"] == baseline].set_index(["group", "member"])["value"]
        if not len(of_baseline):
            continue
        own = float(of_baseline[groups.GENOME].iloc[0])
        there = of_baseline.reindex(pd.MultiIndex.from_frame(rows[["group", "member"]])).to_numpy()
        trained = ~rows["group"].isin([groups.GENOME, groups.WIRING, *groups.GOOD])
        near = rows[trained & (rows["loss"] <= MOST_LOSS) & (abs(there - own) <= ALIKE * own)]
        value = auc(rows.loc[rows["group"] == groups.GENOME, "value"], near["value"])
        of_interest = asked and len(near) > 0
        verdicts.append(
            Verdict(
                NAME,
                metric,
                f"{target}, trained, {baseline} within 10%: read worse than the genome",
                value,
                f">= {LEAST}" if of_interest else "",
                value >= LEAST if of_interest else None,
                n=len(near),
                undefined=int(near["value"].isna().sum()),
                note="" if len(near) else "no network is as near as that",
            )
        )
    return verdicts

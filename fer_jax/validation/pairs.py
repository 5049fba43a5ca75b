"""Test 4: genomes against networks from random weights that draw the same by the same loss."""

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.groups import GENOME, SCRATCH
from fer_jax.validation.pair_table import over_targets
from fer_jax.validation.separation import auc, exact_interval
from fer_jax.validation.verdict import Verdict, worse

NAME = "pairs"
LEAST = 0.95
"""What is asked of the share of networks that read worse than the genome, for each target."""

OVER_ALL = "all targets: how much worse networks read, targets and then seeds resampled"
"""A difference, not a share."""


def judge_pairs(found: pd.DataFrame) -> list[Verdict]:
    """For each metric and target, the share of networks that read worse than the genome.

    Args:
        found: of `fer_jax.validation.groups.read_groups`.

    Returns:
        A verdict for each target, with the exact interval of the share, and one over all of them.
        Nothing is claimed beyond these genomes.
    """
    verdicts = []
    for target in found.loc[found["group"] == SCRATCH, "target"].unique():
        of_target = found[found["target"] == target]
        for metric in of_target["metric"].unique():
            rows = of_target[of_target["metric"] == metric]
            genome = worse(metric, rows.loc[rows["group"] == GENOME, "value"])
            networks = worse(metric, rows.loc[rows["group"] == SCRATCH, "value"])
            share, n = auc(genome, networks), int(networks.notna().sum())
            asked = METRICS[metric].kind in ("fracture", "entanglement")
            # A share of networks without readings says less than it seems to.
            passes = share >= LEAST and n == len(networks) and bool(genome.notna().all())
            low, high = exact_interval(share, n)
            verdicts.append(
                Verdict(
                    NAME,
                    metric,
                    f"{target}: networks that read worse than the genome",
                    share,
                    f">= {LEAST}" if asked else "",
                    passes if asked else None,
                    low,
                    high,
                    n=len(networks),
                    undefined=len(networks) - n,
                )
            )
    for metric in found["metric"].unique() if verdicts else ():
        mean, low, high = over_targets(found, metric)
        verdicts.append(Verdict(NAME, metric, OVER_ALL, mean, "", None, low, high))
    return verdicts

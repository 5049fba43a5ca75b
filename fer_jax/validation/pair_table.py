"""The table of test 4: a genome beside networks of matched loss, target by target."""

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.statistics import summarize_sample
from fer_jax.validation.groups import GENOME, SCRATCH
from fer_jax.validation.separation import auc
from fer_jax.validation.verdict import worse

RESAMPLES = 2000


def pair_table(found: pd.DataFrame) -> pd.DataFrame:
    """What every metric reads on each genome and on its networks.

    Args:
        found: of `fer_jax.validation.groups.read_groups`.

    Returns:
        A row for each metric and target, metrics in the order of the registry: target, metric,
        version, kind, genome (its reading), n (networks with a reading), undefined, mean, median,
        iqm, low, high (95% percentile bootstrap interval of the mean), sd, and delta: Cliff's, 1 if
        all networks read worse than the genome and -1 if none does.
    """
    pairs = found[found["group"].isin([GENOME, SCRATCH])]
    rows = []
    for (target, metric), group in pairs.groupby(["target", "metric"], sort=False):
        genome = group.loc[group["group"] == GENOME, "value"]
        networks = group.loc[group["group"] == SCRATCH, "value"]
        if not len(networks):
            continue
        about, over = METRICS[str(metric)], summarize_sample(networks.to_numpy())
        rows.append(
            (
                *(target, metric, about.version, about.kind, genome.mean()),
                *(over.n, over.undefined, over.mean, over.median, over.iqm, over.low, over.high),
                networks.std(ddof=1),
                2 * auc(worse(about.name, genome), worse(about.name, networks)) - 1,
            )
        )
    columns = [
        *("target", "metric", "version", "kind", "genome", "n", "undefined", "mean", "median"),
        *("iqm", "low", "high", "sd", "delta"),
    ]
    table = pd.DataFrame(rows, columns=columns)
    order = table["metric"].map(list(METRICS).index)
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def over_targets(found: pd.DataFrame, metric: str, seed: int = 0) -> tuple[float, float, float]:
    """How much worse networks read than the genome of their target, over all targets.

    Targets are resampled, and the networks of each within it; so an interval of three targets is
    as wide as three targets make it.

    Args:
        found: of `fer_jax.validation.groups.read_groups`.
        metric: its name.
        seed: of the resampling.

    Returns:
        The mean over targets of the mean difference, turned so that above 0 networks are worse,
        and the ends of its 95% percentile interval; NaN where no target has both.
    """
    rows = found[found["metric"] == metric]
    rows = rows.assign(value=worse(metric, rows["value"]))
    differences = []
    for _, group in rows[rows["group"].isin([GENOME, SCRATCH])].groupby("target"):
        genome = group.loc[group["group"] == GENOME, "value"].mean()
        networks = group.loc[group["group"] == SCRATCH, "value"].dropna().to_numpy()
        if networks.size and np.isfinite(genome):
            differences.append(networks - genome)
    if not differences:
        return (float("nan"),) * 3
    rng = np.random.default_rng(seed)
    means = [
        np.mean(
            [
                rng.choice(differences[target], len(differences[target])).mean()
                for target in rng.integers(len(differences), size=len(differences))
            ]
        )
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(np.mean([each.mean() for each in differences])), float(low), float(high)

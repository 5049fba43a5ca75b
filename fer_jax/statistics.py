"""Statistics over seeds: the unit of replication is the seed, never the neuron."""

from dataclasses import dataclass

import numpy as np
import scipy.stats
from jax.typing import ArrayLike

RESAMPLES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Summary:
    """What a sample says.

    Attributes:
        n: number of finite values.
        mean: their mean; NaN if there are none, like all that follows.
        median: their median.
        iqm: their interquartile mean: a quarter of the values is cut off at each end, rounded
            down to whole values (`scipy.stats.trim_mean`; Agarwal et al., arXiv 2108.13264).
        low: lower end of the 95% percentile bootstrap interval of the mean; NaN if n < 2.
        high: upper end.
        undefined: number of values that are not finite.
    """

    n: int
    mean: float
    median: float
    iqm: float
    low: float
    high: float
    undefined: int


def summarize_sample(values: ArrayLike, seed: int = 0) -> Summary:
    """Sum up one sample.

    Args:
        values: floats of any shape; those that are not finite are counted and left out.
        seed: of the bootstrap's resampling.

    Returns:
        A `Summary`.

    Example:
        >>> summarize_sample([1.0, 2.0, 3.0, 10.0, float("nan")]).iqm
        2.5
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    finite = sample[np.isfinite(sample)]
    undefined = int(sample.size - finite.size)
    if not finite.size:
        nan = float("nan")
        return Summary(0, nan, nan, nan, nan, nan, undefined)
    low, high = _interval_of_mean(finite, seed)
    return Summary(
        n=int(finite.size),
        mean=float(finite.mean()),
        median=float(np.median(finite)),
        iqm=float(scipy.stats.trim_mean(finite, 0.25)),
        low=low,
        high=high,
        undefined=undefined,
    )


def _interval_of_mean(finite: np.ndarray, seed: int) -> tuple[float, float]:
    if finite.size < 2:
        return float("nan"), float("nan")
    # In ascending order, so that the interval does not depend on the order of the rows.
    interval = scipy.stats.bootstrap(
        (np.sort(finite),),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(interval.low), float(interval.high)

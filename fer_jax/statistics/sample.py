"""What samples say: one, or very many at once."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fer_jax.statistics.bootstrap import interval_of_mean

TRIMMED = 0.25


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


@dataclass(frozen=True, eq=False)
class Summaries:
    """The same of many samples, `(samples,)` each.

    Attributes:
        n: as in `Summary`.
        mean: as in `Summary`.
        median: as in `Summary`.
        iqm: as in `Summary`.
        low: as in `Summary`; with two levels where the sample spans several strata, see
            `fer_jax.statistics.bootstrap.interval_of_mean`.
        high: upper end.
        undefined: as in `Summary`.
        strata: how many strata have a finite value.
    """

    n: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    iqm: np.ndarray
    low: np.ndarray
    high: np.ndarray
    undefined: np.ndarray
    strata: np.ndarray


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
    flat = np.asarray(values, dtype=np.float64).ravel()
    zeros = np.zeros(flat.size, dtype=np.int64)
    many = summarize_samples(flat, zeros, zeros, 1, seed)
    return Summary(
        n=int(many.n[0]),
        mean=float(many.mean[0]),
        median=float(many.median[0]),
        iqm=float(many.iqm[0]),
        low=float(many.low[0]),
        high=float(many.high[0]),
        undefined=int(many.undefined[0]),
    )


def summarize_samples(
    values: np.ndarray, sample: np.ndarray, stratum: np.ndarray, count: int, seed: int = 0
) -> Summaries:
    """Sum up many samples. The order of the values does not matter.

    Args:
        values: `(values,)` floats; those that are not finite are counted and left out.
        sample: `(values,)`, the number of each one's sample, in 0 ... count - 1.
        stratum: `(values,)`, a number that tells strata apart; within a sample of several the
            interval is of two levels.
        count: how many samples there are.
        seed: of the bootstrap's resampling.

    Returns:
        What each says.

    Example:
        >>> numbers = np.array([1.0, 5.0, 3.0])
        >>> told = summarize_samples(numbers, np.array([0, 1, 0]), np.zeros(3, dtype=int), 2)
        >>> told.mean.tolist(), told.n.tolist()
        ([2.0, 5.0], [2, 1])
    """
    finite = np.isfinite(values)
    undefined = np.bincount(sample[~finite], minlength=count)
    values, sample, stratum = values[finite], sample[finite], stratum[finite]
    order = np.lexsort((values, stratum, sample))
    values, sample, stratum = values[order], sample[order], stratum[order]
    n = np.bincount(sample, minlength=count)
    begins = np.cumsum(n) - n
    told = {name: np.full(count, np.nan) for name in ("mean", "median", "iqm", "low", "high")}
    strata = np.zeros(count, dtype=np.int64)
    for sizes, members in _layouts(sample, stratum).items():
        block = values[begins[members][:, None] + np.arange(sum(sizes))]
        strata[members] = len(sizes)
        told["low"][members], told["high"][members] = interval_of_mean(block, sizes, seed)
        block.sort(axis=1)
        told["mean"][members] = _mean(block)
        told["median"][members] = np.median(block, axis=1)
        cut = int(TRIMMED * block.shape[1])
        told["iqm"][members] = _mean(block[:, cut : block.shape[1] - cut])
    return Summaries(n=n, undefined=undefined, strata=strata, **told)


def _layouts(sample: np.ndarray, stratum: np.ndarray) -> dict[tuple[int, ...], np.ndarray]:
    """Of each layout (sizes of strata), the samples that have it."""
    changes = np.flatnonzero((np.diff(sample) != 0) | (np.diff(stratum) != 0)) + 1
    starts = np.concatenate([[0], changes]) if len(sample) else np.empty(0, dtype=np.int64)
    sizes: dict[int, list[int]] = defaultdict(list)
    lengths = np.diff(np.append(starts, len(sample)))
    for owner, length in zip(sample[starts].tolist(), lengths.tolist(), strict=True):
        sizes[owner].append(length)
    layouts: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for owner, of_strata in sizes.items():
        layouts[tuple(of_strata)].append(owner)
    return {layout: np.array(members) for layout, members in layouts.items()}


def _mean(block: np.ndarray) -> np.ndarray:
    """From the first value on, so that the mean of equal values is that value."""
    return block[:, 0] + (block - block[:, :1]).mean(axis=1)

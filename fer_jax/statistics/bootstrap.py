"""Percentile bootstrap intervals of means, for many samples of one layout at once.

A resample of a mean is a weighted mean, and its weights depend on the layout alone: how many values
there are, and in which strata. So all samples of one layout share the weights, and their resampled
means are one matrix product. `scipy.stats.bootstrap` is the plain reference of one stratum, down to
the draws.
"""

from collections.abc import Iterator, Sequence

import numpy as np

RESAMPLES = 1000
CONFIDENCE = 0.95

_ENTRIES = 2**22
"""Most numbers in one array: what is larger is done in parts."""


def interval_of_mean(
    values: np.ndarray, sizes: Sequence[int], seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The 95% percentile bootstrap interval of the mean of each of several samples.

    With several strata there are two levels: strata are resampled, and the values within each that
    is drawn, anew each time (Davison and Hinkley, Bootstrap Methods, 1997, section 3.8). So an
    interval over three targets is as wide as three targets make it, however many seeds each has.

    Args:
        values: `(samples, n)` finite floats, a stratum beside the next. Their order within a
            stratum, and that of strata of one size, decides which draw meets which value: sort
            them, so that the interval does not depend on it.
        sizes: how many values each stratum has; they add up to n. One entry: one level.
        seed: of the resampling. Samples of one layout are resampled alike.

    Returns:
        Lower and upper ends, `(samples,)` each; NaN if n < 2.

    Example:
        >>> low, high = interval_of_mean(np.array([[1.0, 2.0, 3.0, 6.0]]), [4])
        >>> bool(low[0] < 3.0 < high[0])
        True
    """
    samples, n = values.shape
    if sum(sizes) != n:
        raise ValueError(f"strata of {sum(sizes)} values were told, but there are {n}")
    low, high = np.full(samples, np.nan), np.full(samples, np.nan)
    if n < 2:
        return low, high
    # From the first value on, so that equal values have an interval of no width.
    base = values[:, :1]
    away = values - base
    tails = 50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)
    step = max(1, _ENTRIES // RESAMPLES)
    for begin in range(0, samples, step):
        part = slice(begin, begin + step)
        means = [away[part] @ weights.T for weights in _weights(sizes, seed)]
        ends = np.percentile(np.concatenate(means, axis=1), tails, axis=1)
        low[part], high[part] = ends + base[part, 0]
    return low, high


def _weights(sizes: Sequence[int], seed: int) -> Iterator[np.ndarray]:
    """The weight of each value in each resample, `(some resamples, n)`, in parts that add up."""
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    draw = _draw_values if len(sizes) == 1 else _draw_strata
    cost = max(n, len(sizes) * max(sizes))
    step = max(1, _ENTRIES // cost)
    for begin in range(0, RESAMPLES, step):
        rows = min(step, RESAMPLES - begin)
        row, value = draw(rng, rows, np.asarray(sizes))
        counts = np.bincount(row * n + value, minlength=rows * n).reshape(rows, n)
        yield counts / counts.sum(axis=1, keepdims=True)


def _draw_values(
    rng: np.random.Generator, rows: int, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(resample, value) of each draw, of one level."""
    n = int(sizes[0])
    return np.repeat(np.arange(rows), n), rng.integers(0, n, (rows, n)).ravel()


def _draw_strata(
    rng: np.random.Generator, rows: int, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(resample, value) of each draw, of two levels."""
    begins = np.cumsum(sizes) - sizes
    drawn = rng.integers(0, len(sizes), (rows, len(sizes)))
    held = sizes[drawn][:, :, None]
    within = rng.random((rows, len(sizes), int(sizes.max())))
    value = np.minimum((within * held).astype(np.int64), held - 1) + begins[drawn][:, :, None]
    is_drawn = np.arange(value.shape[2]) < held
    row = np.broadcast_to(np.arange(rows)[:, None, None], value.shape)
    return row[is_drawn], value[is_drawn]

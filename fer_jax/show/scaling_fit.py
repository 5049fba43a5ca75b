"""A power law through the values of seeds, with an interval of its exponent."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jax.typing import ArrayLike

from fer_jax.errors import MetricError
from fer_jax.show.wording import joined
from fer_jax.statistics.bootstrap import CONFIDENCE, RESAMPLES

DEFINITION = "least squares of log y on log x over seeds; 95% bootstrap interval over seeds"


@dataclass(frozen=True)
class PowerLaw:
    """`y = factor * x ** exponent`.

    Attributes:
        exponent: the slope of the least-squares line through (log x, log y) of every value.
        low: lower end of its 95% percentile bootstrap interval; NaN with fewer than two seeds.
        high: upper end.
        factor: exp of that line's height at log x = 0.
        n: number of values.
    """

    exponent: float
    low: float
    high: float
    factor: float
    n: int

    def at(self, x: ArrayLike) -> np.ndarray:
        """What it says of `x`."""
        return self.factor * np.asarray(x, dtype=np.float64) ** self.exponent


def fit_power_law(
    x: ArrayLike, y: ArrayLike, seeds: Sequence[Hashable], *, key: int = 0
) -> PowerLaw:
    """Fit a power law by least squares in logarithms.

    The bootstrap draws whole seeds, each with its values at every x: where x is a number of steps,
    they belong to one training and are not independent.

    Args:
        x: `(n,)`, above 0, at least two different ones.
        y: `(n,)`, above 0.
        seeds: which seed each value is of; runs, where a value is of a whole run.
        key: of the resampling.

    Returns:
        The law.

    Raises:
        MetricError: if a value is not positive or not finite, or there is one x only.

    Example:
        >>> law = fit_power_law([1, 2, 4, 1, 2, 4], [3, 6, 12, 3, 6, 12], [0, 0, 0, 1, 1, 1])
        >>> round(law.exponent, 6), round(law.factor, 6), round(law.high - law.low, 6)
        (1.0, 3.0, 0.0)
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    for name, values in (("x", across), ("y", up)):
        wrong = values[~(np.isfinite(values) & (values > 0))]
        if wrong.size:
            raise MetricError(f"a power law needs values above 0; {name} holds {wrong[0]:g}")
    if len(np.unique(across)) < 2:
        raise MetricError("a power law needs two different x at least")
    # Centred, so that the sums below lose no digits.
    middle = float(np.log(across).mean()), float(np.log(up).mean())
    log_x, log_y = np.log(across) - middle[0], np.log(up) - middle[1]
    terms = np.stack([np.ones_like(log_x), log_x, log_y, log_x * log_x, log_x * log_y], axis=1)
    exponent = float(_slope(terms.sum(axis=0)))
    units: dict[Hashable, np.ndarray] = {}
    for seed, term in zip(seeds, terms, strict=True):
        units[seed] = units.get(seed, 0.0) + term
    # In a fixed order, so that the interval does not depend on that of the rows.
    sums = np.stack([units[seed] for seed in sorted(units, key=str)])
    low, high = _interval(sums, key)
    factor = float(np.exp(middle[1] - exponent * middle[0]))
    return PowerLaw(exponent, low, high, factor, len(log_x))


def laws_of(values: pd.DataFrame) -> dict[tuple[str, str], PowerLaw]:
    """The power law of each line of each panel that has several x, by (panel, line).

    Args:
        values: as `fer_jax.show.scaling_data.Shown` has them.

    Raises:
        MetricError: if x holds names, a value is not above 0, or no line has two x.
    """
    if not pd.api.types.is_numeric_dtype(values["x"]):
        raise MetricError("a power law needs numbers along x, not names; leave --fit out")
    laws = {}
    drawn = values[values["x"].notna() & np.isfinite(values["y"])]
    for (panel, line), rows in drawn.groupby(["panel", "line"], sort=False):
        if rows["x"].nunique() < 2:
            continue
        seeds = [run if pd.isna(seed) else int(seed) for seed, run in rows[["seed", "run"]].values]
        x, y = (rows[name].to_numpy(dtype=float) for name in ("x", "y"))
        try:
            laws[str(panel), str(line)] = fit_power_law(x, y, seeds)
        except MetricError as error:
            where = joined([str(panel), str(line)])
            raise MetricError(f"{where}: {error}; leave --fit out") from None
    if not laws:
        raise MetricError("a power law needs two different x at least, and no line has them")
    return laws


def _interval(sums: np.ndarray, key: int) -> tuple[float, float]:
    if len(sums) < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(key).integers(len(sums), size=(RESAMPLES, len(sums)))
    slopes = _slope(sums[drawn].sum(axis=1))
    # A draw may hold a single x, and then says nothing of a slope.
    slopes = slopes[np.isfinite(slopes)]
    if len(slopes) < RESAMPLES / 2:
        return float("nan"), float("nan")
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(slopes, [tail, 1 - tail])
    return float(low), float(high)


def _slope(sums: np.ndarray) -> np.ndarray:
    """Of the least-squares line, from the sums of 1, x, y, x² and xy along the last axis."""
    n, x, y, xx, xy = np.moveaxis(sums, -1, 0)
    spread = n * xx - x * x
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 1e-12 * n * n, (n * xy - x * y) / spread, np.nan)

"""How far two groups of networks lie apart, with intervals that hold for few networks."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest


def auc(better: pd.Series, worse: pd.Series) -> float:
    """The chance that one of the second group reads worse than one of the first; ties count half.

    Args:
        better: readings turned so that higher is worse; those that are NaN are left out.
        worse: of the other group, likewise.

    Returns:
        From 0 to 1, or NaN if a group is empty.

    Example:
        >>> auc(pd.Series([0.2, 0.4]), pd.Series([0.3, 0.5]))
        0.75
    """
    one, other = better.dropna().to_numpy(), worse.dropna().to_numpy()
    if not one.size or not other.size:
        return float("nan")
    apart = np.sign(other[None] - one[:, None])
    return float((apart.mean() + 1.0) / 2.0)


def exact_interval(share: float, n: int) -> tuple[float, float]:
    """The 95% interval of a share of n networks, after Clopper and Pearson.

    Example:
        >>> round(exact_interval(1.0, 8)[0], 2)
        0.63
    """
    if not n or np.isnan(share):
        return float("nan"), float("nan")
    found = binomtest(round(share * n), n).proportion_ci(0.95, "exact")
    return found.low, found.high

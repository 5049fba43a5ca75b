"""A sample against a reference: how large the difference is, and how surprising.

The effect is Cliff's delta (Cliff, Psychological Bulletin 114, 1993): the share of pairs in which
the sample's value is above the reference's, less the share in which it is below. It runs from -1 to
1, knows no unit, and of a reference of one value it is the share of seeds above it less the share
below.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

MANN_WHITNEY, SIGN, WILCOXON = "Mann-Whitney U", "sign", "Wilcoxon over targets"
TESTS = (MANN_WHITNEY, SIGN, WILCOXON)

_EXACT = 8
"""Mann-Whitney is exact up to this size of the smaller sample, without ties: SciPy's own rule."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Finite values, at least one.

    Attributes:
        values: `(n,)` floats.
        is_fixed: whether they are no draws: a genome has no seeds, so its value is a constant.
    """

    values: np.ndarray
    is_fixed: bool = False


@dataclass(frozen=True)
class Comparison:
    """How a sample stands to its reference.

    Attributes:
        difference: of the means, sample less reference; over strata, its mean.
        delta: Cliff's; over strata, its mean. NaN, like p, where nothing can be compared.
        p: of the test, two-sided; NaN where there is none.
        test: one of `TESTS`, or "".
        strata: in how many strata both have values.
    """

    difference: float
    delta: float
    p: float
    test: str
    strata: int


NOTHING = Comparison(math.nan, math.nan, math.nan, "", 0)


def compare(sample: Mapping[Any, Sample], reference: Mapping[Any, Sample]) -> Comparison:
    """Compare within strata, and sum up over them.

    Args:
        sample: of each stratum, such as a target, its values.
        reference: of each stratum, what they are compared with. Strata that only one has are left
            out.

    Returns:
        In one stratum: a Mann-Whitney U test of two samples; an exact sign test of a sample against
        a constant; none between two constants. Over several strata: a Wilcoxon signed-rank test of
        their differences of means, since they are what was replicated.

    Example:
        >>> genome = Sample(np.array([0.2]), is_fixed=True)
        >>> told = compare({"": Sample(np.array([0.3, 0.4, 0.1, 0.5]))}, {"": genome})
        >>> told.delta, told.test, told.p
        (0.5, 'sign', 0.625)
    """
    shared = [key for key in sample if key in reference]
    if not shared:
        return NOTHING
    pairs = [(sample[key], reference[key]) for key in shared]
    differences = [float(one.values.mean() - other.values.mean()) for one, other in pairs]
    deltas = [cliffs_delta(one.values, other.values) for one, other in pairs]
    p, test = _single(*pairs[0]) if len(pairs) == 1 else (_over_strata(differences), WILCOXON)
    return Comparison(
        difference=float(np.mean(differences)),
        delta=float(np.mean(deltas)),
        p=p,
        test=test,
        strata=len(shared),
    )


def cliffs_delta(values: np.ndarray, others: np.ndarray) -> float:
    """The share of pairs in which a value is above another's, less the share where it is below.

    Example:
        >>> cliffs_delta(np.array([1.0, 2.0, 3.0]), np.array([2.0]))
        0.0
    """
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    above = len(ordered) - np.searchsorted(ordered, values, side="right")
    return float((below - above).sum() / (len(values) * len(ordered)))


def holm(p: np.ndarray) -> np.ndarray:
    """p-values corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979).

    Args:
        p: `(tests,)`; NaN where there was no test, which counts for none.

    Returns:
        The corrected ones: at or below a level they keep the chance of any false finding there.

    Example:
        >>> holm(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
        [0.03, 0.06, nan, 0.06]
    """
    corrected = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factors))
    return corrected


def _single(sample: Sample, reference: Sample) -> tuple[float, str]:
    """P and the name of the test, in one stratum."""
    if sample.is_fixed and reference.is_fixed:
        return math.nan, ""
    if sample.is_fixed or reference.is_fixed:
        fixed, drawn = (sample, reference) if sample.is_fixed else (reference, sample)
        away = drawn.values - fixed.values.mean()
        above, below = int((away > 0).sum()), int((away < 0).sum())
        if above + below == 0:
            return 1.0, SIGN
        return float(scipy.stats.binomtest(above, above + below).pvalue), SIGN
    both = np.concatenate([sample.values, reference.values])
    distinct = len(np.unique(both))
    if distinct == 1:
        return 1.0, MANN_WHITNEY
    small = min(len(sample.values), len(reference.values)) <= _EXACT
    method = "exact" if small and distinct == len(both) else "asymptotic"
    test = scipy.stats.mannwhitneyu(sample.values, reference.values, method=method)
    return float(test.pvalue), MANN_WHITNEY


def _over_strata(differences: list[float]) -> float:

    if not any(differences):
        return 1.0
    return float(scipy.stats.wilcoxon(differences).pvalue)

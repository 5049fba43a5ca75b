"""Whether one thing ranks as another does, beyond what is known already."""

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata, t

RESAMPLES = 1000


def partial_spearman(
    one: Float[np.ndarray, "*many n"],
    other: Float[np.ndarray, "*many n"],
    known: Float[np.ndarray, "*many controls n"],
) -> Float[np.ndarray, "*many"]:
    """Rank correlation of what is left of two things once their ranks are fitted by known ones.

    Args:
        one: a value of each network.
        other: another one.
        known: any number of others, fitted linearly, rank on rank.

    Returns:
        From -1 to 1; NaN where nothing is left of either.

    Example:
        >>> x = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
        >>> partial_spearman(x, x**2, np.zeros((0, 5))).round(6)
        np.float64(1.0)
        >>> partial_spearman(x, x**2, x[None])
        np.float64(nan)
    """
    columns = np.concatenate([one[..., None, :], other[..., None, :], known], axis=-2)
    ranks = rankdata(columns, axis=-1)
    ranks -= ranks.mean(axis=-1, keepdims=True)
    both, rest = ranks[..., :2, :], ranks[..., 2:, :]
    left = both - both @ np.linalg.pinv(rest) @ rest
    sizes = np.linalg.norm(left, axis=-1)
    # Rounding leaves something even of what is fitted exactly.
    nothing = (sizes <= 1e-9 * ranks.shape[-1] ** 1.5).any(axis=-1)
    product = np.where(nothing, 1.0, sizes.prod(axis=-1))
    return np.where(nothing, np.nan, (left[..., 0, :] * left[..., 1, :]).sum(axis=-1) / product)[()]


def interval(
    one: Float[np.ndarray, "n"],
    costs: Float[np.ndarray, "targets n"],
    known: Float[np.ndarray, "controls n"],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """The 95% percentile interval of `partial_spearman` with the mean over targets.

    Targets are resampled, and then networks, since both are samples of what there might be.

    Args:
        one: a value of each network.
        costs: of each target and network.
        known: as above.
        resamples: how many.
        seed: of the resampling.

    Returns:
        Its ends; NaN where nothing is left to correlate.
    """
    random = np.random.default_rng(seed)
    targets, n = costs.shape
    some = random.integers(targets, size=(resamples, targets))
    networks = random.integers(n, size=(resamples, n))
    means = costs[some[:, :, None], networks[:, None, :]].mean(axis=1)
    drawn = partial_spearman(one[networks], means, np.moveaxis(known[:, networks], 0, 1))
    if np.isnan(drawn).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def p_value(rho: float, n: int, controls: int) -> float:
    """Two-sided, by Student's distribution; NaN where networks are too few.

    Example:
        >>> round(p_value(0.5, 32, 4), 4)
        0.0067
    """
    freedom = n - 2 - controls
    if freedom < 1 or np.isnan(rho):
        return float("nan")
    return float(2.0 * t.sf(abs(rho) * np.sqrt(freedom / max(1.0 - rho**2, 1e-300)), freedom))


def holm(p: Float[np.ndarray, "tests"]) -> Float[np.ndarray, "tests"]:
    """p-values corrected for many tests, after Holm (1979); NaN is no test.

    Example:
        >>> holm(np.array([0.01, 0.04, np.nan, 0.03])).round(2).tolist()
        [0.03, 0.06, nan, 0.06]
    """
    corrected = np.full(len(p), np.nan)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected

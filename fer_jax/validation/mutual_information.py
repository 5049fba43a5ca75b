"""How far two groupings of the same things agree, beyond what chance gives."""

from collections.abc import Hashable, Sequence

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy
from scipy.stats import hypergeom
from scipy.stats.contingency import crosstab


def adjusted_mutual_information(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Mutual information less what groups of these sizes share by chance, over the most they could.

    As of Vinh, Epps and Bailey (JMLR 11, 2010), over the arithmetic mean of both entropies.

    Args:
        one: the group of each thing; what groups are called says nothing.
        other: the group of each in the other grouping.

    Returns:
        1: the same grouping. 0: no better than chance. NaN if the sizes leave nothing to agree on,
        as where both groupings put everything together.

    Raises:
        ValueError: if the groupings are not of equally many things.

    Example:
        >>> adjusted_mutual_information("aabb", [7, 7, 3, 3])
        1.0
        >>> round(adjusted_mutual_information("aabb", "abab"), 3)
        -0.5
    """
    if len(one) != len(other) or not len(one):
        raise ValueError(f"groupings of {len(one)} and {len(other)} things; expected as many, some")
    table = _table(one, other)
    by_chance = _expected(table)
    room = (_entropy(table.sum(axis=0)) + _entropy(table.sum(axis=1))) / 2.0 - by_chance
    # Rounding leaves as much as this of nothing.
    return float((_shared(table) - by_chance) / room) if room > 1e-12 else float("nan")


def of_shuffles(
    one: Sequence[Hashable], other: Sequence[Hashable], count: int, seed: int = 0
) -> Float[np.ndarray, "count"]:
    """The same of a grouping whose things are dealt out anew.

    Args:
        one: the group of each thing.
        other: the group of each in the other grouping, which is shuffled.
        count: how many times.
        seed: of the shuffles.

    Returns:
        One value for each shuffle.
    """
    random, dealt = np.random.default_rng(seed), np.array(_numbered(other))
    return np.array(
        [adjusted_mutual_information(one, random.permutation(dealt).tolist()) for _ in range(count)]
    )


def _numbered(groups: Sequence[Hashable]) -> list[int]:
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return [numbers[group] for group in groups]


def _table(
    one: Sequence[Hashable], other: Sequence[Hashable]
) -> Float[np.ndarray, "groups others"]:
    """How many things are in each group of one and each of the other."""
    return crosstab(_numbered(one), _numbered(other)).count.astype(np.float64)


def _entropy(sizes: Float[np.ndarray, "groups"]) -> float:
    share = sizes / sizes.sum()
    return float(-xlogy(share, share).sum())


def _shared(table: Float[np.ndarray, "groups others"]) -> float:
    """Mutual information."""
    apart = _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0))
    return apart - _entropy(table.ravel())


def _expected(table: Float[np.ndarray, "groups others"]) -> float:
    """Mean mutual information of all tables with the same sums."""
    total = table.sum()
    rows, columns = table.sum(axis=1)[:, None, None], table.sum(axis=0)[None, :, None]
    both = np.arange(1.0, total + 1.0)
    chance = hypergeom.pmf(both, total, rows, columns)
    return float((chance * both / total * np.log(total * both / (rows * columns))).sum())

"""The rows of dot plots and of the summary table: one group of runs and one metric each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_jax.show.wording import joined, plain

METHOD_ORDER = ("genome", "sgd", "es", "neat", "open_ended")


@dataclass(frozen=True, eq=False)
class Group:
    """What one metric reads for one target, method and architecture.

    Attributes:
        target: name of the target.
        method: how the networks were made.
        arch: their architecture, or "", with any further setting that tells groups apart.
        metric: name of the metric.
        version: of its definition.
        reading: what to call it: its name, with the version where the runs hold several.
        values: every seed's finite value.
        n: number of them.
        mean: their mean; NaN if there is none.
        median: their median.
        low: lower end of the 95% interval of the mean; NaN where there is none.
        high: upper end.
        diverged: seeds that diverged.
        undefined: values that are undefined.
    """

    target: str
    method: str
    arch: str
    metric: str
    version: str
    reading: str
    values: np.ndarray
    n: int
    mean: float
    median: float
    low: float
    high: float
    diverged: int
    undefined: int

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval to be shown: more than one seed, and finite ends."""
        return self.n > 1 and bool(np.isfinite([self.low, self.high]).all())

    @property
    def made_by(self) -> str:
        """Method and architecture in one label, such as `sgd · relu:16x4`."""
        return joined([self.method, self.arch])


def groups_of(table: pd.DataFrame, summary: pd.DataFrame, also: Sequence[str] = ()) -> list[Group]:
    """Join each row of a summary with the values that it sums up.

    Args:
        table: the tidy long table of `fer_jax.read_table`. Rows of a single layer are
            left out.
        summary: of that table, by target, arch, method and `also`, as `summarize` gives it.
        also: further settings that tell groups apart; they are told with the architecture.

    Returns:
        The groups: targets and metrics in the order of the table, within them the genome first.
    """
    whole = table[table["layer"].isna() & (table["seed_status"] != "diverged")]
    finite = whole[np.isfinite(whole["value"])]
    keys = ["target", "method", "arch", *also, "metric", "metric_version"]
    values = {
        tuple(plain(part) for part in key): rows["value"].to_numpy(dtype=float)
        for key, rows in finite.groupby(keys, dropna=False, sort=False, observed=True)
    }
    versions: dict[str, set[str]] = {}
    for row in summary.to_dict("records"):
        versions.setdefault(plain(row["metric"]), set()).add(plain(row["metric_version"]))
    groups = []
    for row in summary.to_dict("records"):
        key = tuple(plain(row[name]) for name in keys)
        target, method, arch, *settings, metric, version = key
        told = [f"{name} {text}" for name, text in zip(also, settings, strict=True) if text]
        groups.append(
            Group(
                target=target,
                method=method,
                arch=joined([arch, *told]),
                metric=metric,
                version=version,
                reading=metric if len(versions[metric]) == 1 else f"{metric} (version {version})",
                values=values.get(key, np.empty(0)),
                n=int(row["n"]),
                mean=float(row["mean"]),
                median=float(row["median"]),
                low=float(row["low"]),
                high=float(row["high"]),
                diverged=int(row["diverged"]),
                undefined=int(row["undefined"]),
            )
        )
    targets = {text: rank for rank, text in enumerate(distinct(group.target for group in groups))}
    return sorted(groups, key=lambda g: (targets[g.target], method_rank(g.method), g.arch))


def method_rank(method: str) -> int:
    """Where a method stands among the others: the genome first, unknown ones last.

    Example:
        >>> sorted(["sgd", "mine", "genome"], key=method_rank)
        ['genome', 'sgd', 'mine']
    """
    return METHOD_ORDER.index(method) if method in METHOD_ORDER else len(METHOD_ORDER)


def distinct(texts: Iterable[str]) -> list[str]:
    """Texts without repetition, in the order of their first appearance.

    Example:
        >>> distinct(["b", "a", "b"])
        ['b', 'a']
    """
    return list(dict.fromkeys(texts))

"""What a test found of a metric, and whether that is enough."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd

from fer_jax.metrics.registry import METRICS


@dataclass(frozen=True)
class Verdict:
    """One number that a test found of one metric.

    Attributes:
        test: its name.
        metric: by name.
        what: the number is, in words.
        value: it; NaN if there is none.
        asked: of it, in words; "" if nothing is.
        passes: whether it does; None if nothing is asked of it.
        low: lower end of its 95% interval, or NaN.
        high: upper end.
        n: on how many networks it stands.
        undefined: how many of them have no reading.
        note: what else a reader must know.
    """

    test: str
    metric: str
    what: str
    value: float
    asked: str = ""
    passes: bool | None = None
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    undefined: int = 0
    note: str = ""


def verdict_table(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Verdicts as a table, with version and kind of each metric, in the order of the registry.

    Example:
        >>> table = verdict_table([Verdict("dials", "spread", "own dial", 0.98, ">= 0.9", True)])
        >>> table.loc[0, "kind"], bool(table.loc[0, "passes"])
        ('entanglement', True)
    """
    rows = []
    for verdict in verdicts:
        about = METRICS[verdict.metric]
        rows.append({**asdict(verdict), "version": about.version, "kind": about.kind})
    order = {name: rank for rank, name in enumerate(METRICS)}
    columns = [*(each.name for each in fields(Verdict)), "version", "kind"]
    table = pd.DataFrame(rows, columns=columns).astype({"passes": "boolean"})
    return table.sort_values("metric", key=lambda names: names.map(order), kind="stable")


def worse(metric: str, values: pd.Series) -> pd.Series:
    """Values turned so that higher is worse.

    Example:
        >>> worse("mirror_sharing", pd.Series([0.5])).tolist()
        [-0.5]
    """
    return -values if METRICS[metric].worse == "lower" else values

"""Which metrics the page of a bench draws."""

from collections.abc import Sequence

import pandas as pd

from fer_jax.metrics.registry import METRICS

HEADLINES = tuple(METRICS)[:2]
"""What stands for fracture and for entanglement."""


def chosen(kind: str) -> list[str]:
    """The metrics of a kind that are drawn: each definition once, the headlines first."""
    names: dict[object, str] = {}
    for name, metric in METRICS.items():
        if metric.kind == kind:
            names.setdefault(metric.compute, name)
    return list(names.values())


def there(names: Sequence[str], table: pd.DataFrame) -> list[str]:
    """Those of some metrics of which a table has readings, in their order."""
    return [name for name in names if name in set(table["metric"])]

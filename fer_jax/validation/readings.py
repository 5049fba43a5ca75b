"""Reading metrics on models, as the rows of a table."""

from collections.abc import Mapping, Sequence

import jax
import numpy as np
import pandas as pd

from fer_jax.cppn.render import Model
from fer_jax.metrics.scoring import measure
from fer_jax.metrics.view import Regions


def readings(
    model: Model,
    metrics: Sequence[str],
    about: Mapping[str, object],
    *,
    size: int,
    target: np.ndarray | None = None,
    regions: Regions | None = None,
    key: int = 0,
) -> pd.DataFrame:
    """What metrics read on a model as a whole.

    Args:
        model: a `Genome` or a `Cppn`.
        metrics: by name.
        about: columns that tell it from other models.
        size: pixels along one side.
        target: what it was meant to draw.
        regions: what is known of its picture.
        key: seed of the metrics' random choices.

    Returns:
        Columns metric, version, value and reason, and those given.
    """
    found = measure(
        model, metrics, size=size, target=target, regions=regions, key=jax.random.key(key)
    )
    rows = [
        {**about, "metric": r.metric, "version": r.version, "value": r.value, "reason": r.reason}
        for r in found
        if r.layer is None
    ]
    return pd.DataFrame(rows)

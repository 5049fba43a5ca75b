"""Scoring a model by any of the registered metrics."""

import difflib
import functools
import math
from collections.abc import Callable, Sequence
from types import MappingProxyType

import jax
import numpy as np
from jax.typing import ArrayLike

from fer_jax.cppn.render import Model
from fer_jax.errors import MetricError
from fer_jax.metrics.behavioural_dimension import behavioural_dimension
from fer_jax.metrics.effective_rank import effective_rank
from fer_jax.metrics.high_frequency import high_frequency
from fer_jax.metrics.jacobian_norm import jacobian_norm
from fer_jax.metrics.live_parameters import live_parameters
from fer_jax.metrics.mirror_sharing import mirror_sharing
from fer_jax.metrics.one_sidedness import one_sidedness
from fer_jax.metrics.reading import Reading, Undefined
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.spread import spread
from fer_jax.metrics.still_pixels import still_pixels
from fer_jax.metrics.total_variation import total_variation
from fer_jax.metrics.view import Regions, View

DEFAULT_SIZE = 48
"""Pixels along one side at which metrics look."""

_Value = float | list[tuple[int | None, float]]

FUNCTIONS: MappingProxyType[str, Callable[[View], _Value]] = MappingProxyType(
    {
        "one_sidedness": one_sidedness,
        "spread": spread,
        "mirror_sharing": mirror_sharing,
        "behavioural_dimension": behavioural_dimension,
        "total_variation": total_variation,
        "high_frequency": high_frequency,
        "effective_rank": effective_rank,
        "jacobian_norm": jacobian_norm,
        "live_parameters": live_parameters,
        "still_pixels": still_pixels,
    }
)
"""What computes each metric: one value, or one for the whole network and one for each layer."""

HEADLINES: MappingProxyType[str, tuple[str, Callable[[float], float]]] = MappingProxyType(
    {
        "fracture": ("mirror_sharing", lambda value: 1.0 - value),
        "entanglement": ("behavioural_dimension", lambda value: value),
    }
)
"""The metric that each headline stands for, and how it is turned so that higher is worse."""


def measure(
    model: Model,
    metrics: Sequence[str] | None = None,
    *,
    target: ArrayLike | None = None,
    size: int = DEFAULT_SIZE,
    key: jax.Array | None = None,
    regions: Regions | None = None,
) -> list[Reading]:
    """Every reading of some metrics, with versions, layers, and reasons where undefined.

    Args:
        model: a `Genome` or a `Cppn`.
        metrics: names; by default all, in the order of the registry.
        target: what the model was meant to draw. No metric needs it yet.
        size: pixels along one side at which metrics look, at least 2.
        key: of random choices. No metric makes any yet.
        regions: the picture's parts, where they are known: labels `(n, n)`, 0 for the background,
            and the concept of each part. By default they are found from the picture.

    Returns:
        The readings, those of the whole network before those of its layers.

    Raises:
        MetricError: for an unknown name or an impossible size.

    Example:
        >>> import fer_jax
        >>> reading, = measure(fer_jax.load_genome("sunrise"), ["still_pixels"], size=16)
        >>> reading.metric, reading.version, 0 <= reading.value <= 1
        ('still_pixels', '1', True)
    """
    names = list(METRICS) if metrics is None else list(metrics)
    for name in names:
        if name not in METRICS:
            near = difflib.get_close_matches(name, METRICS, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise MetricError(
                f"{name[:80]!r} is no metric; {hint}The metrics are {', '.join(METRICS)}"
            )
    if not isinstance(size, int) or size < 2:
        raise MetricError(f"size is {size!r}; expected a whole number of pixels, at least 2")
    view = View(model, size, regions)
    readings_of = functools.cache(functools.partial(_readings, view))
    return [reading for name in names for reading in _named(name, readings_of)]


def score(
    model: Model,
    metrics: Sequence[str] | None = None,
    target: ArrayLike | None = None,
    *,
    size: int = DEFAULT_SIZE,
    key: jax.Array | None = None,
    regions: Regions | None = None,
) -> dict[str, float]:
    """How fractured and entangled a model is, with all other metrics.

    Args:
        model: a `Genome` or a `Cppn`.
        metrics: names; by default all.
        target: what the model was meant to draw. No metric needs it yet.
        size: pixels along one side at which metrics look, at least 2.
        key: of random choices. No metric makes any yet.
        regions: the picture's parts, where they are known: labels `(n, n)`, 0 for the background,
            and the concept of each part. By default they are found from the picture.

    Returns:
        Name -> value of the whole network, among them "fracture" and "entanglement" (0: what an
        ideal unified, factored network gives; 1: fractured, entangled). NaN where a metric is
        undefined: `measure` tells why.

    Raises:
        MetricError: for an unknown name or an impossible size.

    Example:
        >>> import fer_jax
        >>> scores = fer_jax.score(fer_jax.load_genome("sunrise"), size=16)
        >>> "fracture" in scores and "entanglement" in scores
        True
    """
    readings = measure(model, metrics, target=target, size=size, key=key, regions=regions)
    return {reading.metric: reading.value for reading in readings if reading.layer is None}


def _named(name: str, readings_of: Callable[[str], list[Reading]]) -> list[Reading]:
    if name not in HEADLINES:
        return readings_of(name)
    source, turned = HEADLINES[name]
    whole = readings_of(source)[0]
    return [Reading(name, METRICS[name].version, None, turned(whole.value), whole.reason)]


def _readings(view: View, name: str) -> list[Reading]:
    version = METRICS[name].version
    try:
        if not np.isfinite(view.image).all():
            raise Undefined("the picture is not finite")
        value = FUNCTIONS[name](view)
    except Undefined as reason:
        return [Reading(name, version, None, math.nan, str(reason))]
    layers = value if isinstance(value, list) else [(None, value)]
    return [Reading(name, version, layer, float(number)) for layer, number in layers]

"""Scoring a model by any of the registered metrics."""

import difflib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike

from fer_jax.cppn.render import Model
from fer_jax.errors import MetricError
from fer_jax.metrics.metric import Metric, Value
from fer_jax.metrics.reading import Reading, Undefined
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.side_by_side import models_at_once, side_by_side
from fer_jax.metrics.view import Regions, View
from fer_jax.metrics.views import views

DEFAULT_SIZE = 48
"""Pixels along one side at which metrics look."""


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
        target: `(n, n, 3)` RGB in [0, 1], what the model was meant to draw. If it does, what the
            target shows twice and what parts it has counts, rather than what the model's own
            picture shows.
        size: pixels along one side at which metrics look, at least 2.
        key: of random choices, by default `jax.random.key(0)`.
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
    return next(_measured([model], metrics, target, size, key, regions))[1]


def measure_many(
    models: Sequence[Model],
    metrics: Sequence[str] | None = None,
    *,
    target: ArrayLike | None = None,
    size: int = DEFAULT_SIZE,
    key: jax.Array | None = None,
    regions: Regions | None = None,
) -> list[list[Reading]]:
    """`measure` of each of many models, sooner than one by one.

    Dense networks of one arch share one compiled program for each thing that is asked of the
    device. A GPU takes several of them at a time; a processor's cores share them. Memory does not
    grow with the number of models.

    Args:
        models: genomes and networks, of any archs.
        metrics: names; by default all, in the order of the registry.
        target: what all of them were meant to draw, as `measure` takes it.
        size: pixels along one side at which metrics look, at least 2.
        key: of random choices, by default `jax.random.key(0)`.
        regions: the parts of all the pictures, where they are known, as `measure` takes them.

    Returns:
        The readings of each model, in the order of the models.

    Raises:
        MetricError: for an unknown name or an impossible size.

    Example:
        >>> import fer_jax
        >>> moon, sunrise = map(fer_jax.load_genome, ("moon", "sunrise"))
        >>> readings = measure_many([moon, sunrise], ["still_pixels"], size=16)
        >>> readings[1] == measure(sunrise, ["still_pixels"], size=16)
        True
    """
    found = dict(_measured(models, metrics, target, size, key, regions))
    return [found[place] for place in range(len(models))]


def _measured(
    models: Sequence[Model],
    metrics: Sequence[str] | None,
    target: ArrayLike | None,
    size: int,
    key: jax.Array | None,
    regions: Regions | None,
) -> Iterator[tuple[int, list[Reading]]]:
    """The readings of each model, with its place."""
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
    looking: dict[str, Any] = {
        "regions": regions,
        "target": None if target is None else np.asarray(target, np.float32),
        "seed": int(jax.random.bits(jax.random.key(0) if key is None else key)),
    }
    if jax.default_backend() != "cpu":
        for place, view in views(models, size, **looking):
            yield place, _readings(view, names)
        return

    def of_one(place: int) -> tuple[int, list[Reading]]:
        return place, _readings(View(models[place], size, **looking), names)

    yield from side_by_side(of_one, range(len(models)), models_at_once(models))


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
        target: `(n, n, 3)` RGB in [0, 1], what the model was meant to draw. If it does, what the
            target shows twice and what parts it has counts, rather than what the model's own
            picture shows.
        size: pixels along one side at which metrics look, at least 2.
        key: of random choices, by default `jax.random.key(0)`.
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


def _readings(view: View, names: Sequence[str]) -> list[Reading]:
    # A headline and the metric that it stands for are one number.
    values: dict[Callable[[View], Value], Value | Undefined] = {}
    found = []
    for metric in (METRICS[name] for name in names):
        if metric.compute not in values:
            values[metric.compute] = _value(view, metric)
        value = values[metric.compute]
        if isinstance(value, Undefined):
            found.append(Reading(metric.name, metric.version, None, math.nan, str(value)))
            continue
        layers = value if isinstance(value, list) else [(None, value)]
        found += [
            Reading(metric.name, metric.version, layer, float(number)) for layer, number in layers
        ]
    return found


def _value(view: View, metric: Metric) -> Value | Undefined:
    try:
        if not np.isfinite(view.image).all():
            return Undefined("the picture is not finite")
        return metric.compute(view)
    except Undefined as reason:
        return reason

"""Every metric by name."""

from dataclasses import replace
from types import MappingProxyType

from fer_jax.metrics import (
    behavioural_dimension,
    clones,
    dci,
    depth,
    effect_grouping,
    effective_rank,
    high_frequency,
    interaction,
    jacobian_norm,
    live_parameters,
    locality,
    mirror_sharing,
    one_sidedness,
    part_sharing,
    reuse,
    spread,
    still_pixels,
    symmetry_break,
    total_variation,
    weight_density,
)
from fer_jax.metrics.metric import Metric

_HEADLINES = (
    replace(
        mirror_sharing.METRIC,
        name="fracture",
        version="0-provisional",
        worse="higher",
        range="about 0 to 1",
        calibration="0: one mechanism draws both halves; 1: they share nothing",
        summary="Provisional headline: 1 - mirror_sharing. Not yet validated.",
        compute=lambda view: 1.0 - mirror_sharing.mirror_sharing(view),
    ),
    replace(
        behavioural_dimension.METRIC,
        name="entanglement",
        version="0-provisional",
        summary="Provisional headline: behavioural_dimension. Not yet validated.",
    ),
)

_MODULES = (
    one_sidedness,
    spread,
    mirror_sharing,
    part_sharing,
    reuse,
    clones,
    behavioural_dimension,
    locality,
    interaction,
    effect_grouping,
    symmetry_break,
    total_variation,
    high_frequency,
    effective_rank,
    jacobian_norm,
    live_parameters,
    weight_density,
    depth,
    dci,
    still_pixels,
)

METRICS: MappingProxyType[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*_HEADLINES, *(module.METRIC for module in _MODULES))}
)
"""Every metric by name, headlines first; the order of tables."""

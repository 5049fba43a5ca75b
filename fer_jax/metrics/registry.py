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
    replace(one_sidedness.METRIC, name="fracture", version="3"),
    replace(spread.METRIC, name="entanglement", version="3"),
)
"""What stands for fracture and for entanglement. Frozen: another choice, or another definition of
what is chosen, is another version."""

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

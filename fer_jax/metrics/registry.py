"""Every metric by name, with what a reader must know before believing its number."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Metric:
    """What a metric is; how it is computed stands in the module of its name.

    Attributes:
        name: as it stands in tables.
        version: of the definition; another definition is another version, in every row.
        kind: "fracture", "entanglement", "baseline" (must not do as well) or "report".
        worse: "higher", "lower" or "neither": which direction says worse.
        range: of its values, in words.
        summary: what it is, in one sentence.
    """

    name: str
    version: str
    kind: str
    worse: str
    range: str
    summary: str


_ALL = (
    Metric(
        "fracture",
        "0-provisional",
        "fracture",
        "higher",
        "about 0 to 1",
        "Provisional headline: 1 - mirror_sharing. Not yet validated.",
    ),
    Metric(
        "entanglement",
        "0-provisional",
        "entanglement",
        "higher",
        "1/16 to 1",
        "Provisional headline: behavioural_dimension. Not yet validated.",
    ),
    Metric(
        "one_sidedness",
        "1",
        "fracture",
        "higher",
        "0 to 1",
        "How far parameters that move one copy of what the picture shows twice leave the other "
        "copy as it is.",
    ),
    Metric(
        "spread",
        "1",
        "entanglement",
        "higher",
        "0 to 1",
        "Over how many of the picture's concepts the effect of one parameter spreads.",
    ),
    Metric(
        "mirror_sharing",
        "1",
        "fracture",
        "lower",
        "below 0 to 1",
        "How far the same parameters draw both halves of a mirror-symmetric picture, beyond what "
        "pixels at the same distance share anyway (0); 1: the halves are drawn by one mechanism.",
    ),
    Metric(
        "behavioural_dimension",
        "1",
        "entanglement",
        "higher",
        "1/16 to 1",
        "In how many ways 16 parameters change the picture, over 16: participation ratio of the "
        "directions of their effects.",
    ),
    Metric(
        "total_variation",
        "1",
        "baseline",
        "neither",
        "0 and above, per half picture",
        "How steep the feature maps are: mean absolute slope over standard deviation. A baseline: "
        "it sees smoothness, not how the network is organised.",
    ),
    Metric(
        "high_frequency",
        "1",
        "baseline",
        "neither",
        "0 to 1",
        "Share of the maps' variance that is fine detail. A baseline.",
    ),
    Metric(
        "effective_rank",
        "1",
        "baseline",
        "neither",
        "0 to 1",
        "In how many independent ways the maps vary, over their number. A baseline.",
    ),
    Metric(
        "jacobian_norm",
        "1",
        "baseline",
        "neither",
        "0 and above",
        "How strongly the picture depends on its parameters. A baseline.",
    ),
    Metric(
        "live_parameters",
        "1",
        "baseline",
        "neither",
        "0 and above",
        "How many parameters take part. A baseline.",
    ),
    Metric(
        "still_pixels",
        "1",
        "report",
        "neither",
        "0 to 1",
        "Share of pixels that no parameter can move, because the colour map clips them.",
    ),
)

METRICS: MappingProxyType[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})
"""Every metric by name, headlines first; the order of tables."""

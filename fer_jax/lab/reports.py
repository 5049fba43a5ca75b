"""What a run tells of itself beside the metrics of networks: a number for each of its seeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Report:
    """A number that is read of a whole run.

    Attributes:
        version: of its definition.
        range: in words.
        summary: what it is.
    """

    version: str
    range: str
    summary: str


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "loss": Report(
            "1",
            "0 to 1, 0 for the target",
            "Mean squared error of RGB against the target, at the target's size.",
        ),
        "coverage": Report(
            "1",
            "0 to 1",
            "Share of the cells of the archive that hold a genome at the end.",
        ),
        "qd_score": Report(
            "1",
            "0 and more",
            "Sum over the cells of the archive of what their genomes are worth, at the end.",
        ),
    }
)
"""By name; all of kind "report"."""

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
        "symmetry_first": Report(
            "1",
            "0 to 1",
            "Share of lines of descent that were symmetric (0.9 and more) for good before they had "
            "half of their last picture's complexity for good; those of what was collected, or of "
            "the elites that differ most. Lines whose last picture is not symmetric do not count.",
        ),
        "collected_symmetry": Report("1", "0 to 1", "Mean symmetry of the same pictures."),
        "collected_complexity": Report("1", "0 to 1", "Mean complexity of the same pictures."),
    }
)
"""By name; all of kind "report"."""

"""What a metric gives: a number with its version, or NaN with a reason."""

import math
from dataclasses import dataclass


class Undefined(Exception):
    """Raised within a metric where it has no value; its text is the reason."""


@dataclass(frozen=True)
class Reading:
    """One number that a metric gave.

    Attributes:
        metric: its name.
        version: of its definition.
        layer: of the feature maps (1: first behind the inputs), or None for the whole network.
        value: the number, or NaN.
        reason: why it is NaN, or "".
    """

    metric: str
    version: str
    layer: int | None
    value: float
    reason: str = ""

    def __post_init__(self) -> None:
        if math.isnan(self.value) != bool(self.reason):
            raise AssertionError(f"{self}: an undefined value has a reason, another has none")

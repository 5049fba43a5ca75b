"""What a metric is, with what a reader must know before believing its number."""

from collections.abc import Callable
from dataclasses import dataclass

from fer_jax.metrics.view import View

Value = float | list[tuple[int | None, float]]
"""One value, or (None, value) for the whole network and (layer, value) for some of its layers."""


@dataclass(frozen=True)
class Metric:
    """A definition with a name and a version. Every module of a metric ends with its own.

    Attributes:
        name: as it stands in tables.
        version: of the definition; another definition is another version, in every row.
        kind: "fracture", "entanglement", "baseline" (must not do as well) or "report".
        worse: "higher", "lower" or "neither": which direction says worse.
        range: of its values, in words.
        calibration: what the ends of the range stand for.
        needs: what a picture or network must have, or it is undefined.
        basis_free: whether any basis of a linear block gives the same value.
        reference: where it comes from.
        summary: what it is, in one sentence.
        compute: the value of a view.
        samples: whether it draws a random sample, by the key that it is given.
    """

    name: str
    version: str
    kind: str
    worse: str
    range: str
    calibration: str
    needs: str
    basis_free: bool
    reference: str
    summary: str
    compute: Callable[[View], Value]
    samples: bool = False

"""What a genome is made of: nodes and links, as files hold them."""

import math
from dataclasses import dataclass

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Node:
    """A neuron of a genome.

    Attributes:
        id: its identity in the genome; of Picbreeder's it is `branch_id`, since ids alone collide.
        activation: one of `fer_jax.cppn.names.ACTIVATION_NAMES`.
        role: the name of an input or output, or "" for a hidden node.
        label: what a person wrote on it (CPPN-X), or "".
    """

    id: str
    activation: str
    role: str = ""
    label: str = ""


@dataclass(frozen=True)
class Link:
    """A weighted connection from `source` to `target` (node ids).

    An original weight that is the weight says nothing, and becomes None.

    Attributes:
        source: id of the node it comes from.
        target: id of the node it goes to.
        weight: finite, kept in double precision; computations use float32.
        label: what a person wrote on it (CPPN-X), such as "Mouth open close", or "".
        original_weight: the weight before a person changed it (CPPN-X), or None if nobody did.
    """

    source: str
    target: str
    weight: float
    label: str = ""
    original_weight: float | None = None

    def __post_init__(self) -> None:
        if self.original_weight is not None and same_number(self.original_weight, self.weight):
            object.__setattr__(self, "original_weight", None)


def same_number(one: float, other: float) -> bool:
    """Whether two numbers are the same, sign of zero included."""
    return one == other and math.copysign(1.0, one) == math.copysign(1.0, other)

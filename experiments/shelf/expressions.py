"""Genomes written as arithmetic: a sum is a set of weighted links, a function call is a neuron.

    hill = gaussian(2.5 * x - 0.5)              # a neuron with links from x (2.5) and bias (-0.5)
    genome("hill", hue=0.3, saturation=0.4 * hill, brightness=0.5 + 0.4 * hill)

A Python variable used twice is one neuron with two outgoing links, so what a picture shares and
what it repeats is decided in the drawing's own text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fer_jax.genome.graph import Color, Genome, Link, Node

WEIGHT_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class Neuron:
    """A node to be: what it computes, of which sum; equal only to itself."""

    activation: str
    total: "Sum"
    name: str = ""


@dataclass(frozen=True, eq=False)
class Sum:
    """A weighted sum of neurons, as it arrives at another neuron."""

    weights: dict[Neuron, float] = field(default_factory=dict)
    labels: dict[Neuron, str] = field(default_factory=dict)

    def __add__(self, other: "Sum | float") -> "Sum":
        other = as_sum(other)
        weights = dict(self.weights)
        for neuron, weight in other.weights.items():
            weights[neuron] = weights.get(neuron, 0.0) + weight
        return Sum(weights, {**other.labels, **self.labels})

    def __mul__(self, factor: float) -> "Sum":
        return Sum({n: w * factor for n, w in self.weights.items()}, self.labels)

    def __neg__(self) -> "Sum":
        return self * -1.0

    def __sub__(self, other: "Sum | float") -> "Sum":
        return self + -as_sum(other)

    def __rsub__(self, other: "Sum | float") -> "Sum":
        return as_sum(other) - self

    def __truediv__(self, divisor: float) -> "Sum":
        return self * (1.0 / divisor)

    __radd__ = __add__
    __rmul__ = __mul__


def as_sum(value: Sum | float) -> Sum:
    """A number becomes a link from the bias input."""
    return value if isinstance(value, Sum) else bias * float(value)


def total(values: Iterable[Sum | float]) -> Sum:
    """The sum of several sums."""
    return sum(values, Sum())


def labelled(value: Sum, label: str) -> Sum:
    """Write a person's name for what they do on the links of a sum."""
    return Sum(value.weights, dict.fromkeys(value.weights, label))


def _input(name: str) -> Sum:
    return Sum({Neuron("identity", Sum(), name): 1.0})


x, y, d, bias = INPUTS = tuple(_input(name) for name in ("x", "y", "d", "bias"))


def _activation(activation: str) -> Callable[..., Sum]:
    def neuron(z: Sum | float, name: str = "") -> Sum:
        return Sum({Neuron(activation, as_sum(z), name): 1.0})

    neuron.__doc__ = f"A new `{activation}` neuron, whose id is its name or a number."
    return neuron


gaussian = _activation("gaussian")
sigmoid = _activation("sigmoid")
identity = _activation("identity")
sin = _activation("sin")
cos = _activation("cos")
tanh = _activation("tanh")
relu = _activation("relu")


def genome(
    name: str,
    hue: Sum | float,
    saturation: Sum | float,
    brightness: Sum | float,
    label_colors: dict[str, Color] | None = None,
) -> Genome:
    """Lay out the neurons that three outputs depend on, sources before targets.

    Args:
        name: what to call the genome.
        hue: what arrives at the output; a number is a link from the bias.
        saturation: likewise.
        brightness: likewise.
        label_colors: a colour for every label on a link.

    Returns:
        The genome. Weights are rounded to `WEIGHT_DECIMALS`; a link that rounds to 0 is left out.
    """
    inputs = [neuron for role in INPUTS for neuron in role.weights]
    channels = {"hue": hue, "saturation": saturation, "brightness": brightness}
    outputs = [Neuron("identity", as_sum(channel), role) for role, channel in channels.items()]
    order = dict.fromkeys(inputs)
    for output in outputs:
        _visit(output, order)
    ends = {*inputs, *outputs}
    # A genome's file lists the inputs first and the outputs last.
    neurons = [*inputs, *(neuron for neuron in order if neuron not in ends), *outputs]
    ids = {neuron: neuron.name or f"n{place}" for place, neuron in enumerate(neurons)}
    return Genome(
        tuple(Node(ids[n], n.activation, n.name if n in ends else "") for n in neurons),
        tuple(
            Link(ids[source], ids[target], rounded, label=target.total.labels.get(source, ""))
            for target in neurons
            for source, weight in target.total.weights.items()
            if (rounded := round(weight, WEIGHT_DECIMALS))
        ),
        name,
        tuple((label_colors or {}).items()),
    )


def _visit(neuron: Neuron, order: dict[Neuron, None]) -> None:
    if neuron not in order:
        for source in neuron.total.weights:
            _visit(source, order)
        order[neuron] = None

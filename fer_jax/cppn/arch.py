"""The shape of a dense CPPN: how many layers, and how many neurons of each activation a layer has.

Three spellings, all accepted everywhere:

- `12;cache:15,gaussian:4,identity:2,sin:1`: the form of the original study, and of `str(arch)`;
- `12/cache:15/gaussian:4/identity:2/sin:1`: the same, safe in a shell and in Hydra's grammar;
- `relu:64x6`: a plain network, here 6 hidden layers of 64 neurons.
"""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

from fer_jax.cppn import arch_spelling
from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.errors import ArchError

MAX_WIDTH = 4096
MAX_DEPTH = 1024
MAX_PARAMETERS = 2**27
"""Half a GiB in float32; training keeps four times that for every seed at work."""


@dataclass(frozen=True)
class Arch:
    """The architecture of a dense CPPN: every hidden layer has the same neurons.

    Attributes:
        depth: number of hidden layers, 1 to `MAX_DEPTH`.
        neurons: (activation, count) pairs of one layer, in alphabetical order of the activation;
            a layer's neurons lie in this order. Together 1 to `MAX_WIDTH`.
        inputs: names of the inputs, in order.
        outputs: names of the outputs, in order.

    Raises:
        ArchError: if a field is out of its range.

    Example:
        >>> arch = Arch.parse("relu:64x6")
        >>> str(arch), arch.width, arch.parameter_count
        ('6;relu:64', 64, 20928)
    """

    depth: int
    neurons: tuple[tuple[str, int], ...]
    inputs: tuple[str, ...] = INPUT_NAMES
    outputs: tuple[str, ...] = OUTPUT_NAMES

    def __post_init__(self) -> None:
        if mistake := _mistake(self.depth, self.neurons):
            raise ArchError(mistake.told)
        if self.parameter_count > MAX_PARAMETERS:
            raise ArchError(
                f"has {self.parameter_count:,} parameters; the limit is {MAX_PARAMETERS:,} "
                "(0.5 GiB in float32): take fewer layers or neurons"
            )

    @property
    def width(self) -> int:
        """Neurons per hidden layer."""
        return sum(count for _, count in self.neurons)

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units of every layer, inputs first and outputs last."""
        return (len(self.inputs), *[self.width] * self.depth, len(self.outputs))

    @property
    def kernel_shapes(self) -> tuple[tuple[int, int], ...]:
        """(units in, units out) of Dense_0 ... Dense_depth."""
        return tuple(itertools.pairwise(self.layer_sizes))

    @property
    def parameter_count(self) -> int:
        """Length of the flat parameter vector."""
        return sum(rows * columns for rows, columns in self.kernel_shapes)

    @property
    def activation_slices(self) -> tuple[tuple[str, slice], ...]:
        """Which neurons of a hidden layer have which activation."""
        ends = list(itertools.accumulate(count for _, count in self.neurons))
        return tuple(
            (name, slice(end - count, end))
            for (name, count), end in zip(self.neurons, ends, strict=True)
        )

    def __str__(self) -> str:
        return f"{self.depth};" + ",".join(f"{name}:{count}" for name, count in self.neurons)

    @property
    def spelling(self) -> str:
        """The spelling that is safe in a shell, in Hydra's grammar and in a file name's column."""
        if len(self.neurons) == 1:
            name, count = self.neurons[0]
            return f"{name}:{count}x{self.depth}"
        return str(self).replace(";", "/").replace(",", "/")

    @classmethod
    def parse(cls, text: "str | Arch") -> "Arch":
        """Read an architecture in any of the three spellings.

        Args:
            text: the string, or an `Arch`, which is returned as it is.

        Returns:
            The architecture, with the standard inputs and outputs.

        Raises:
            ArchError: naming the mistake and the position where it stands.

        Example:
            >>> str(Arch.parse("12/cache:15/gaussian:4/identity:2/sin:1"))
            '12;cache:15,gaussian:4,identity:2,sin:1'
        """
        if isinstance(text, Arch):
            return text
        if not isinstance(text, str):
            raise ArchError(f"an arch is a string such as 'relu:64x6', not {str(text)[:80]!r}")
        text = text.strip()
        try:
            return _read(text)
        except ArchError as error:
            hint = _hint(text)
            raise ArchError(f"arch {text[:80]!r}: {error}{hint}") from None


class _Mistake(NamedTuple):
    """What is wrong, with which neurons (-1: the depth), and whether with their name or count."""

    told: str
    item: int
    part: int


def _mistake(depth: int, neurons: tuple[tuple[str, int], ...]) -> _Mistake | None:
    """The first rule of an architecture that is broken; the rule of its size comes after these."""
    if not _is_whole(depth) or not 1 <= depth <= MAX_DEPTH:
        return _Mistake(f"an arch has 1 to {MAX_DEPTH} hidden layers, not {_short(depth)}", -1, 1)
    if not neurons:
        return _Mistake("an arch needs at least one neuron per layer, such as 'relu:64x6'", -1, 1)
    width = 0
    for item, (name, count) in enumerate(neurons):
        before = neurons[item - 1][0] if item else ""
        if name not in ACTIVATIONS:
            return _Mistake(arch_spelling.unknown_activation(name), item, 0)
        if not _is_whole(count) or count < 1:
            told = f"a layer has at least 1 neuron of each activation it names, not {_short(count)}"
            return _Mistake(told, item, 1)
        width += count
        if width > MAX_WIDTH:
            told = f"a layer has at most {MAX_WIDTH} neurons, not {_short(width)}"
            return _Mistake(told, item, 1)
        if name in (earlier for earlier, _ in neurons[:item]):
            return _Mistake(f"{name} is named twice; add the counts", item, 0)
        if name < before:
            # The order decides what each flat parameter means, so it is never changed silently.
            told = f"{name} comes before {before}: activations are in alphabetical order"
            return _Mistake(told, item, 0)
    return None


def _read(text: str) -> Arch:
    depth, neurons, places = arch_spelling.split(text)
    if mistake := _mistake(depth, neurons):
        raise ArchError(f"at position {places[mistake.item][mistake.part] + 1}: {mistake.told}")
    return Arch(depth, neurons)


def _hint(text: str) -> str:
    """What was probably meant, where that can be built."""
    meant = arch_spelling.guess(text)
    try:
        _read(meant)
    except ArchError:
        return ""
    return f"; did you mean {meant!r}?"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(value: object) -> str:
    """A value within one line; printing a very long integer is an error in Python."""
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    return str(value)[:40]

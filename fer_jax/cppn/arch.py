"""The shape of a dense CPPN: how many layers, and how many neurons of each activation a layer has.

Three spellings, all accepted everywhere:

- `12;cache:15,gaussian:4,identity:2,sin:1`: the form of the original study, and of `str(arch)`;
- `12/cache:15/gaussian:4/identity:2/sin:1`: the same, safe in a shell and in Hydra's grammar;
- `relu:64x6`: a plain network, here 6 hidden layers of 64 neurons.
"""

import difflib
import itertools
import re
from dataclasses import dataclass

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.color import OUTPUT_NAMES
from fer_jax.cppn.coordinates import INPUT_NAMES
from fer_jax.errors import ArchError

MAX_WIDTH = 4096
MAX_DEPTH = 1024

_PLAIN = re.compile(r"(?P<activation>[^:;,/]*):(?P<width>[^:;,/x]*)x(?P<depth>[^:;,/x]*)")


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
        names = [name for name, _ in self.neurons]
        if not 1 <= self.depth <= MAX_DEPTH:
            raise ArchError(f"an arch has 1 to {MAX_DEPTH} hidden layers, not {self.depth}")
        if not names:
            raise ArchError("an arch needs at least one neuron per layer, such as 'relu:64x6'")
        for name, count in self.neurons:
            if name not in ACTIVATIONS:
                raise ArchError(_unknown_activation(name))
            if count < 1:
                raise ArchError(f"{name}:{count}: an activation needs at least 1 neuron")
        if len(set(names)) < len(names):
            raise ArchError(f"an activation is named twice in {', '.join(names)}; add the counts")
        if names != sorted(names):
            # The order decides what each flat parameter means, so it is never changed silently.
            raise ArchError(
                f"activations must be in alphabetical order: {', '.join(sorted(names))}; "
                f"came {', '.join(names)}"
            )
        if self.width > MAX_WIDTH:
            raise ArchError(f"a layer has at most {MAX_WIDTH} neurons, not {self.width}")

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
            raise ArchError(f"an arch is a string such as 'relu:64x6', not {text!r}")
        text = text.strip()
        try:
            return cls(*_read(text))
        except ArchError as error:
            raise ArchError(f"arch {text[:80]!r}: {error}") from None


def _read(text: str) -> tuple[int, tuple[tuple[str, int], ...]]:
    if not text:
        raise ArchError("is empty; write it like 'relu:64x6' or '12/cache:15/gaussian:4'")
    if plain := _PLAIN.fullmatch(text):
        width = _count(plain["width"], plain.start("width"), "the width")
        depth = _count(plain["depth"], plain.start("depth"), "the number of layers")
        return depth, ((_activation(plain["activation"], 0), width),)
    parts = [(found.group(), found.start()) for found in re.finditer(r"[^;,/]*(?=[;,/]|$)", text)]
    parts = parts[:1] + [
        part for before, part in itertools.pairwise(parts) if part[1] != before[1] + len(before[0])
    ]
    if len(parts) < 2:
        raise ArchError(
            "has no layer count; write '<hidden layers>/<activation>:<neurons>/...' "
            "or '<activation>:<neurons>x<hidden layers>'"
        )
    (first, position), *rest = parts
    return _count(first, position, "the number of layers"), tuple(_neurons(*part) for part in rest)


def _neurons(part: str, position: int) -> tuple[str, int]:
    name, colon, count = part.partition(":")
    if not colon:
        raise ArchError(f"at position {position + 1}: expected 'activation:neurons', got {part!r}")
    return _activation(name, position), _count(count, position + len(name) + 1, "the neuron count")


def _activation(name: str, position: int) -> str:
    if name not in ACTIVATIONS:
        raise ArchError(f"at position {position + 1}: {_unknown_activation(name)}")
    return name


def _count(text: str, position: int, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ArchError(
            f"at position {position + 1}: {what} must be a whole number of at most 6 digits, "
            f"got {text[:20]!r}"
        )
    return int(text)


def _unknown_activation(name: str) -> str:
    near = difflib.get_close_matches(name, ACTIVATIONS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown activation {name[:20]!r}; {hint}The activations are {', '.join(ACTIVATIONS)}"

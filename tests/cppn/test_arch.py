import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import MAX_DEPTH, MAX_WIDTH, Arch
from fer_jax.errors import ArchError

SKULL = "12;cache:15,gaussian:4,identity:2,sin:1"
NEURONS = (("cache", 15), ("gaussian", 4), ("identity", 2), ("sin", 1))


@st.composite
def archs(draw: st.DrawFn) -> Arch:
    names = sorted(draw(st.sets(st.sampled_from(list(ACTIVATIONS)), min_size=1)))
    counts = st.integers(1, MAX_WIDTH // len(names))
    return Arch(draw(st.integers(1, MAX_DEPTH)), tuple((name, draw(counts)) for name in names))


@given(archs())
def test_every_spelling_is_read_back(arch):
    spellings = {str(arch), str(arch).replace(";", "/").replace(",", "/"), arch.spelling}
    if len(arch.neurons) == 1:
        spellings.add(f"{arch.neurons[0][0]}:{arch.width}x{arch.depth}")
    for spelling in spellings:
        assert Arch.parse(spelling) == arch
        assert Arch.parse(f"  {spelling}\n") == arch


@given(archs())
def test_the_safe_spelling_survives_a_shell_and_hydra(arch):
    assert not set(arch.spelling) & set(";, \"'$&|<>(){}[]*?=\\~#!")


@given(archs())
def test_sizes_agree(arch):
    assert arch.layer_sizes == (4, *[arch.width] * arch.depth, 3)
    assert len(arch.kernel_shapes) == arch.depth + 1
    assert arch.parameter_count == sum(rows * columns for rows, columns in arch.kernel_shapes)
    covered = [i for _, where in arch.activation_slices for i in range(where.start, where.stop)]
    assert covered == list(range(arch.width))


def test_the_papers_arch():
    for spelling in (SKULL, "12/cache:15/gaussian:4/identity:2/sin:1"):
        arch = Arch.parse(spelling)
        assert (arch.depth, arch.neurons) == (12, NEURONS)
        assert str(arch) == SKULL
        assert (arch.width, arch.parameter_count) == (22, 5478)
    assert Arch.parse("relu:64x6") == Arch(6, (("relu", 64),))
    assert Arch.parse(arch) is arch


def test_frozen_and_hashable():
    arch = Arch.parse(SKULL)
    assert {arch: 1}[Arch.parse(arch.spelling)] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        arch.depth = 3


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "is empty; write it like 'relu:64x6'"),
        ("   ", "is empty"),
        ("12", "has no layer count; write '<hidden layers>/<activation>:<neurons>/...'"),
        ("relu:64", "has no layer count"),
        ("a;relu:3", "at position 1: the number of layers must be a whole number.*, got 'a'"),
        (";relu:3", "at position 1: the number of layers must be a whole number.*, got ''"),
        ("-1;relu:3", "at position 1: .*got '-1'"),
        ("1.5;relu:3", "at position 1: .*got '1.5'"),
        ("2;relu", "at position 3: expected 'activation:neurons', got 'relu'"),
        ("2;relu:3,,sin:1", "at position 10: expected 'activation:neurons', got ''"),
        ("2;relu:3,", "at position 10: expected 'activation:neurons', got ''"),
        ("2;relu:", "at position 8: the neuron count must be a whole number.*, got ''"),
        ("2;relu:3,sin:x", "at position 14: the neuron count must be a whole number.*, got 'x'"),
        ("2;relu:٣", "at position 8: the neuron count must be a whole number"),
        ("2;relu:3,sin:9999999", "at position 14: .*at most 6 digits, got '9999999'"),
        ("2/gausian:3", "at position 3: unknown activation 'gausian'; did you mean 'gaussian'?"),
        ("  2/gausian:3", "arch '2/gausian:3': at position 3: unknown activation"),
        ("swish:3x2", "at position 1: unknown activation 'swish'; The activations are cache, cos"),
        ("relu:x2", "at position 6: the width must be a whole number.*, got ''"),
        ("relu:3x", "at position 8: the number of layers must be a whole number.*, got ''"),
        ("relu:0x2", "relu:0: an activation needs at least 1 neuron"),
        ("0;relu:3", "an arch has 1 to 1024 hidden layers, not 0"),
        ("relu:3x1025", "an arch has 1 to 1024 hidden layers, not 1025"),
        ("2;relu:4097", "a layer has at most 4096 neurons, not 4097"),
        ("2;cos:4000,relu:97", "a layer has at most 4096 neurons, not 4097"),
        ("2;sin:1,cos:1", "must be in alphabetical order: cos, sin; came sin, cos"),
        ("2;sin:1,sin:2", "an activation is named twice in sin, sin; add the counts"),
    ],
)
def test_a_mistake_is_told_where_it_stands(spec, message):
    with pytest.raises(ArchError, match=message) as caught:
        Arch.parse(spec)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("spec", [None, 12, ["relu:3x2"], b"relu:3x2"])
def test_no_string(spec):
    with pytest.raises(ArchError, match="an arch is a string such as 'relu:64x6', not"):
        Arch.parse(spec)


@given(st.text(max_size=30) | st.text(alphabet="12;:,/xrelusin", max_size=20))
def test_any_text_is_an_arch_or_one_clear_line(text):
    told = ""
    try:
        assert Arch.parse(str(Arch.parse(text))) == Arch.parse(text)
    except ArchError as error:
        told = str(error)
    assert "\n" not in told


def test_limits_are_reached():
    assert Arch.parse(f"{MAX_DEPTH};tanh:{MAX_WIDTH}").width == MAX_WIDTH
    with pytest.raises(ArchError, match="at least one neuron per layer"):
        Arch(3, ())
    with pytest.raises(ArchError, match="unknown activation 'rleu'; did you mean 'relu'"):
        Arch(3, (("rleu", 2),))

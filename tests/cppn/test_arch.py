import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.cppn.activations import ACTIVATIONS
from fer_jax.cppn.arch import MAX_DEPTH, MAX_PARAMETERS, MAX_WIDTH, Arch
from fer_jax.errors import ArchError

SKULL = "12;cache:15,gaussian:4,identity:2,sin:1"
NEURONS = (("cache", 15), ("gaussian", 4), ("identity", 2), ("sin", 1))


@st.composite
def archs(draw: st.DrawFn) -> Arch:
    names = sorted(draw(st.sets(st.sampled_from(list(ACTIVATIONS)), min_size=1)))
    depth = draw(st.integers(1, MAX_DEPTH))
    width = min(MAX_WIDTH, math.isqrt((MAX_PARAMETERS // depth) - 8 * MAX_WIDTH))
    counts = st.integers(1, width // len(names))
    return Arch(depth, tuple((name, draw(counts)) for name in names))


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


LAYERS_FIRST = "the number of hidden layers, which comes first, must be a whole number"


@pytest.mark.parametrize(
    ("spec", "message", "meant"),
    [
        ("", "is empty; write it like 'relu:64x6'", ""),
        ("   ", "is empty", ""),
        # Something is missing.
        ("12", "has no ':'; write '<activation>:<neurons>x<hidden layers>' or", ""),
        ("relu", "has no ':'", ""),
        ("relu64x6", "has no ':'", "relu:64x6"),
        ("relu:64", "at position 8: no layer count; write '<activation>:<neurons>x<hidden", ""),
        (";relu:3", f"at position 1: {LAYERS_FIRST}, got ''", ""),
        ("2;relu", "at position 3: expected 'activation:neurons', got 'relu'", ""),
        ("2;relu:", "at position 8: the number of neurons must be a whole number, got ''", ""),
        ("relu:x2", "at position 6: the number of neurons must be a whole number, got ''", ""),
        ("relu:3x", "at position 8: the number of hidden layers must be a whole number", ""),
        # Numbers that are none, or out of their range.
        ("-1;relu:3", f"at position 1: {LAYERS_FIRST}, got '-1'", ""),
        ("1.5;relu:3", "at position 1: .*got '1.5'", ""),
        ("relu:-3x2", "at position 6: .*got '-3'", ""),
        ("relu:6.4x2", "at position 6: .*got '6.4'", ""),
        ("relu:64.0x2", "at position 6: .*got '64.0'", "relu:64x2"),
        ("relu:1e3x2", "at position 6: .*got '1e3'", ""),
        ("2;relu:٣", "at position 8: .*got '٣'", "2;relu:3"),
        ("２;relu:3", "at position 1: .*got '２'", "2;relu:3"),
        ("2;relu:²", "at position 8: .*got '²'", "2;relu:2"),
        ("2;relu:3,sin:x", "at position 14: the number of neurons must be .*, got 'x'", ""),
        (
            "relu:0x2",
            "at position 6: a layer has at least 1 neuron of each activation .* not 0",
            "",
        ),
        ("2;cos:1,relu:0", "at position 14: a layer has at least 1 neuron", ""),
        ("0;relu:3", "at position 1: an arch has 1 to 1024 hidden layers, not 0", ""),
        ("relu:3x1025", "at position 8: an arch has 1 to 1024 hidden layers, not 1025", ""),
        ("2;relu:4097", "at position 8: a layer has at most 4096 neurons, not 4097", ""),
        ("2;cos:4000,relu:97", "at position 17: a layer has at most 4096 neurons, not 4097", ""),
        (f"{'9' * 99};relu:1", "at position 1: .* not a number of more than 20 digits", ""),
        ("relu:4096x1024", "has 17,163,120,640 parameters; the limit is 134,217,728", ""),
        # Signs that stand where others belong.
        ("relu:64:6", "at position 8: expected 'x' and .* layers, got ':6'", "relu:64x6"),
        ("relu:64X6", "at position 8: expected 'x' and .*, got 'X6'", "relu:64x6"),
        ("relu:64×6", "at position 8: expected 'x' and .*, got '×6'", "relu:64x6"),
        ("relu:64*6", "at position 8: expected 'x' and", "relu:64x6"),
        ("relu: 64 x 6", "at position 6: .*got ' 64 '", "relu:64x6"),
        ("relu::64x6", "at position 6: .*got ':64'", "relu:64x6"),
        ("relu:64x6x2", "at position 9: .*got '6x2'", ""),
        ("relu,64,6", f"at position 1: {LAYERS_FIRST}, got 'relu'", "relu:64x6"),
        ("2;relu:3,,sin:1", "at position 10: .*, got ''", "2;relu:3,sin:1"),
        ("2;relu:3,", "at position 10: expected 'activation:neurons', got ''", "2;relu:3"),
        ("/2/relu:3", "at position 1: .*, got ''", "2/relu:3"),
        ("2;cos:3/sin:1", "at position 8: expected ',', got '/'", "2;cos:3,sin:1"),
        ("2/cos:3;sin:1", "at position 8: expected '/', got ';'", "2;cos:3,sin:1"),
        ("2;cos:3;sin:1", "at position 8: expected ',', got ';'", "2;cos:3,sin:1"),
        ("2,cos:3,sin:1", "at position 2: expected ';' or '/', got ','", "2;cos:3,sin:1"),
        # Order.
        ("64x6:relu", "at position 6: .*got 'relu'", "relu:64x6"),
        ("cos:3,sin:1;2", f"at position 1: {LAYERS_FIRST}, got 'cos:3'", "2;cos:3,sin:1"),
        ("2;sin:1,cos:1", "at position 9: cos comes before sin: .*order", "2;cos:1,sin:1"),
        ("2/sin:1/cos:1", "at position 9: cos comes before sin: .*order", "2/cos:1/sin:1"),
        ("2;sin:1,sin:2", "at position 9: sin is named twice; add the counts", "2;sin:3"),
        ("2;cos:1,sin:1,cos:2", "at position 15: cos is named twice", "2;cos:3,sin:1"),
        # Names.
        ("ReLU:64x6", "at position 1: unknown activation 'ReLU'", "relu:64x6"),
        ("2/gausian:3", "at position 3: unknown activation 'gausian'", "2/gaussian:3"),
        ("  2/gausian:3", "arch '2/gausian:3': at position 3: unknown", "2/gaussian:3"),
        ("swish:3x2", "at position 1: unknown activation 'swish', which is none of cache, cos", ""),
        (":3x2", "at position 1: unknown activation ''", ""),
    ],
)
def test_a_mistake_is_told_where_it_stands_and_what_was_meant(spec, message, meant):
    with pytest.raises(ArchError, match=message) as caught:
        Arch.parse(spec)
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 400
    if meant:
        assert told.endswith(f"; did you mean {meant!r}?")
        Arch.parse(meant)
    else:
        assert "did you mean" not in told


@given(archs(), st.sampled_from([str.upper, str.title, " {} ".format, "{}/".format]))
def test_a_slip_is_mended(arch, slip):
    for spelling in (str(arch), arch.spelling):
        slipped = slip(spelling)
        try:
            assert Arch.parse(slipped) == arch
        except ArchError as error:
            meant = str(error).rpartition("did you mean ")[2][1:-2]
            assert Arch.parse(meant) == arch


@given(archs(), st.data())
def test_any_order_is_put_right(arch, data):
    neurons = data.draw(st.permutations(arch.neurons))
    text = f"{arch.depth}/" + "/".join(f"{name}:{count}" for name, count in neurons)
    if neurons == list(arch.neurons):
        assert Arch.parse(text) == arch
    else:
        with pytest.raises(ArchError, match="alphabetical order") as caught:
            Arch.parse(text)
        meant = str(arch).replace(";", "/").replace(",", "/")
        assert str(caught.value).endswith(f"; did you mean {meant!r}?")


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("spec", [None, 12, ["relu:3x2"], b"relu:3x2"])
def test_no_string(spec):
    with pytest.raises(ArchError, match="an arch is a string such as 'relu:64x6', not"):
        Arch.parse(spec)


SIGNS = st.text(alphabet="12;:,/xX relusin.-٣²×", max_size=20)


@given(st.text(max_size=30) | SIGNS)
def test_any_text_is_an_arch_or_one_clear_line(text):
    told = ""
    try:
        assert Arch.parse(str(Arch.parse(text))) == Arch.parse(text)
    except ArchError as error:
        told = str(error)
    assert "\n" not in told
    if "did you mean" in told:
        Arch.parse(told.rpartition("did you mean ")[2][1:-2])


def test_limits_are_reached():
    assert Arch.parse(f"4;tanh:{MAX_WIDTH}").width == MAX_WIDTH
    assert Arch.parse(f"{MAX_DEPTH};tanh:300").depth == MAX_DEPTH
    # 8 matrices of 4096 x 4096 are exactly as many parameters as there may be; the ends add some.
    assert Arch.parse(f"8;tanh:{MAX_WIDTH}").parameter_count < MAX_PARAMETERS
    with pytest.raises(ArchError, match=r"has 134,246,400 parameters; the limit is 134,217,728 "):
        Arch.parse(f"9;tanh:{MAX_WIDTH}")


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize(
    ("depth", "neurons", "message"),
    [
        (3, (), "at least one neuron per layer"),
        (3, (("rleu", 2),), "unknown activation 'rleu'"),
        (3, (("relu", "2"),), "at least 1 neuron of each activation it names, not 2"),
        (3, (("relu", 2.0),), "at least 1 neuron of each activation it names, not 2.0"),
        (3, (("sin", 2), ("cos", 2)), "alphabetical order"),
        (2.5, (("relu", 2),), "1 to 1024 hidden layers, not 2.5"),
        (True, (("relu", 2),), "1 to 1024 hidden layers, not True"),
        pytest.param(10**5000, (("relu", 2),), "not a number of more than 20", id="huge"),
    ],
)
def test_an_arch_from_its_parts(depth, neurons, message):
    with pytest.raises(ArchError, match=message):
        Arch(depth, neurons)

"""Reads the pickles of the original study without running anything that they say.

A pickle is a small program: its instructions may import any name and call it. This reader knows
the few instructions that plain values and arrays are made of, and looks nothing up: a name in the
file stays a pair of strings, and the three calls that make an array are matched by their shape
and carried out here. Everything else is refused by its name. So that a small file cannot ask for
much time or memory, its size, its instructions, and the values and bytes they come to are limited.
"""

import math
import pickletools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from fer_jax.errors import NetworkError

MAX_BYTES = 64 * 2**20
"""Of a file, and of all arrays that are read from it."""

MAX_INSTRUCTIONS = 100_000
"""In a file, and of values that come out of it; an array is one value."""

MAX_DEPTH = 16
"""Of containers in containers."""

InertValue: TypeAlias = (
    "str | bytes | int | float | bool | np.ndarray | list[InertValue] | tuple[InertValue, ...]"
    " | dict[str, InertValue] | None"
)

_MAX_DIMENSIONS = 8
_DTYPES = re.compile(r"b1|[iu][1248]|f[248]")
_LITERALS = re.compile(
    r"BININT[12]?|LONG1|BINFLOAT|(SHORT_)?BIN(UNICODE|BYTES)|BIN(UNICODE|BYTES)8"
)


@dataclass(frozen=True)
class _Name:
    """A name in the file. It is compared with the names below, never imported."""

    module: str
    name: str

    def __str__(self) -> str:
        return repr(f"{self.module}.{self.name}"[:120])


_DTYPE = _Name("numpy", "dtype")
_NDARRAY = _Name("numpy", "ndarray")
_JAX_ARRAY = _Name("jax._src.array", "_reconstruct_array")
_NUMPY_ARRAYS = (
    _Name("numpy._core.multiarray", "_reconstruct"),  # NumPy 2
    _Name("numpy.core.multiarray", "_reconstruct"),  # NumPy 1
)
_ALLOWED = (_DTYPE, _NDARRAY, _JAX_ARRAY, *_NUMPY_ARRAYS)


class _Unfinished:
    """A dtype or an array; a BUILD instruction gives it its state, or an array its content."""

    def __init__(self, value: np.dtype | np.ndarray | None = None) -> None:
        self.value = value


def read_inert_pickle(path: Path) -> InertValue:
    r"""Read a pickle of plain values and numeric arrays; execute nothing and import nothing.

    Reads protocols 3 to 5 as far as they hold text, bytes, numbers, None, lists, tuples, dicts
    with text as keys, and NumPy or JAX arrays of booleans, integers or floats.

    Args:
        path: the file, at most `MAX_BYTES` long.

    Returns:
        The value; arrays as NumPy arrays in this machine's byte order, whoever saved them.

    Raises:
        NetworkError: in one line, if the file cannot be read; if it names anything but the parts
            of an array, or asks for anything but to put values together; if it is too large, cut
            short, goes on behind its end, or an array's data do not fill its shape.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "arch.pkl"
        >>> _ = path.write_bytes(b"\x80\x04\x8c\x06sin:16.")
        >>> read_inert_pickle(path)
        'sin:16'
        >>> _ = path.write_bytes(b"cos\nsystem\n(S'echo hello'\ntR.")
        >>> read_inert_pickle(path)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.NetworkError: ...arch.pkl: names 'os.system', which ...
    """
    try:
        return _Reader(_content(path)).value()
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def _content(path: Path) -> bytes:
    try:
        # A pipe or a device would block, or never end.
        if path.exists() and not path.is_file():
            raise NetworkError("is not a file; expected a pickle of a network")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NetworkError(f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise NetworkError(f"is over {MAX_BYTES // 2**20} MiB, the most that is read of a pickle")
    return content


class _Reader:
    """A stack machine for the few instructions that put values together."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._array_bytes = 0
        self._values_left = MAX_INSTRUCTIONS

    def value(self) -> InertValue:
        """Carry out all instructions and return what they leave behind."""
        end = self._run()
        if end != len(self._content):
            raise NetworkError(f"goes on behind its end at byte {end}")
        if len(self._stack) != 1 or self._marks:
            raise NetworkError("does not end with one value; is it damaged?")
        return self._plain(self._stack.pop(), MAX_DEPTH)

    def _run(self) -> int:
        """Returns the number of bytes up to and with STOP."""
        try:
            for count, (opcode, argument, position) in enumerate(pickletools.genops(self._content)):
                if count >= MAX_INSTRUCTIONS:
                    raise NetworkError(f"has over {MAX_INSTRUCTIONS:,} instructions")
                if opcode.name == "STOP":
                    return int(position or 0) + 1
                self._step(opcode.name, argument)
        except NetworkError:
            raise
        # What a cut or damaged file makes the instructions' reader and our stack raise.
        except (ValueError, LookupError, TypeError, OverflowError) as error:
            told = " ".join(str(error).split())[:80]
            raise NetworkError(f"is cut short or damaged: {told}") from None
        raise NetworkError("is cut short: it has no end")

    def _step(self, name: str, argument: Any) -> None:
        stack = self._stack
        match name:
            case "PROTO" | "FRAME":
                pass
            case "NONE":
                stack.append(None)
            case "NEWTRUE" | "NEWFALSE":
                stack.append(name == "NEWTRUE")
            case _ if _LITERALS.fullmatch(name):
                stack.append(argument)
            case "MARK":
                self._marks.append(len(stack))
            case "EMPTY_TUPLE" | "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[5:]) if name != "EMPTY_TUPLE" else 0
                stack.append(tuple(self._take(count)))
            case "TUPLE":
                stack.append(tuple(self._take_to_mark()))
            case "EMPTY_LIST":
                stack.append([])
            case "APPEND" | "APPENDS":
                items = self._take(1) if name == "APPEND" else self._take_to_mark()
                self._top(list).extend(items)
            case "EMPTY_DICT":
                stack.append({})
            case "SETITEM" | "SETITEMS":
                items = self._take(2) if name == "SETITEM" else self._take_to_mark()
                _fill(self._top(dict), items)
            case "MEMOIZE" | "BINPUT" | "LONG_BINPUT":
                self._memo[len(self._memo) if name == "MEMOIZE" else argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(self._memo[argument])
            case "GLOBAL":
                stack.append(_allowed(*argument.split(" ", 1)))
            case "STACK_GLOBAL":
                stack.append(_allowed(*self._take(2)))
            case "REDUCE":
                function, arguments = self._take(2)
                stack.append(self._called(function, arguments))
            case "BUILD":
                (state,) = self._take(1)
                self._build(self._top(_Unfinished), state)
            case _:
                raise NetworkError(
                    f"has the instruction {name}, which plain values and arrays do not need"
                )

    def _take(self, count: int) -> list[Any]:
        start = len(self._stack) - count
        if start < (self._marks[-1] if self._marks else 0):
            raise NetworkError("takes more values than it has put down; is it damaged?")
        taken = self._stack[start:]
        del self._stack[start:]
        return taken

    def _take_to_mark(self) -> list[Any]:
        start = self._marks.pop()
        return self._take(len(self._stack) - start)

    def _top(self, kind: type) -> Any:
        if not isinstance(self._stack[-1], kind):
            raise NetworkError("puts a value where none can be put; is it damaged?")
        return self._stack[-1]

    def _called(self, function: Any, arguments: Any) -> _Unfinished:
        """The three calls that make a dtype or an array, matched by their shape."""
        match function, arguments:
            case (_Name() as name, (str(code), bool(), bool())) if name == _DTYPE:
                return _Unfinished(_dtype(code))
            case (_Name() as name, (_Name() as kind, (0,), b"b")) if (
                name in _NUMPY_ARRAYS and kind == _NDARRAY
            ):
                return _Unfinished()
            case (_Name() as name, (inner, inner_arguments, state, dict())) if (
                name == _JAX_ARRAY and inner in _NUMPY_ARRAYS
            ):
                array = self._called(inner, inner_arguments)
                self._build(array, state)
                return array
        told = str(function) if isinstance(function, _Name) else "something that is no name"
        raise NetworkError(f"calls {told} in a way that makes no array")

    def _build(self, unfinished: _Unfinished, state: Any) -> None:
        match unfinished.value, state:
            case (np.dtype() as dtype, (int(), "<" | ">" | "|" as order, *_)):
                unfinished.value = dtype.newbyteorder(order)
            case (None, (int(), tuple(shape), _Unfinished(value=np.dtype() as dtype), *rest)):
                unfinished.value = self._array(shape, dtype, rest)
            case _:
                raise NetworkError("gives an array a state that is none; is it damaged?")

    def _array(self, shape: tuple, dtype: np.dtype, rest: list[Any]) -> np.ndarray:
        sound = all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)
        match rest:
            case [bool(fortran), bytes(data)] if sound and len(shape) <= _MAX_DIMENSIONS:
                pass
            case _:
                raise NetworkError("has an array whose shape or data are none; is it damaged?")
        self._array_bytes += len(data)
        if self._array_bytes > MAX_BYTES:
            raise NetworkError(f"has over {MAX_BYTES // 2**20} MiB of arrays")
        if math.prod(shape) * dtype.itemsize != len(data):
            raise NetworkError(
                f"has an array of shape {shape} and type {dtype} with {len(data)} bytes of data"
            )
        array = np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")
        return array.astype(dtype.newbyteorder("="))

    def _plain(self, value: Any, depth: int) -> InertValue:
        """The value with its arrays in place; each is counted as often as it is referred to."""
        self._values_left -= 1
        if self._values_left < 0 or depth < 0:
            raise NetworkError(
                f"holds over {MAX_INSTRUCTIONS:,} values, or over {MAX_DEPTH} levels of them"
            )
        match value:
            case None | bool() | int() | float() | str() | bytes():
                return value
            case _Unfinished(value=np.ndarray() as array):
                return array
            case list():
                return [self._plain(item, depth - 1) for item in value]
            case tuple():
                return tuple(self._plain(item, depth - 1) for item in value)
            case dict():
                return {key: self._plain(item, depth - 1) for key, item in value.items()}
        raise NetworkError(
            f"holds {value} as a value"
            if isinstance(value, _Name)
            else "holds an array without data"
        )


def _allowed(module: Any, name: Any) -> _Name:
    if not isinstance(module, str) or not isinstance(name, str):
        raise NetworkError("names something by what is no text; is it damaged?")
    found = _Name(module, name)
    if found not in _ALLOWED:
        raise NetworkError(
            f"names {found}, which is no part of an array of numbers; nothing of it was run"
        )
    return found


def _fill(target: dict[str, Any], items: list[Any]) -> None:
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, str):
            raise NetworkError(f"has a dict with a {type(key).__name__} as a key; expected text")
        target[key] = value


def _dtype(code: str) -> np.dtype:
    if not _DTYPES.fullmatch(code):
        raise NetworkError(f"has an array of type {code[:20]!r}; expected numbers")
    return np.dtype(code)

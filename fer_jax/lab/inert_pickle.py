"""Reads the pickles of the original study without running anything that they say.

A pickle is a small program: its instructions may import any name and call it. This reader knows
the few instructions that plain values and arrays are made of, and looks nothing up: a name in the
file stays a pair of strings, and the three calls that make an array are matched by their shape
and carried out here. Everything else is refused by its name. So that a small file cannot ask for
much time or memory, its size, its instructions, and the values and bytes they come to are limited.
"""

import io
import math
import pickletools
import re
from collections.abc import Callable
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
    "str | bytes | int | float | bool | None | np.ndarray"
    " | list[InertValue] | tuple[InertValue, ...] | dict[str, InertValue]"
)

_MAX_DIMENSIONS = 8
_DTYPES = re.compile(r"b1|[iu][1248]|f[248]")
_BYTE_ORDERS = ("<", ">", "|")
_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}


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
    """What a dtype or an array is in a pickle until a BUILD instruction gives it its state."""

    def __init__(self, dtype_code: str | None = None) -> None:
        self.dtype_code = dtype_code
        self.built: np.dtype | np.ndarray | None = None


def read_inert_pickle(path: Path) -> InertValue:
    """Read a pickle of plain values and numeric arrays; execute nothing and import nothing.

    Reads protocols 2 to 5 as far as they hold text, bytes, numbers, None, lists, tuples, dicts
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

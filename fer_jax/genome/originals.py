"""The three Picbreeder genomes of the original study: which files they are, and fetching them."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from fer_jax.errors import DataError

BASE_URL = (
    "https://raw.githubusercontent.com/akarshkumar0101/fer/"
    "23a9c452a57810c86db07c3ed23c1d1352011299/picbreeder_genomes/"
)
MAX_BYTES = 2**20
"""None of the files is a hundredth as large; whatever is, is not theirs."""

MAX_SECONDS = 60.0
"""For one file, however steadily it trickles in."""


@dataclass(frozen=True)
class Original:
    """A genome file of Kumar, Clune, Lehman and Stanley 2025, arXiv 2505.11581.

    Attributes:
        name: what the study calls it; its file is `<name>.zip`.
        number: its id on Picbreeder.
        sha256: of the file, in hexadecimal.
    """

    name: str
    number: int
    sha256: str

    @property
    def about(self) -> str:
        """One line for people."""
        return f"Picbreeder's genome {self.number}, from Kumar et al. 2025"

    def is_at(self, path: Path) -> bool:
        """Whether this very file is there."""
        try:
            return path.is_file() and sha256_of(path) == self.sha256
        except OSError:
            return False


ORIGINALS = MappingProxyType(
    {
        original.name: original
        for original in (
            Original(
                "apple", 5736, "2a81d8ce890d39e80d7221c0d58034d0a402560cf138229e2f73219d6e261434"
            ),
            Original(
                "butterfly",
                4376,
                "62df8bf336617ffbcf1a981a70d31378453e806efdd1850f4d394da88b106610",
            ),
            Original(
                "skull", 576, "63adfccc384d6fb48c79719c9336483c478839e1fc4773f289d3aee9fefaabb2"
            ),
        )
    }
)
"""By name."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal; of one that is too large to be theirs, of its start.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.sha256(file.read(MAX_BYTES + 1)).hexdigest()


def fetch(
    original: Original,
    folder: Path,
    *,
    base_url: str = BASE_URL,
    replace: bool = False,
    progressbar: Any = None,
) -> bool:
    """Have an original in a folder: it is there whole and right, or not at all.

    Args:
        original: which one.
        folder: where to; made where it is missing.
        base_url: what stands before `<name>.zip` in its address.
        replace: whether another file of that name may be overwritten.
        progressbar: what pooch is to tell of its progress: an object with `total`, `update(bytes)`,
            `reset()` and `close()`.

    Returns:
        True if it was fetched, False if it was there already.

    Raises:
        DataError: in one line, if it cannot be fetched or kept. Nothing is left half-written.
    """
    path = folder / f"{original.name}.zip"
    if original.is_at(path):
        return False
    if os.path.lexists(path) and not replace:
        raise DataError(
            f"{path}: is another file than the original study's; move it away, then fetch again"
        )
    with _whole_file(path) as file:
        _download(f"{base_url}{original.name}.zip", file, progressbar)
        file.flush()
        found = sha256_of(Path(file.name))
        if found != original.sha256:
            raise DataError(
                f"{base_url}{original.name}.zip: has SHA-256 {found}, expected {original.sha256}; "
                "it is not kept. A proxy or a login page may have answered instead: try again"
            )
    return True


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that comes to be at `path` at the end, or leaves nothing behind."""
    # The process id keeps apart two processes that fetch the same file.
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    is_new = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            aside.unlink(missing_ok=True)
            if is_new:
                with suppress(OSError):  # another process may have put something there
                    path.parent.rmdir()
            raise
    except OSError as error:
        raise DataError(
            f"{path}: cannot be written: {error.strerror or error}; "
            "set FER_JAX_DATA to a folder that can hold it"
        ) from None


def _download(url: str, file: BinaryIO, progressbar: Any) -> None:
    import pooch
    import requests

    answers: list[requests.Response] = []
    get = pooch.HTTPDownloader(
        progressbar=progressbar,
        timeout=10,
        hooks={"response": lambda answer, **_: answers.append(answer)},
    )
    try:
        get(url, _Capped(url, file), None)
    except requests.HTTPError as error:
        bad = error.response
        told = f"{bad.status_code} {bad.reason}"[:80] if bad is not None else "an error"
        raise DataError(f"{url}: the server answered {told}; try again later") from None
    except (requests.RequestException, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{url}: cannot be reached ({type(error).__name__}); check the network, "
            f"or put the file into the folder that FER_JAX_DATA names"
        ) from None
    finally:
        for answer in answers:  # pooch leaves those open that it did not like
            answer.close()


class _Capped:
    """Hands bytes on to a file, unless there come too many or too slowly."""

    def __init__(self, url: str, file: BinaryIO) -> None:
        self._url, self._file = url, file
        self._room, self._end = MAX_BYTES, time.monotonic() + MAX_SECONDS
        self.flush: Callable[[], None] = file.flush

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0 or time.monotonic() > self._end:
            much = f"more than {MAX_BYTES // 2**20} MiB" if self._room < 0 else "too slowly"
            raise DataError(
                f"{self._url}: the server sends {much}; that is not the file, try later"
            )
        return self._file.write(data)

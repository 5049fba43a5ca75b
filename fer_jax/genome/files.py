"""Genomes by path or by name: `load_genome` and `save_genome`."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from fer_jax.errors import GenomeError, GenomeWarning
from fer_jax.genome import library
from fer_jax.genome.graph import Genome, Link, OnCycle
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.picbreeder import read_xml, read_zip
from fer_jax.genome.picbreeder_writer import write_xml, write_zip
from fer_jax.genome.rules import shown_link
from fer_jax.genome.xml_tree import MAX_BYTES

_WRITERS: dict[str, Callable[[Genome], bytes]] = {
    ".json": lambda genome: write_json(genome).encode(),
    ".zip": write_zip,
    ".xml": write_xml,
}
_LINKS_TOLD = 20


def load_genome(path_or_name: str | os.PathLike[str], on_cycle: OnCycle = "error") -> Genome:
    """Read a genome from a file, or take one by name. It needs no JAX.

    Args:
        path_or_name: a Picbreeder .zip, a Picbreeder or CPPN-X .xml, our .json, or a name of
            `fer_jax.genome.library`. The content decides which reader is used, not the suffix.
        on_cycle: what to do about links that close a cycle. "error" refuses the genome. "cut" reads
            them as 0, as the original study does: evaluation goes depth-first from hue, saturation
            and brightness, through each node's links in the order of the file, and a link whose
            source is still being evaluated is left out.

    Returns:
        The genome. It is called what the file says, or else after the file; `cut_links` holds what
        was left out.

    Raises:
        GenomeError: in one line, if there is no such genome or it is not a drawable network.

    Warns:
        GenomeWarning: naming the links that were cut.

    Example:
        >>> load_genome("sunrise").name
        'sunrise'
    """
    if on_cycle not in get_args(OnCycle):
        known = " or ".join(get_args(OnCycle))
        raise GenomeError(f"on_cycle is {on_cycle!r}; expected {known}")
    path = library.genome_path(os.fspath(path_or_name))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise GenomeError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        genome = read_bytes(data, path.stem, on_cycle)
    except GenomeError as error:
        raise GenomeError(f"{path}: {error}") from None
    if genome.cut_links:
        told = _cut_told(genome.cut_links)
        warnings.warn(f"{path}: {told}", GenomeWarning, stacklevel=2)
    return genome


def save_genome(genome: Genome, path: str | os.PathLike[str]) -> None:
    """Write a genome so that `load_genome` gives the very same one back.

    The file is replaced whole or not at all, and the same genome gives the same bytes.

    Args:
        genome: any genome.
        path: where to. Its suffix decides the format: .json is ours; .zip is Picbreeder's, for its
            tools and the original study's; .xml is that of CPPN-X. Each holds everything, labels,
            their colours and original weights too, except links that were cut.

    Raises:
        GenomeError: if the path has another suffix or cannot be written, if the file would be too
            large to be read, or if XML cannot hold a character of the name or of a label.

    Example:
        >>> import tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "mine.zip")
        >>> save_genome(load_genome("sunrise"), path)
        >>> load_genome(path) == load_genome("sunrise")
        True
    """
    path = Path(path)
    if path.suffix not in _WRITERS:
        raise GenomeError(
            f"{path}: a genome is saved as {', '.join(_WRITERS)}; give a path that ends so"
        )
    try:
        data = _WRITERS[path.suffix](genome)
    except GenomeError as error:
        raise GenomeError(f"{path}: {error}") from None
    if len(data) > MAX_BYTES:
        raise GenomeError(
            f"{path}: would have {len(data)} bytes; the limit for a genome is {MAX_BYTES}"
        )
    _write(path, data)


def read_bytes(data: bytes, name: str = "", on_cycle: OnCycle = "error") -> Genome:
    """Read a genome from the bytes of a file of any format.

    Args:
        data: the bytes.
        name: what to call the genome, unless it says so itself.
        on_cycle: what to do about links that close a cycle; nothing warns of it here.

    Returns:
        The genome.

    Raises:
        GenomeError: in one line, if it is not a drawable network.
    """
    if len(data) > MAX_BYTES:
        raise GenomeError(f"is larger than {MAX_BYTES // 2**20} MiB, the limit for a genome")
    if not data:
        raise GenomeError("is an empty file")
    if data[:2] == b"PK":
        return read_zip(data, name, on_cycle)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return read_json(data, name, on_cycle)
    return read_xml(data, name, on_cycle)


def _cut_told(links: tuple[Link, ...]) -> str:
    names = ", ".join(map(shown_link, links[:_LINKS_TOLD]))
    more = f" and {len(links) - _LINKS_TOLD} more" if len(links) > _LINKS_TOLD else ""
    count = (
        "1 link that closes a cycle reads"
        if len(links) == 1
        else (f"{len(links)} links that close cycles read")
    )
    return f"{count} 0: {names}{more}"


def _write(path: Path, data: bytes) -> None:
    # The process id keeps apart two processes that save the same genome.
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GenomeError(f"{path}: cannot be written: {error.strerror}") from None

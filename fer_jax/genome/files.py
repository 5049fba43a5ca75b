"""Genomes by path or by name: `load_genome` and `save_genome`."""

import os
from dataclasses import replace
from pathlib import Path

from fer_jax.errors import GenomeError
from fer_jax.genome import library
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.picbreeder import MAX_BYTES, read_xml, read_zip


def load_genome(path_or_name: str | os.PathLike[str]) -> Genome:
    """Read a genome from a file, or take an embedded one by name.

    Args:
        path_or_name: a Picbreeder .zip, a Picbreeder or CPPN-X .xml, our .json, or a name of
            `fer_jax.genome.library`. The content decides which reader is used, not the suffix.

    Returns:
        The genome, named after the file.

    Raises:
        GenomeError: in one line, if there is no such genome or it is not a drawable network.

    Example:
        >>> load_genome("sunrise").name
        'sunrise'
    """
    path = library.genome_path(os.fspath(path_or_name))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise GenomeError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return _read(data, path.stem)
    except GenomeError as error:
        raise GenomeError(f"{path}: {error}") from None


def save_genome(genome: Genome, path: str | os.PathLike[str]) -> None:
    """Write a genome as JSON; the file is replaced whole or not at all.

    Args:
        genome: any genome.
        path: where to; must end in .json.

    Raises:
        GenomeError: if the path has another suffix or cannot be written.

    Example:
        >>> import tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "mine.json")
        >>> save_genome(load_genome("sunrise"), path)
        >>> load_genome(path) == load_genome("sunrise")
        True
    """
    path = Path(path)
    if path.suffix != ".json":
        raise GenomeError(f"{path}: a genome is saved as .json; give a path that ends so")
    # The process id keeps apart two processes that save the same genome.
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(write_json(genome))
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GenomeError(f"{path}: cannot be written: {error.strerror}") from None


def _read(data: bytes, name: str) -> Genome:
    if len(data) > MAX_BYTES:
        raise GenomeError(f"is larger than {MAX_BYTES // 2**20} MiB, the limit for a genome")
    if not data:
        raise GenomeError("is an empty file")
    if data[:2] == b"PK":
        return read_zip(data, name)
    if data.lstrip()[:1] in (b"{", b"["):
        genome = read_json(data)
        return genome if genome.name else replace(genome, name=name)
    return read_xml(data, name)

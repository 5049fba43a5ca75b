"""Anything that can be drawn and scored, by whatever the user calls it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fer_jax.errors import NetworkError
from fer_jax.genome import library
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, OnCycle

if TYPE_CHECKING:
    from fer_jax.cppn.network import Cppn


def load_model(
    path: str | os.PathLike[str], seed: int | None = None, on_cycle: OnCycle = "error"
) -> "Genome | Cppn":
    """Read a genome or a network. Of a genome file, this needs no JAX.

    Args:
        path: a genome's name, a genome file, a run folder, a `networks.safetensors`, or
            a folder of the original study.
        seed: which of a run's seeds; by default the lowest one that did not diverge.
        on_cycle: what to do about links of a genome file that close a cycle: "error" or "cut".

    Returns:
        A `Genome` where there is one, so that it is seen as a graph; otherwise a `Cppn`.

    Raises:
        FerJaxError: in one line, if there is no such thing or it cannot be read.

    Example:
        >>> load_model("sunrise").name
        'sunrise'
    """
    text, path = os.fspath(path), Path(path)
    is_saved = os.path.isdir(path) or path.suffix == ".safetensors"
    if is_saved and library.find(text) is None:
        return _saved(path, seed)
    _check_no_seed(path, seed)
    return load_genome(text, on_cycle)


def _saved(path: Path, seed: int | None) -> "Genome | Cppn":
    from fer_jax.lab.folders.networks import load_network, read_genomes
    from fer_jax.lab.folders.run_folder import GENOMES, NETWORKS

    if (path / GENOMES).is_file() and not (path / NETWORKS).is_file():
        _check_no_seed(path, seed)
        return read_genomes(path / GENOMES)[0]
    return load_network(path, seed)


def _check_no_seed(path: Path, seed: int | None) -> None:
    if seed is not None:
        raise NetworkError(f"{path}: is a genome, which has no seeds; leave out seed={seed}")

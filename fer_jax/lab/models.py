"""Anything that can be drawn and scored, by whatever the user calls it."""

import os
from pathlib import Path

from fer_jax.cppn.network import Cppn
from fer_jax.errors import NetworkError
from fer_jax.genome import library
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from fer_jax.lab.networks import GENOMES, NETWORKS, load_network, read_genomes


def load_model(path: str | os.PathLike[str], seed: int | None = None) -> Genome | Cppn:
    """Read a genome or a network.

    Args:
        path: a genome's name, a genome file, a run folder, a `networks.safetensors`, or
            a folder of the original study.
        seed: which of a run's seeds; by default the lowest one that did not diverge.

    Returns:
        A `Genome` where there is one, so that it is seen as a graph; otherwise a `Cppn`.

    Raises:
        FerJaxError: in one line, if there is no such thing or it cannot be read.

    Example:
        >>> load_model("sunrise").name
        'sunrise'
    """
    text, path = os.fspath(path), Path(path)
    if library.find(text) is not None:
        model: Genome | Cppn = load_genome(text)
    elif (path / GENOMES).is_file() and not (path / NETWORKS).is_file():
        model = read_genomes(path / GENOMES)[0]
    elif path.is_dir() or path.suffix == ".safetensors":
        return load_network(path, seed)
    else:
        model = load_genome(text)
    if seed is not None:
        raise NetworkError(f"{text}: is a genome, which has no seeds; leave out seed={seed}")
    return model

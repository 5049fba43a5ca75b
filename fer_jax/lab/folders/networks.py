"""Networks in files: many seeds of one architecture as safetensors, and the authors' folders."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn
from fer_jax.errors import FerJaxError, NetworkError, RunFolderError
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.layerize import layerize
from fer_jax.lab.folders.atomic import write_bytes, write_text
from fer_jax.lab.folders.formats import Format, HandsOffError, digest_of, read_sealed
from fer_jax.lab.folders.run_folder import GENOMES, NETWORKS

_METADATA = "fer_jax"
NETWORKS_FORMAT = Format("fer_jax networks", 1)
GENOMES_FORMAT = Format("fer_jax genomes", 1)


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks of one run: one architecture, one seed each.

    Attributes:
        arch: of all of them.
        seeds: one integer per network.
        flat_params: `(seeds, params)` float32; of a diverged seed, its last finite weights.
        status: "ok" or "diverged", per seed.
    """

    arch: Arch
    seeds: tuple[int, ...]
    flat_params: np.ndarray
    status: tuple[str, ...]

    def __post_init__(self) -> None:
        shape = (len(self.seeds), self.arch.parameter_count)
        if self.flat_params.shape != shape or len(self.status) != len(self.seeds):
            raise NetworkError(
                f"{len(self.seeds)} networks of {self.arch} need weights of shape {shape}; "
                f"got {self.flat_params.shape}, and {len(self.status)} statuses"
            )

    def network(self, seed: int | None = None) -> Cppn:
        """The network of one seed; without a seed, that of the lowest seed that is "ok".

        Raises:
            NetworkError: if there is no such seed, or all have diverged.
        """
        if seed is None:
            sound = [s for s, state in zip(self.seeds, self.status, strict=True) if state == "ok"]
            if not sound:
                raise NetworkError("every seed has diverged; name one with seed= to see it anyway")
            seed = min(sound)
        if seed not in self.seeds:
            raise NetworkError(f"there is no seed {seed}; the seeds are {list(self.seeds)}")
        return Cppn(self.arch, self.flat_params[self.seeds.index(seed)])


def write_networks(path: Path, networks: Networks) -> None:
    """Write networks as one safetensors file, whole or not at all."""
    weights = np.asarray(networks.flat_params, dtype=np.float32, order="C")
    about = {
        "arch": str(networks.arch),
        "seeds": [int(seed) for seed in networks.seeds],
        "status": list(networks.status),
        "weights": digest_of(weights.tobytes()),
    }
    # One entry, since safetensors writes several in an order that changes from run to run.
    metadata = {_METADATA: json.dumps(NETWORKS_FORMAT.seal(about))}
    write_bytes(path, safetensors.numpy.save({"flat_params": weights}, metadata))


def read_networks(path: Path) -> Networks:
    """Read networks back.

    Raises:
        NetworkError: in one line, if the file is not whole or not ours.
    """
    try:
        with safe_open(path, framework="np") as file:
            about = NETWORKS_FORMAT.unseal(json.loads((file.metadata() or {}).get(_METADATA, "{}")))
            weights = file.get_tensor("flat_params")
        if digest_of(weights.tobytes()) != about["weights"]:
            raise NetworkError("does not match its own checksum: it was damaged")
        return Networks(
            Arch.parse(about["arch"]),
            tuple(int(seed) for seed in about["seeds"]),
            weights,
            tuple(str(status) for status in about["status"]),
        )
    except HandsOffError as error:
        raise HandsOffError(f"{path}: {error}") from None
    except FerJaxError as error:
        raise NetworkError(f"{path}: {error}") from None
    except (SafetensorError, OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())[:160]
        raise NetworkError(f"{path}: is not a readable networks file: {told}") from None


def write_genomes(path: Path, genomes: list[Genome]) -> None:
    """Write the genomes of a run as one JSON file, whole or not at all."""
    content = {"genomes": [json.loads(write_json(genome)) for genome in genomes]}
    write_text(path, json.dumps(GENOMES_FORMAT.seal(content), indent=1) + "\n")


def read_genomes(path: Path) -> list[Genome]:
    """Read the genomes of a run back.

    Raises:
        NetworkError: in one line, if the file is not whole or not ours.
        GenomeError: if one of them is no genome.
    """
    try:
        content = read_sealed(path, GENOMES_FORMAT)
    except HandsOffError:
        raise
    except RunFolderError as error:
        raise NetworkError(str(error)) from None
    if not isinstance(content.get("genomes"), list):
        raise NetworkError(f"{path}: expected a list of genomes")
    return [read_json(json.dumps(genome).encode()) for genome in content["genomes"]]


def load_network(path: str | os.PathLike[str], seed: int | None = None) -> Cppn:
    """Read a saved network.

    Args:
        path: a run folder; a `networks.safetensors`; or a folder of the original study, which
            holds `arch.pkl` and `params.pkl` (read without executing any pickle code).
        seed: which of a run's seeds; by default the lowest one that did not diverge. A run that
            holds a genome and no trained networks gives the genome's layerized network.

    Returns:
        The network.

    Raises:
        NetworkError: in one line, if there is no such network or it cannot be read.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / NETWORKS
        >>> arch = Arch.parse("relu:2x1")
        >>> write_networks(path, Networks(arch, (7,), np.ones((1, 14), np.float32), ("ok",)))
        >>> str(load_network(path, seed=7).arch)
        '1;relu:2'
    """
    path = Path(path)
    try:
        if path.is_file() or (path / NETWORKS).is_file():
            return read_networks(path if path.is_file() else path / NETWORKS).network(seed)
        if (path / GENOMES).is_file():
            genomes = read_genomes(path / GENOMES)
            if len(genomes) == 1 and seed is None:
                return layerize(genomes[0])
            raise NetworkError(f"holds {len(genomes)} genome(s) and no networks of seeds")
        if (path / "arch.pkl").is_file() and (path / "params.pkl").is_file():
            return _authors_network(path, seed)
    except FerJaxError as error:
        told = str(error)
        raise NetworkError(told if told.startswith(str(path)) else f"{path}: {told}") from None
    raise NetworkError(
        f"{path}: holds no network; expected a run folder, a {NETWORKS}, "
        f"or a folder with arch.pkl and params.pkl"
    )


def _authors_network(folder: Path, seed: int | None) -> Cppn:
    from fer_jax.lab.folders.inert_pickle import read_inert_pickle

    if seed is not None:
        raise NetworkError(f"holds one network without a seed; leave out seed={seed}")
    arch = read_inert_pickle(folder / "arch.pkl")
    params = read_inert_pickle(folder / "params.pkl")
    if not isinstance(arch, str) or not isinstance(params, np.ndarray):
        raise NetworkError("expected a string in arch.pkl and an array in params.pkl")
    return Cppn.from_flat(arch, params)

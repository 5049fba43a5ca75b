"""What a run folder holds that JAX draws: networks, genomes, and how they were bred."""

from fer_jax.cppn.network import Cppn
from fer_jax.genome.graph import Genome
from fer_jax.lab.folders.ancestors import ANCESTORS
from fer_jax.lab.folders.archives import ARCHIVE, Archive, read_archives
from fer_jax.lab.folders.evolution import EVOLUTION, Evolution, read_evolution
from fer_jax.lab.folders.networks import read_genomes, read_networks
from fer_jax.lab.folders.run_folder import GENOMES, NETWORKS, RunFolder


def networks_in(folder: RunFolder) -> list[tuple[int, Cppn]]:
    """(seed, network) of every seed that did not diverge; empty where nothing was trained.

    Raises:
        RunFolderError: if the file is damaged, as from all functions here.
    """
    if not _holds(folder, NETWORKS):
        return []
    networks = read_networks(folder.path / NETWORKS)
    return [
        (seed, networks.network(seed))
        for seed, status in zip(networks.seeds, networks.status, strict=True)
        if status == "ok"
    ]


def genomes_in(folder: RunFolder) -> list[Genome]:
    """The genomes that the run holds; empty where it holds none."""
    return read_genomes(folder.path / GENOMES) if _holds(folder, GENOMES) else []


def evolution_in(folder: RunFolder) -> list[Evolution]:
    """How the run's genomes came to be, of each seed; empty where nothing was bred."""
    if not _holds(folder, EVOLUTION):
        return []
    _holds(folder, ANCESTORS)
    return read_evolution(folder.path / EVOLUTION)


def archives_in(folder: RunFolder) -> list[Archive]:
    """Which cell of its archive each genome holds, of each seed; empty where there is none."""
    return read_archives(folder.path / ARCHIVE) if _holds(folder, ARCHIVE) else []


def _holds(folder: RunFolder, name: str) -> bool:
    if not (folder.path / name).exists():
        return False
    folder.bytes_of(name)  # for its checksum
    return True

"""The genomes of whole family trees in a run folder: as arrays, since there are hundreds a seed."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from fer_jax.errors import RunFolderError
from fer_jax.search.ancestry import Ancestry

ANCESTORS = "ancestors.npz"


def ancestors_file(trees: Mapping[int, tuple[Ancestry, Iterable[int]]]) -> bytes:
    """The file.

    Args:
        trees: of each seed, who holds its genomes, and the numbers of those that are kept.
    """
    arrays = {
        f"{seed}/{name}": values
        for seed, (genomes, numbers) in trees.items()
        for name, values in genomes.genome_arrays(numbers).items()
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def read_ancestors(path: Path) -> dict[int, Ancestry]:
    """Read it back; nothing, if there is no such file.

    Returns:
        Of each seed its genomes by number, without their tree.

    Raises:
        RunFolderError: in one line, if it is damaged.
    """
    if not path.exists():
        return {}
    seeds: dict[int, dict[str, np.ndarray]] = {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays:
                seed, name = key.split("/")
                seeds.setdefault(int(seed), {})[name] = arrays[key]
        return {seed: Ancestry.restore(own) for seed, own in seeds.items()}
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds on a damaged file
        told = " ".join(str(error).split())[:120]
        raise RunFolderError(f"{path}: is damaged: {told}") from None

"""Where the evolved ones of the embedded genomes come from: ancestors, each with its birth."""

import json
from dataclasses import dataclass

from fer_jax.errors import GenomeError, nearest
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.library import EVOLVED, embedded_folder, evolved_names


@dataclass(frozen=True, eq=False)
class Lineage:
    """A line of descent.

    Attributes:
        genomes: the first ancestor first, the genome itself last; each child has its structure from
            the one before it.
        born: the step in which each of them came to be; ascending.
    """

    genomes: tuple[Genome, ...]
    born: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.genomes) != len(self.born) or not self.genomes:
            raise GenomeError(
                f"a lineage of {len(self.genomes)} genomes and {len(self.born)} births; expected "
                f"at least one, and as many of both"
            )


def load_lineage(name: str) -> Lineage:
    """The lineage of an embedded genome.

    Args:
        name: one of `fer_jax.genome.library.evolved_names()`.

    Raises:
        GenomeError: in one line, if there is no such genome, or it was not evolved.

    Example:
        >>> lineage = load_lineage(evolved_names()[0])
        >>> len(lineage.genomes) == len(lineage.born)
        True
    """
    if name not in evolved_names():
        raise GenomeError(f"{name[:80]!r} has no lineage here; {nearest(name, evolved_names())}")
    path = embedded_folder(EVOLVED) / "lineages" / f"{name}.json"
    return read_lineage(path.read_text(encoding="utf-8"))


def write_lineage(lineage: Lineage) -> str:
    """A lineage as JSON."""
    content = {
        "born": list(lineage.born),
        "genomes": [json.loads(write_json(genome)) for genome in lineage.genomes],
    }
    return json.dumps(content, separators=(",", ":")) + "\n"


def read_lineage(text: str) -> Lineage:
    """What `write_lineage` wrote.

    Raises:
        GenomeError: if it is no lineage.
    """
    try:
        content = json.loads(text)
        genomes = [read_json(json.dumps(genome).encode()) for genome in content["genomes"]]
        return Lineage(tuple(genomes), tuple(int(step) for step in content["born"]))
    except (LookupError, TypeError, ValueError) as error:
        raise GenomeError(f"is no lineage: {' '.join(str(error).split())[:120]}") from None

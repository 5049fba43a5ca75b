"""What breeding leaves in a run folder beside its best genomes: lines, last generations, trees."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_jax.errors import GenomeError, RunFolderError
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.lab.formats import Format, HandsOffError, read_sealed
from fer_jax.search.neat_result import Bred
from fer_jax.search.phylogeny import newick, phylogeny_json

EVOLUTION = "evolution.json"
EVOLUTION_FORMAT = Format("fer_jax evolution", 1)


@dataclass(frozen=True, eq=False)
class Evolution:
    """How the genomes of one seed came to be.

    Attributes:
        seed: of the run.
        line: the best genome's ancestors by first parents, the first one first, and itself last.
        born: the generation in which each of them came to be.
        population: the last generation, the fittest first.
        newick: the tree of the last generation, the best genome and their ancestors.
        phylogeny: the same as JSON, with both parents of each.
    """

    seed: int
    line: tuple[Genome, ...]
    born: tuple[int, ...]
    population: tuple[Genome, ...]
    newick: str
    phylogeny: str


def evolution_of(bred: Bred) -> Evolution:
    """What is kept of a run."""
    living = sorted({*bred.numbers, bred.best_number})
    return Evolution(
        bred.seed,
        bred.line,
        bred.line_born,
        bred.population,
        newick(bred.ancestry, living),
        phylogeny_json(bred.ancestry, living),
    )


def evolution_files(runs: Sequence[Evolution]) -> dict[str, bytes]:
    """All of it as files, by name: one for all seeds, and the tree of each for tree viewers."""
    content = {
        "runs": [
            {
                "seed": run.seed,
                "born": list(run.born),
                "line": [json.loads(write_json(genome)) for genome in run.line],
                "population": [json.loads(write_json(genome)) for genome in run.population],
                "phylogeny": json.loads(run.phylogeny),
                "newick": run.newick,
            }
            for run in runs
        ]
    }
    files = {EVOLUTION: (json.dumps(EVOLUTION_FORMAT.seal(content)) + "\n").encode()}
    for run in runs:
        files[f"phylogeny-seed-{run.seed}.nwk"] = (run.newick + "\n").encode()
    return files


def read_evolution(path: Path) -> list[Evolution]:
    """Read it back.

    Args:
        path: of `evolution.json`.

    Raises:
        RunFolderError: in one line, if the file is not whole or not ours.
    """
    content = read_sealed(path, EVOLUTION_FORMAT)
    try:
        return [
            Evolution(
                int(run["seed"]),
                _genomes(run["line"]),
                tuple(int(born) for born in run["born"]),
                _genomes(run["population"]),
                str(run["newick"]),
                json.dumps(run["phylogeny"], separators=(",", ":")),
            )
            for run in content["runs"]
        ]
    except HandsOffError:
        raise
    except (LookupError, TypeError, ValueError, GenomeError) as error:
        told = " ".join(str(error).split())[:120]
        raise RunFolderError(f"{path}: is damaged: {told}") from None


def _genomes(told: Sequence[object]) -> tuple[Genome, ...]:
    return tuple(read_json(json.dumps(genome).encode()) for genome in told)

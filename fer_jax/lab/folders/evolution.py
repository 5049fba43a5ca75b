"""What breeding leaves in a run folder beside its best genomes: lines, last generations, trees."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fer_jax.errors import GenomeError, RunFolderError
from fer_jax.genome.graph import Genome
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.lab.folders.ancestors import ANCESTORS, ancestors_file, read_ancestors
from fer_jax.lab.folders.formats import Format, HandsOffError, read_sealed
from fer_jax.search.ancestry import Ancestry
from fer_jax.search.neat_result import Bred
from fer_jax.search.phylogeny import newick, phylogeny_json

EVOLUTION = "evolution.json"
EVOLUTION_FORMAT = Format("fer_jax evolution", 1)


@dataclass(frozen=True, eq=False)
class Ancestor:
    """One genome of a line.

    Attributes:
        number: of the genome, in its run's family tree.
        born: the generation in which it came to be.
        genome: itself; None where it was made before runs kept the genomes of the whole tree, and
            neither the best one comes from it nor was it of the last generation.
    """

    number: int
    born: int
    genome: Genome | None


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
        line_numbers: of the genomes of `line`, in that tree.
        numbers: of the genomes of `population`.
        genomes: of the whole tree, by number; None in runs of before they were kept.
    """

    seed: int
    line: tuple[Genome, ...]
    born: tuple[int, ...]
    population: tuple[Genome, ...]
    newick: str
    phylogeny: str
    line_numbers: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    genomes: Ancestry | None = None

    def ancestors(self, number: int) -> tuple[Ancestor, ...]:
        """From the first ancestor to a genome, by first parents; itself is the last one.

        Args:
            number: of any genome of the family tree, such as one of `numbers`.

        Raises:
            GenomeError: in one line, if there is no such genome in the tree.

        Example:
            >>> tree = {"id": 0, "parents": [], "born": 0}, {"id": 5, "parents": [0], "born": 3}
            >>> bred = Evolution(0, (), (), (), "", json.dumps({"genomes": tree}))
            >>> [(ancestor.number, ancestor.born) for ancestor in bred.ancestors(5)]
            [(0, 0), (5, 3)]
        """
        if number not in self._tree:
            raise GenomeError(
                f"there is no genome {number} in the family tree of seed {self.seed}; name one of "
                f"its last generation, such as {next(iter(self.numbers), max(self._tree))}"
            )
        line = [number]
        while parents := self._tree[line[-1]]["parents"]:
            line.append(parents[0])
        line.reverse()
        genomes = self.genomes.genomes_of(line) if self.genomes else map(self._kept.get, line)
        return tuple(
            Ancestor(one, self._tree[one]["born"], genome)
            for one, genome in zip(line, genomes, strict=True)
        )

    @property
    def tree_numbers(self) -> list[int]:
        """Of all genomes of the family tree, ascending."""
        return sorted(self._tree)

    @cached_property
    def _tree(self) -> dict[int, dict[str, Any]]:
        """What the family tree says of each genome, by number."""
        return {told["id"]: told for told in json.loads(self.phylogeny)["genomes"]}

    @cached_property
    def _kept(self) -> dict[int, Genome]:
        """The genomes that are kept, by number."""
        line = dict(zip(self.line_numbers, self.line, strict=False))
        return line | dict(zip(self.numbers, self.population, strict=False))


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
        tuple(bred.ancestry.line(bred.best_number)),
        bred.numbers,
        bred.ancestry,
    )


def evolution_files(runs: Sequence[Evolution]) -> dict[str, bytes]:
    """All of it as files, by name: one for all seeds, and the tree of each for tree viewers."""
    content = {
        "runs": [
            {
                "seed": run.seed,
                "born": list(run.born),
                "line_numbers": list(run.line_numbers),
                "line": [json.loads(write_json(genome)) for genome in run.line],
                "numbers": list(run.numbers),
                "population": [json.loads(write_json(genome)) for genome in run.population],
                "phylogeny": json.loads(run.phylogeny),
                "newick": run.newick,
            }
            for run in runs
        ]
    }
    files = {EVOLUTION: (json.dumps(EVOLUTION_FORMAT.seal(content)) + "\n").encode()}
    trees = {run.seed: (run.genomes, run.tree_numbers) for run in runs if run.genomes is not None}
    files[ANCESTORS] = ancestors_file(trees)
    for run in runs:
        files[f"phylogeny-seed-{run.seed}.nwk"] = (run.newick + "\n").encode()
    return files


def read_evolution(path: Path) -> list[Evolution]:
    """Read it back.

    Args:
        path: of `evolution.json`, beside which the ancestors lie.

    Raises:
        RunFolderError: in one line, if a file is not whole or not ours.
    """
    content = read_sealed(path, EVOLUTION_FORMAT)
    genomes = read_ancestors(path.parent / ANCESTORS)
    try:
        return [
            Evolution(
                int(run["seed"]),
                _genomes(run["line"]),
                tuple(int(born) for born in run["born"]),
                _genomes(run["population"]),
                str(run["newick"]),
                json.dumps(run["phylogeny"], separators=(",", ":")),
                # Runs of before they were kept have none, and lack nothing else.
                tuple(int(number) for number in run.get("line_numbers", ())),
                tuple(int(number) for number in run.get("numbers", ())),
                genomes.get(int(run["seed"])),
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

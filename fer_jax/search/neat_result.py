"""What breeding comes to: genomes, where they came from, and how it went."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fer_jax.genome.graph import Genome
from fer_jax.search.ancestry import Ancestry


@dataclass(frozen=True, eq=False)
class Bred:
    """What one run has come to.

    Attributes:
        seed: of the run.
        best: the fittest genome there has been.
        fitness: what it is worth.
        loss: its mean squared error to the target.
        line: its ancestors by first parents, the first one first, and itself last.
        line_born: the generation in which each of them came to be.
        population: the last generation, the fittest first.
        numbers: of those genomes, in the family tree.
        best_number: of the best one.
        ancestry: the family tree.
    """

    seed: int
    best: Genome
    fitness: float
    loss: float
    line: tuple[Genome, ...]
    line_born: tuple[int, ...]
    population: tuple[Genome, ...]
    numbers: tuple[int, ...]
    best_number: int
    ancestry: Ancestry


@dataclass(frozen=True, eq=False)
class NeatResult:
    """What each seed's run has come to.

    Attributes:
        runs: one for each seed.
        records: by name, `(seeds, generations)`: "losses" of the fittest genome so far, its
            "best_fitness", and of the generation "mean_fitness", the number of "species",
            "mean_nodes" and "mean_links".
    """

    runs: tuple[Bred, ...]
    records: dict[str, Float[np.ndarray, "seeds generations"]]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the runs."""
        return tuple(run.seed for run in self.runs)

"""NEAT: breeding genomes of growing structure towards a target, or whatever fitness is given."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np
from jaxtyping import Float, Int

from fer_jax.errors import ConfigError, nearest
from fer_jax.genome.population import Population, unpad
from fer_jax.genome.population_render import images_of, maps_of
from fer_jax.search.ancestry import NOBODY, Ancestry
from fer_jax.search.fitness import FITNESS, Fitness, NearTarget, mean_squared_errors
from fer_jax.search.innovations import Innovations
from fer_jax.search.neat_breeding import bred, numbered
from fer_jax.search.neat_result import Bred, NeatResult
from fer_jax.search.neat_settings import NeatSettings, preset_of
from fer_jax.search.neat_start import start_population
from fer_jax.search.run_arrays import joined, parted
from fer_jax.search.selection import Parents, choose_parents
from fer_jax.search.speciation import Speciation

RECORDS = ("losses", "best_fitness", "mean_fitness", "species", "mean_nodes", "mean_links")
"""What is logged of each generation."""

IN_THE_AIR = 2
"""Runs that go on side by side: while the devices draw for one, the host breeds for the other."""

FORGET_EVERY = 25
"""Generations between two times at which genomes without living offspring are dropped."""


@dataclass
class NeatRun:
    """One seed's run, as it stands after a generation was judged.

    Attributes:
        seed: of all its choices.
        generation: how many have been judged.
        population: the last one, as NumPy arrays.
        numbers: of its genomes, in `ancestry`.
        fitness: of its genomes; worst where it was not finite.
        own: place of each genome's species.
        speciation: the species.
        book: of inventions.
        ancestry: the family tree.
        best: number of the fittest genome there has been.
        best_fitness: what it is worth.
        best_loss: its mean squared error to the target.
    """

    seed: int
    generation: int
    population: Population
    numbers: Int[np.ndarray, "genomes"]
    fitness: Float[np.ndarray, "genomes"]
    own: Int[np.ndarray, "genomes"]
    speciation: Speciation
    book: Innovations
    ancestry: Ancestry
    best: int = NOBODY
    best_fitness: float = -np.inf
    best_loss: float = np.inf


@dataclass(frozen=True, eq=False)
class NeatSearch:
    """NEAT for several seeds, each a run of its own. A step is a generation.

    Attributes:
        target: `(size, size, 3)` RGB in [0, 1]: what losses are against, and what "mse" and "ssim"
            select for. Its size is the one at which genomes are drawn.
        seeds: of the runs, from 0; each gives the same whatever others there are.
        settings: how populations are bred, or the name of a preset.
        fitness: "mse", "ssim", or a function of pictures and features.

    Raises:
        ConfigError: if there is no such preset or fitness, or no seed.
    """

    target: Float[np.ndarray, "size size 3"]
    seeds: tuple[int, ...] = (0,)
    settings: NeatSettings | str = "neat_2004"
    fitness: Fitness | str = "mse"
    _judge: Fitness = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigError("there is no seed; expected at least one, such as 0")
        if isinstance(self.settings, str):
            object.__setattr__(self, "settings", preset_of(self.settings))
        judge = self.fitness
        if isinstance(judge, str):
            if judge not in FITNESS:
                raise ConfigError(f"there is no fitness {judge!r}; {nearest(judge, FITNESS)}")
            judge = FITNESS[judge](self.target)
        object.__setattr__(self, "_judge", judge)

    @property
    def plan(self) -> str:
        """How many genomes there are, in words."""
        size = self._settings.population_size
        return f"{size} genomes a generation, {len(self.seeds)} run(s), {IN_THE_AIR} at a time"

    def start(self) -> list[NeatRun]:
        """The first generation of each run, not yet judged."""
        return [self._start(seed) for seed in self.seeds]

    def advance(
        self, state: list[NeatRun], steps: int
    ) -> tuple[list[NeatRun], dict[str, np.ndarray]]:
        """Go on by `steps` generations; records are `(seeds, steps)`."""
        logged = np.zeros((len(RECORDS), len(state), steps))
        for first in range(0, len(state), IN_THE_AIR):
            runs = list(enumerate(state))[first : first + IN_THE_AIR]
            drawn = {place: self._generation(run) for place, run in runs} if steps else {}
            for step in range(steps):
                for place, run in runs:
                    logged[:, place, step] = self._evaluate(run, *drawn.pop(place))
                    if step < steps - 1:
                        drawn[place] = self._generation(run)
        return state, dict(zip(RECORDS, logged, strict=True))

    def ended(self, state: list[NeatRun]) -> dict[str, np.ndarray]:
        """No run ends before the last step."""
        none = np.zeros(len(state), bool)
        return {"diverged": none, "stopped": none}

    def result(self, state: list[NeatRun], records: Mapping[str, np.ndarray]) -> NeatResult:
        """The best genome of each run, its line, and the last generation."""
        return NeatResult(tuple(map(_bred, state)), {name: records[name] for name in RECORDS})

    def arrays(self, state: list[NeatRun]) -> dict[str, np.ndarray]:
        """Everything that is needed to go on later."""
        return joined(
            {
                "population": run.population._asdict(),
                "species": run.speciation.arrays(),
                "book": run.book.arrays(),
                "ancestry": run.ancestry.arrays(),
                "run": {
                    "seed": run.seed,
                    "generation": run.generation,
                    "numbers": run.numbers,
                    "fitness": run.fitness,
                    "own": run.own,
                    "best": run.best,
                    "best_values": [run.best_fitness, run.best_loss],
                },
            }
            for run in state
        )

    def restore(self, arrays: Mapping[str, Any]) -> list[NeatRun]:
        """The state that `arrays` came from."""
        state = []
        for parts in parted(arrays, self.seeds):
            run = parts["run"]
            state.append(
                NeatRun(
                    seed=int(run["seed"]),
                    generation=int(run["generation"]),
                    population=Population(**parts["population"]),
                    numbers=run["numbers"],
                    fitness=run["fitness"],
                    own=run["own"],
                    speciation=Speciation.restore(parts["species"]),
                    book=Innovations.restore(parts["book"]),
                    ancestry=Ancestry.restore(parts["ancestry"]),
                    best=int(run["best"]),
                    best_fitness=float(run["best_values"][0]),
                    best_loss=float(run["best_values"][1]),
                )
            )
        return state

    @property
    def _settings(self) -> NeatSettings:
        assert isinstance(self.settings, NeatSettings)
        return self.settings

    @property
    def _near(self) -> NearTarget | None:
        """The fitness, if it asks for nothing but each picture's own error, which is its loss."""
        judge = self._judge
        return judge if isinstance(judge, NearTarget) and judge.target is self.target else None

    def _start(self, seed: int) -> NeatRun:
        settings = self._settings
        population = jax.device_get(start_population(settings, _random(seed, "start", 0)))
        book, ancestry = Innovations(), Ancestry()
        book.knows(population)
        nobody = [(NOBODY, NOBODY)] * settings.population_size
        numbers = ancestry.add(population, nobody, 0)
        speciation = Speciation(settings.threshold)
        return NeatRun(
            seed=seed,
            generation=0,
            population=population,
            numbers=numbers,
            fitness=np.full(settings.population_size, -np.inf),
            own=speciation.sort(population, 0, settings),
            speciation=speciation,
            book=book,
            ancestry=ancestry,
        )

    def _generation(self, run: NeatRun) -> tuple[Population, jax.Array]:
        """Breed, but for the first generation, and begin to draw."""
        if not run.generation:
            return run.population, self._draw(run.population)
        random = _random(run.seed, "parents", run.generation)
        before, parents = run.population, self._parents(run, random)
        newborn = bred(before, parents, run.seed, run.generation, self._settings.rates)
        drawn = self._draw(newborn.population)
        # While the devices draw.
        run.population = numbered(newborn, before, parents, run.book)
        run.speciation.stand_for(before, run.own, random)
        self._enter(run, parents)
        return newborn.population, drawn

    def _parents(self, run: NeatRun, random: np.random.Generator) -> Parents:
        sizes: Any = run.population.link_count
        species, generation = run.speciation.species, run.generation
        settings = self._settings
        return choose_parents(run.fitness, sizes, run.own, species, generation, settings, random)

    def _draw(self, population: Population) -> jax.Array:
        """Pictures; or errors, if nothing else is asked of the pictures, which then go at once."""
        near = self._near
        return near.errors(population) if near else images_of(population, len(self.target))

    def _enter(self, run: NeatRun, parents: Parents) -> None:
        """Number the newly born, and sort them into species."""
        generation, children = run.generation, run.population
        is_new = ~parents.copied
        first, second = run.numbers[parents.first], run.numbers[parents.second]
        one_parent = parents.first == parents.second
        second = np.where(one_parent, NOBODY, second)
        born = jax.tree.map(lambda part: part[is_new], children)
        pairs = zip(first[is_new].tolist(), second[is_new].tolist(), strict=True)
        numbers = first.copy()
        numbers[is_new] = run.ancestry.add(born, pairs, generation)
        run.numbers = numbers
        run.own = run.speciation.sort(children, generation, self._settings)
        if generation % FORGET_EVERY == 0:
            run.ancestry.forget([*numbers.tolist(), run.best])

    def _evaluate(
        self, run: NeatRun, population: Population, drawn: jax.Array
    ) -> tuple[float, ...]:
        """Keep what is said of a population, which is the run's, once it is drawn."""
        near, size = self._near, len(self.target)
        said = drawn if near else self._judge(drawn, lambda: maps_of(population, size))
        found = np.asarray(said, np.float64) * (-1 if near else 1)
        finite = np.isfinite(found)
        fitness = np.where(finite, found, found[finite].min() if finite.any() else 0.0)
        place = int(np.argmax(fitness))
        run.fitness = fitness
        run.speciation.note(fitness, run.own, run.generation)
        run.generation += 1
        if fitness[place] > run.best_fitness:
            run.best, run.best_fitness = int(run.numbers[place]), float(fitness[place])
            errors = drawn if near else mean_squared_errors(drawn[place][None], self.target)
            run.best_loss = float(np.asarray(errors)[place if near else 0])
        return (
            run.best_loss,
            run.best_fitness,
            float(fitness.mean()),
            len(run.speciation.species),
            float(run.population.node_count.mean()),
            float(run.population.link_count.mean()),
        )


def _bred(run: NeatRun) -> Bred:
    line = run.ancestry.line(run.best)
    order = np.argsort(-run.fitness, kind="stable")
    return Bred(
        seed=run.seed,
        best=run.ancestry.genomes_of([run.best])[0],
        fitness=run.best_fitness,
        loss=run.best_loss,
        line=tuple(run.ancestry.genomes_of(line)),
        line_born=tuple(run.ancestry.born[number] for number in line),
        population=tuple(unpad(jax.tree.map(lambda part: part[order], run.population))),
        numbers=tuple(run.numbers[order].tolist()),
        best_number=run.best,
        ancestry=run.ancestry,
    )


def _random(seed: int, purpose: str, generation: int) -> np.random.Generator:
    """Of one generation's choices alone, so that nothing of it has to be kept."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), generation])

"""One strategy of evosax on flat weights, asked and told as the search asks and tells.

evosax (Lange, arXiv 2212.04180) has two kinds. Those that keep a distribution start from a mean;
those that keep a population start from members and their losses. Here both start from members that
nobody has evaluated yet, and the first generation of a population is these members themselves: so
a generation is `population_size` evaluations, whatever the strategy.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from evosax.algorithms import CMA_ES, SV_CMA_ES, algorithms, population_based_algorithms
from jaxtyping import Array, Bool, Float, UInt32

from fer_jax.errors import ConfigError
from fer_jax.search.optimizers import OPTIMIZERS

Key = UInt32[Array, "2"]
Given = Mapping[str, Float[Array, ""]]
"""Options that are numbers of a strategy, of one seed."""

MIN_POPULATION = 4
"""Fewest members of a generation: with fewer, some strategies divide by zero."""


@dataclass(frozen=True)
class Strategy:
    """A strategy on flat weights, which minimises; hashable, so static in jit.

    Attributes:
        name: one of `STRATEGIES`.
        population_size: members of a generation.
        dimensions: weights of a member.
        draw: from a key to a member as random search draws it; hashable.
        options: those that are static, of `split_options`.

    Raises:
        ConfigError: if the population's size is one that the strategy cannot have.
    """

    name: str
    population_size: int
    dimensions: int
    draw: Callable[[Key], Float[Array, "params"]]
    options: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        built(self)

    @property
    def by_population(self) -> bool:
        """Whether it keeps a population, and no distribution."""
        return self.name in population_based_algorithms

    @property
    def member_count(self) -> int:
        """How many members it starts from: all, or the means of its distributions."""
        return self.population_size if self.by_population else self._populations

    def start(self, key: Key, members: Float[Array, "members params"], given: Given) -> Any:
        """The state before the first generation, which consists of arrays only.

        Args:
            key: of whatever the strategy draws to begin with.
            members: `member_count` of them.
            given: options that are numbers.
        """
        algorithm, params = self._ready(given)
        if self.by_population:
            unknown = jnp.full(self.population_size, jnp.inf)
            state = algorithm.init(key, members, unknown, params)
        else:
            means = (
                members if "num_populations" in constructor_parameters(self.name) else members[0]
            )
            state = algorithm.init(key, means, params)
        # Plain numbers of evosax have no fixed type, which would make another program later.
        return jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.result_type(leaf)), state)

    def ask(
        self,
        key: Key,
        state: Any,
        given: Given,
        *,
        scale: Float[Array, ""] | float = 1.0,
        first: Bool[Array, ""] | bool = False,
    ) -> tuple[Float[Array, "members params"], Any]:
        """The members of a generation, and the state that goes with them.

        Args:
            key: of this generation.
            state: of the strategy.
            given: options that are numbers.
            scale: factor on what random search draws.
            first: whether no generation went before.
        """
        algorithm, params = self._ready(given)

        def asked() -> tuple[Array, Any]:
            population, told = algorithm.ask(key, state, params)
            return population, _typed_as(state, told)

        if self.by_population:
            return jax.lax.cond(first, lambda: (state.population, state), asked)
        population, state = asked()
        return population * scale if self.name == "RandomSearch" else population, state

    def tell(
        self,
        key: Key,
        members: Float[Array, "members params"],
        losses: Float[Array, "members"],
        state: Any,
        given: Given,
        *,
        first: Bool[Array, ""] | bool = False,
    ) -> Any:
        """The state after a generation.

        Args:
            key: of this generation.
            members: that it asked for.
            losses: of them, finite; less is better.
            state: that `ask` returned.
            given: options that are numbers.
            first: whether no generation went before.
        """
        algorithm, params = self._ready(given)

        def told() -> Any:
            return _typed_as(state, algorithm.tell(key, members, losses, state, params)[0])

        def begun() -> Any:
            return _typed_as(state, algorithm.init(key, members, losses, params))

        return jax.lax.cond(first, begun, told) if self.by_population else told()

    @property
    def _populations(self) -> int:
        return dict(self.options).get("num_populations", 1)

    def _ready(self, given: Given) -> tuple[Any, Any]:
        algorithm, params = built(self)
        typed = {
            name: jnp.asarray(value).astype(jnp.result_type(getattr(params, name)))
            for name, value in given.items()
        }
        return algorithm, params.replace(**typed)


def constructor_parameters(name: str) -> Mapping[str, inspect.Parameter]:
    """What the constructor of a strategy takes, by name.

    Args:
        name: of the strategy in evosax.

    Example:
        >>> "num_populations" in constructor_parameters("SV_CMA_ES")
        True
    """
    return inspect.signature(algorithms[name].__init__).parameters


@functools.lru_cache(maxsize=256)
def built(strategy: Strategy) -> tuple[Any, Any]:
    """The object of evosax, always the same for equal strategies, and its parameters.

    Raises:
        ConfigError: if the population's size is one that the strategy cannot have.
    """
    accepted, options = constructor_parameters(strategy.name), dict(strategy.options)
    if "optimizer" in options:
        make = OPTIMIZERS[options["optimizer"]].make
        options["optimizer"] = optax.chain(make(), optax.scale(-options.pop("learning_rate")))
    if "std_init" in options:
        options["std_schedule"] = optax.constant_schedule(options.pop("std_init"))
    if "sampling_fn" in accepted:
        options["sampling_fn"] = strategy.draw
    size, populations = strategy.population_size, options.get("num_populations", 1)
    told = f"population_size is {size} for {strategy.dimensions} weights; {strategy.name}"
    if size < MIN_POPULATION * populations:
        raise ConfigError(f"{told} needs at least {MIN_POPULATION * populations}")
    if size % populations:
        raise ConfigError(f"{told} divides it into {populations} populations (num_populations)")
    if size % 2 and strategy.name == "ESMC":  # others are checked by evosax
        raise ConfigError(f"{told} pairs its members, so it must be even")
    # Some of evosax's own set-up needs values, whoever traces around it.
    with jax.ensure_compile_time_eval():
        try:
            zeros = jnp.zeros(strategy.dimensions)
            made = _MappedSvCmaEs if strategy.name == "SV_CMA_ES" else algorithms[strategy.name]
            algorithm = made(size // populations, solution=zeros, **options)
        except AssertionError as error:
            raise ConfigError(f"{told} says: {error}") from None
        return algorithm, algorithm.default_params


class _MappedSvCmaEs(SV_CMA_ES):
    """SV_CMA_ES whose populations decompose their covariances one after another.

    All at once, as evosax has them, jaxlib spreads them over the threads that the devices of a CPU
    share; where every one of these waits for another to be free, the program stands still.
    """

    def _ask(self, key: Key, state: Any, params: Any) -> tuple[Array, Any]:
        keys = jax.random.split(key, self.num_populations)
        return jax.lax.map(lambda one: CMA_ES._ask(self, *one, params), (keys, state))


def _typed_as(like: Any, state: Any) -> Any:
    return jax.tree.map(lambda old, new: jnp.asarray(new, old.dtype), like, state)

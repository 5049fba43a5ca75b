"""The strategies of evosax by name, on flat weights: evolution strategies and genetic algorithms.

evosax (Lange, arXiv 2212.04180) has two kinds. Those that keep a distribution start from a mean;
those that keep a population start from members and their losses. Here both start from members that
nobody has evaluated yet, and the first generation of a population is these members themselves: so
a generation is `population_size` evaluations, whatever the strategy.
"""

import dataclasses
import difflib
import functools
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from evosax.algorithms import CMA_ES, SV_CMA_ES, algorithms, population_based_algorithms
from jaxtyping import Array, Bool, Float, UInt32

from fer_jax.errors import ConfigError, nearest
from fer_jax.search import memory
from fer_jax.search.optimizers import OPTIMIZERS

Key = UInt32[Array, "2"]
Given = Mapping[str, Float[Array, ""]]
"""Options that are numbers of a strategy, of one seed."""

EXCLUDED: tuple[tuple[str, str], ...] = (
    (
        "GuidedES",
        "it wants a surrogate of the gradient before every generation, and without one takes half "
        "of its steps along the first weight",
    ),
)
"""(name, reason) of what evosax has and cannot work here."""

STRATEGIES: tuple[str, ...] = tuple(
    sorted(set(algorithms) - {name for name, _ in EXCLUDED}, key=str.casefold)
)
"""Every strategy by its name in evosax."""

DIAGONAL_INSTEAD: MappingProxyType[str, str] = MappingProxyType(
    {
        "ASEBO": "Sep_CMA_ES",
        "CMA_ES": "Sep_CMA_ES",
        "DiffusionEvolution": "Sep_CMA_ES",
        "iAMaLGaM_Full": "iAMaLGaM_Univariate",
        "MA_ES": "Sep_CMA_ES",
        "SV_CMA_ES": "Sep_CMA_ES",
        "xNES": "SNES",
    }
)
"""For each strategy that keeps a full matrix, weights by weights, one that keeps a diagonal."""

MIN_POPULATION = 4
"""Fewest members of a generation: with fewer, some strategies divide by zero."""

STD_INIT = 0.1
"""Standard deviation by which strategies begin to vary weights, unless told. That of evosax is 1
for most: several times the initial weights, and so many activations further that a step finds
nothing."""

NUM_POPULATIONS = 4
"""Into how many the members of a Stein variational strategy are divided, unless told."""

# What a generation has at work, at most: copies of the members (or of a larger state), as XLA says
# of its programs; matrices, with those of LAPACK; and one more a member in these strategies.
_COPIES = 12
_MATRICES = 8
_OUTER_PRODUCTS = ("MA_ES", "xNES")

# Options that decide shapes, so that each of their values is another program.
_COUNTS = (
    "m",
    "max_context_len",
    "num_diff",
    "num_groups",
    "num_latent_dims",
    "num_populations",
    "subspace_dims",
)
_FLAGS = ("use_antithetic_sampling",)


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
        _built(self)

    @property
    def keeps_full_matrix(self) -> bool:
        """Whether its state grows with the square of the number of weights."""
        return self.name in DIAGONAL_INSTEAD and "num_latent_dims" not in dict(self.options)

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
            means = members if "num_populations" in _parameters(self.name) else members[0]
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
        algorithm, params = _built(self)
        typed = {
            name: jnp.asarray(value).astype(jnp.result_type(getattr(params, name)))
            for name, value in given.items()
        }
        return algorithm, params.replace(**typed)


def check_strategy(name: str) -> None:
    """Refuse a name that is unknown, or of a strategy that cannot work here.

    Raises:
        ConfigError: naming the nearest known one, or saying why.

    Example:
        >>> check_strategy("CMA_ES")
    """
    if name in STRATEGIES:
        return
    if name in dict(EXCLUDED):
        raise ConfigError(f"strategy is {name!r}, which cannot work here: {dict(EXCLUDED)[name]}")
    # Names differ most in how they are written: cma-es, CMAES, cma_es.
    plain = {known.casefold(): known for known in STRATEGIES}
    near = difflib.get_close_matches(str(name).casefold(), plain, n=1)
    guess = f"did you mean {plain[near[0]]!r}? " if near else ""
    raise ConfigError(
        f"strategy is {str(name)[:40]!r}; {guess}All {len(STRATEGIES)} are listed in "
        f"fer_jax.search.es_strategies.STRATEGIES"
    )


def option_names(name: str) -> tuple[str, ...]:
    """The options of a strategy: those of evosax that are numbers or truth values.

    Args:
        name: one of `STRATEGIES`.

    Example:
        >>> option_names("PSO")
        ('cognitive_coeff', 'inertia_coeff', 'social_coeff')
    """
    accepted = set(_parameters(name))
    static = accepted.intersection((*_COUNTS, *_FLAGS))
    if "optimizer" in accepted:
        static |= {"optimizer", "learning_rate"}
    if "std_schedule" in accepted:
        static.add("std_init")
    return tuple(sorted(static.union(_numbers(name))))


def split_options(
    name: str, options: Mapping[str, Any], generations: int = 0
) -> tuple[tuple[tuple[str, Any], ...], dict[str, Any]]:
    """Options that are static, for `Strategy`, and those that are arrays, as they came.

    Args:
        name: one of `STRATEGIES`.
        options: by name.
        generations: over which a schedule of the strategy's own runs, if it has one.

    Raises:
        ConfigError: naming what came and what was expected.

    Example:
        >>> split_options("SV_Open_ES", {"std_init": 0.5, "alpha": 0.1})
        ((('num_populations', 4), ('std_init', 0.5)), {'alpha': 0.1})
        >>> split_options("CMA_ES", {})
        ((), {'std_init': 0.1})
    """
    allowed = option_names(name)
    for option in options:
        if option not in allowed:
            told = nearest(str(option), allowed) if allowed else "it has none"
            raise ConfigError(f"strategy_options of {name} has {str(option)[:40]!r}; {told}")
    if ("optimizer" in options) != ("learning_rate" in options):
        raise ConfigError("strategy_options needs optimizer and learning_rate together, or neither")
    if "std_init" in allowed:
        options = {"std_init": STD_INIT, **options}
    arrays = {key: value for key, value in options.items() if key in _numbers(name)}
    static = {key: value for key, value in options.items() if key not in arrays}
    for option, value in static.items():
        _check_static(option, value)
    if "num_populations" in _parameters(name):
        static.setdefault("num_populations", NUM_POPULATIONS)
    if "num_generations" in _parameters(name):
        if generations < 1:
            raise ConfigError(
                f"schedule_steps is {generations}; the strategy {name!r} needs the number of "
                f"generations over which its schedule runs"
            )
        static["num_generations"] = generations
    return tuple(sorted(static.items())), arrays


def _check_static(option: str, value: Any) -> None:
    if option == "optimizer":
        if value not in OPTIMIZERS:
            told = nearest(str(value), OPTIMIZERS)
            raise ConfigError(f"strategy_options: optimizer is {str(value)[:40]!r}; {told}")
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or isinstance(value, float)
    for options, sound, expected in (
        (_COUNTS, whole and value >= 1, "a whole number, at least 1"),
        (_FLAGS, isinstance(value, bool), "true or false"),
        (("learning_rate", "std_init"), number and 0 < value < math.inf, "a number above 0"),
    ):
        if option in options and not sound:
            raise ConfigError(f"strategy_options: {option} is {value!r:.40}; expected {expected}")


def _parameters(name: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(algorithms[name].__init__).parameters


@functools.cache
def _numbers(name: str) -> frozenset[str]:
    """The options that are arrays: single numbers among evosax's parameters of a strategy."""
    needed = {"num_populations": 1, "num_generations": 2}
    options = tuple((key, needed[key]) for key in needed if key in _parameters(name))
    _, params = _built(Strategy(name, 8, 8, jax.random.normal, options))
    fields = {field.name: getattr(params, field.name) for field in dataclasses.fields(params)}
    single = {
        key
        for key, value in fields.items()
        if len(jax.tree.leaves(value)) == 1 and np.ndim(value) == 0
    }
    # That of ARS is read by nobody: its schedule counts.
    return frozenset(single - ({"std_init"} if "std_schedule" in _parameters(name) else set()))


class _MappedSvCmaEs(SV_CMA_ES):
    """SV_CMA_ES whose populations decompose their covariances one after another.

    All at once, as evosax has them, jaxlib spreads them over the threads that the devices of a CPU
    share; where every one of these waits for another to be free, the program stands still.
    """

    def _ask(self, key: Key, state: Any, params: Any) -> tuple[Array, Any]:
        keys = jax.random.split(key, self.num_populations)
        return jax.lax.map(lambda one: CMA_ES._ask(self, *one, params), (keys, state))


@functools.lru_cache(maxsize=256)
def _built(strategy: Strategy) -> tuple[Any, Any]:
    """The object of evosax, always the same for equal strategies, and its parameters."""
    accepted, options = _parameters(strategy.name), dict(strategy.options)
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


def _typed_as(like: Any, state: Any) -> Any:
    return jax.tree.map(lambda old, new: jnp.asarray(new, old.dtype), like, state)


def needed_bytes(strategy: Strategy, state_numbers: int, seeds: int, devices: int) -> int:
    """An upper estimate of what evolution takes beside the drawing of pictures.

    Args:
        strategy: of every seed.
        state_numbers: in its state of one seed, numbers of 4 bytes.
        seeds: how many.
        devices: each works on one seed at a time.

    Returns:
        Bytes. While the states are handed over, they are there three times.
    """
    members = strategy.population_size * strategy.dimensions
    if strategy.keeps_full_matrix:
        matrices = strategy.population_size if strategy.name in _OUTER_PRODUCTS else 0
        work = _COPIES * members + (_MATRICES + matrices) * strategy.dimensions**2
    else:
        work = _COPIES * max(members, state_numbers)
    return 4 * (3 * seeds * state_numbers + devices * work)


def check_memory(strategy: Strategy, needed: int, what: str) -> None:
    """Refuse what cannot fit, before anything starts.

    Args:
        strategy: of every seed.
        needed: bytes.
        what: would need them, in words.

    Raises:
        ConfigError: if that is more than there is, naming a strategy that keeps a diagonal where
            this one keeps a full matrix.
    """
    available = memory.available_bytes()
    if needed <= available or not strategy.keeps_full_matrix:
        memory.check(needed, what)
        return
    length = f"{strategy.dimensions:,}"
    raise ConfigError(
        f"{what}: {strategy.name} keeps a full matrix of {length} x {length}, which needs about "
        f"{needed / 2**30:.1f} GiB, and there are {available / 2**30:.1f} GiB; take "
        f"strategy={DIAGONAL_INSTEAD[strategy.name]}, which keeps a diagonal"
    )

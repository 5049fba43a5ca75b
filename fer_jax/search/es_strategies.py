"""The strategies of evosax by name, and what can be set of each."""

import dataclasses
import difflib
import functools
import math
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from evosax.algorithms import algorithms

from fer_jax.errors import ConfigError, nearest
from fer_jax.search.evosax_strategy import Strategy, built, constructor_parameters
from fer_jax.search.optimizers import OPTIMIZERS

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

STD_INIT = 0.01
"""Standard deviation by which strategies begin to vary weights, unless told. That of evosax is 1
for most: several times the initial weights. Changes add up over layers: through the 12 of the
skull's network even 0.1 draws nothing alike any more, and a search stays where it begins."""

NUM_POPULATIONS = 4
"""Into how many the members of a Stein variational strategy are divided, unless told."""

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
_RATES = ("learning_rate", "std_init")


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
        raise ConfigError(f"the strategy {name!r} cannot work here: {dict(EXCLUDED)[name]}")
    # Names differ most in how they are written: cma-es, CMAES, cma_es.
    plain = {known.casefold(): known for known in STRATEGIES}
    near = difflib.get_close_matches(str(name).casefold(), plain, n=1)
    guess = f"did you mean {plain[near[0]]!r}? " if near else ""
    raise ConfigError(
        f"no strategy {str(name)[:40]!r}; {guess}All {len(STRATEGIES)} are listed in "
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
    accepted = set(constructor_parameters(name))
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
        ((), {'std_init': 0.01})
    """
    allowed = option_names(name)
    for option in options:
        if option not in allowed:
            told = nearest(str(option), allowed) if allowed else "it has none"
            raise ConfigError(f"{name} has no option {str(option)[:40]!r}; {told}")
    if ("optimizer" in options) != ("learning_rate" in options):
        raise ConfigError(f"{name} needs optimizer and learning_rate together, or neither")
    if "std_init" in allowed:
        options = {"std_init": STD_INIT, **options}
    arrays = {key: value for key, value in options.items() if key in _numbers(name)}
    static = {key: value for key, value in options.items() if key not in arrays}
    for option, value in static.items():
        _check_static(option, value)
    # Equal settings are one program, and one run, however they are written.
    static = {key: float(value) if key in _RATES else value for key, value in static.items()}
    if "num_populations" in constructor_parameters(name):
        static.setdefault("num_populations", NUM_POPULATIONS)
    if "num_generations" in constructor_parameters(name):
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
            raise ConfigError(f"option optimizer is {str(value)[:40]!r}; {told}")
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or isinstance(value, float)
    for options, sound, expected in (
        (_COUNTS, whole and value >= 1, "a whole number, at least 1"),
        (_FLAGS, isinstance(value, bool), "true or false"),
        (_RATES, number and 0 < value < math.inf, "a number above 0"),
    ):
        if option in options and not sound:
            raise ConfigError(f"option {option} is {value!r:.40}; expected {expected}")


@functools.cache
def _numbers(name: str) -> frozenset[str]:
    """The options that are arrays: single numbers among evosax's parameters of a strategy."""
    needed = {"num_populations": 1, "num_generations": 2}
    options = tuple((key, needed[key]) for key in needed if key in constructor_parameters(name))
    _, params = built(Strategy(name, 8, 8, jax.random.normal, options))
    fields = {field.name: getattr(params, field.name) for field in dataclasses.fields(params)}
    single = {
        key
        for key, value in fields.items()
        if len(jax.tree.leaves(value)) == 1 and np.ndim(value) == 0
    }
    # That of ARS is read by nobody: its schedule counts.
    return frozenset(
        single - ({"std_init"} if "std_schedule" in constructor_parameters(name) else set())
    )

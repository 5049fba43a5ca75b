import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from evosax.algorithms import algorithms

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ConfigError
from fer_jax.search import es_strategies, memory
from fer_jax.search.es import EsSearch
from fer_jax.search.es_memory import DIAGONAL_INSTEAD
from fer_jax.search.es_step import evolve_seeds
from fer_jax.search.es_strategies import (
    EXCLUDED,
    STD_INIT,
    STRATEGIES,
    check_strategy,
    option_names,
    split_options,
)
from fer_jax.search.evosax_strategy import Strategy
from fer_jax.search.placement import spread

ARCH = Arch.parse("sin:2x1")
TARGET = np.zeros((4, 4, 3), np.float32)


def search(strategy: str, population_size: int = 16, arch: Arch = ARCH, **options) -> EsSearch:
    return EsSearch(arch, TARGET, (0,), strategy, population_size, schedule_steps=9, **options)


def first_members(strategy: str, **options) -> np.ndarray:
    """Of which a distribution is asked first, `(members, params)`, less their mean."""
    static, arrays = split_options(strategy, options)
    made = Strategy(strategy, 1000, 8, jax.random.normal, static)
    given = {name: jnp.float32(value) for name, value in arrays.items()}
    mean, key = jnp.full((1, 8), 3.0), jax.random.PRNGKey(0)
    members, _ = made.ask(key, made.start(key, mean, given), given)
    return np.asarray(members) - 3.0


def test_every_strategy_of_evosax_is_here_or_it_is_said_why_not():
    left_out = dict(EXCLUDED)
    assert set(STRATEGIES) | set(left_out) == set(algorithms)
    assert not set(STRATEGIES) & set(left_out)
    assert all(left_out.values())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cma-es", r"no strategy 'cma-es'; did you mean 'CMA_ES'\? All 36 are listed in fer_jax"),
        ("SepCMAES", r"did you mean 'Sep_CMA_ES'\? All"),
        ("pso ", r"no strategy 'pso '; did you mean 'PSO'"),
        ("qqqqqq", r"no strategy 'qqqqqq'; All 36 are listed in fer_jax.search.es_strat"),
        ("GuidedES", r"the strategy 'GuidedES' cannot work here: it wants a surrogate"),
    ],
)
def test_unknown_names(name, message):
    with pytest.raises(ConfigError, match=message) as caught:
        check_strategy(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("strategy", "options", "message"),
    [
        ("PSO", {"inertia": 1}, r"PSO has no option 'inertia'; did you mean 'inertia_coeff'\? Kn"),
        (
            "CMA_ES",
            {"weights": [1.0]},
            "CMA_ES has no option 'weights'; .*nown are c_1, c_c, c_mean",
        ),
        ("LES", {"params_path": "evil.pkl"}, "LES has no option 'params_path'; known are std_init"),
        ("RandomSearch", {"std_init": 1}, "RandomSearch has no option 'std_init'; it has none"),
        ("ARS", {"learning_rate": 0.1}, "needs optimizer and learning_rate together, or neither"),
        ("ARS", {"optimizer": "adm", "learning_rate": 0.1}, "optimizer is 'adm'; did you mean 'ad"),
        ("ARS", {"optimizer": "adam", "learning_rate": 0}, "learning_rate is 0; expected a number"),
        ("ARS", {"std_init": True}, "std_init is True; expected a number above 0"),
        ("CMA_ES", {"std_init": 0.0}, "option std_init is 0; expected a number above 0"),
        ("CMA_ES", {"std_init": [1.0, 2.0]}, r"std_init has shape \(2,\) for 1 seed"),
        ("Rm_ES", {"m": 0}, "m is 0; expected a whole number, at least 1"),
        ("Rm_ES", {"m": True}, "m is True; expected a whole number, at least 1"),
        ("Open_ES", {"use_antithetic_sampling": 1}, "sampling is 1; expected true or false"),
        ("GESMR_GA", {"num_groups": 4}, "16 for 14 weights; GESMR_GA says: .* divisible"),
        ("ASEBO", {"subspace_dims": 15}, "16 for 14 weights; ASEBO says: Subspace dims must"),
        ("SV_Open_ES", {"num_populations": 3}, "16 for 14 weights; SV_Open_ES divides it into 3"),
        ("SV_Open_ES", {"num_populations": 8}, "16 for 14 weights; SV_Open_ES needs at least 32"),
    ],
)
def test_options_that_are_wrong(strategy, options, message):
    with pytest.raises(ConfigError, match=message) as caught:
        search(strategy, strategy_options=options)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unchecked_types")
def test_an_option_that_is_no_number():
    with pytest.raises(ConfigError, match="option c_mean is 'fast'; expected a number, or one a"):
        search("CMA_ES", strategy_options={"c_mean": "fast"})


@pytest.mark.parametrize(
    ("strategy", "size", "message"),
    [
        ("CMA_ES", 3, "population_size is 3 for 14 weights; CMA_ES needs at least 4"),
        ("PSO", 0, "population_size is 0 for 14 weights; PSO needs at least 4"),
        ("Open_ES", 15, "population_size is 15 for 14 weights; Open_ES says: .* must be even"),
        ("ESMC", 15, "population_size is 15 for 14 weights; ESMC pairs its members"),
    ],
)
def test_sizes_of_population_that_cannot_be(strategy, size, message):
    with pytest.raises(ConfigError, match=message):
        search(strategy, size)


def test_no_option_of_a_constructor_is_forgotten():
    """Whatever is no number, no count and no flag is a function, or loads a pickle."""
    known = {*es_strategies._COUNTS, *es_strategies._FLAGS, "population_size", "solution"}
    known |= {"optimizer", "std_schedule", "num_generations", "sampling_fn"}
    left_out = {"self", "fitness_shaping_fn", "metrics_fn", "kernel", "fitness_mapping"}
    left_out |= {"params", "params_path", "alpha_schedule", "mutation_feature_encoding"}
    left_out |= {f"{part}_config" for part in ("model", "solution", "fitness", "distrib")}
    found = {
        name for made in algorithms.values() for name in inspect.signature(made.__init__).parameters
    }
    assert found == known | left_out


def test_options_by_strategy():
    assert option_names("SAMR_GA") == (
        "std_best_limit", "std_init", "std_max", "std_meta", "std_min",
    )  # fmt: skip
    assert option_names("ARS") == ("learning_rate", "optimizer", "std_init")
    assert option_names("RandomSearch") == ()
    assert split_options("PSO", {"social_coeff": 1}) == ((), {"social_coeff": 1})
    assert split_options("HillClimbing", {}) == ((("std_init", STD_INIT),), {})
    assert split_options("DiffusionEvolution", {}, 7)[0] == (("num_generations", 7),)
    with pytest.raises(ConfigError, match=r"schedule_steps is 0; .*'DiffusionEvolution' needs the"):
        split_options("DiffusionEvolution", {})


@pytest.mark.parametrize("strategy", ["CMA_ES", "Open_ES", "PGPE", "SNES", "HillClimbing"])
def test_first_members_vary_as_they_are_told(strategy):
    np.testing.assert_allclose(first_members(strategy).std(), STD_INIT, rtol=0.05)
    np.testing.assert_allclose(first_members(strategy, std_init=2).std(), 2.0, rtol=0.05)


def test_an_optimizer_by_name_descends():
    key, mean = jax.random.PRNGKey(0), jnp.full((1, 8), 3.0)
    static, _ = split_options("Open_ES", {"optimizer": "sgd", "learning_rate": 0.5})
    made = Strategy("Open_ES", 1000, 8, jax.random.normal, static)
    members, state = made.ask(key, made.start(key, mean, {}), {})
    losses = jnp.sum(members**2, axis=1)
    moved = made.tell(key, members, losses, state, {}).mean
    # The estimated gradient of centred ranks, along -mean, times the learning rate.
    ranks = np.argsort(np.argsort(losses)) / 999 - 0.5
    gradient = ranks @ (np.asarray(members) - 3.0) / (1000 * STD_INIT**2)
    np.testing.assert_allclose(moved, 3.0 - 0.5 * gradient, rtol=1e-4)


def test_numbers_reach_the_strategy():
    fast, slow = (search("CMA_ES", strategy_options={"c_mean": value}) for value in (1.0, 0.0))
    for job, moves in ((fast, True), (slow, False)):
        state = job.start()
        mean = np.array(state.seeds.strategy.mean)
        state, _ = job.advance(state, 1)
        assert (np.asarray(state.seeds.strategy.mean) != mean).any() == moves


def matrices(strategy: str, arch: Arch) -> list[tuple[int, ...]]:
    """Shapes in the state that hold the number of weights twice."""
    count = arch.parameter_count
    leaves = jax.tree.leaves(jax.eval_shape(search(strategy, arch=arch).start))
    return [leaf.shape for leaf in leaves if leaf.shape.count(count) > 1]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_keeps_a_full_matrix_is_known(strategy):
    arch = Arch.parse("sin:3x2")
    assert bool(matrices(strategy, arch)) == (strategy in DIAGONAL_INSTEAD)
    if strategy in DIAGONAL_INSTEAD:
        assert DIAGONAL_INSTEAD[strategy] not in DIAGONAL_INSTEAD


@pytest.mark.parametrize("strategy", DIAGONAL_INSTEAD)
def test_a_full_matrix_is_refused_where_memory_does_not_suffice(strategy, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
    arch = Arch.parse("12/cache:15/gaussian:4/identity:2/sin:1")  # that of the skull
    message = (
        rf"1 seed\(s\) of .*: {strategy} keeps a full matrix of 5,478 x 5,478, which needs about "
        rf"\d+\.\d GiB, and there are 1.0 GiB; take {DIAGONAL_INSTEAD[strategy]}, which"
    )
    with pytest.raises(ConfigError, match=message) as caught:
        search(strategy, arch=arch)
    assert "\n" not in str(caught.value)
    assert search(DIAGONAL_INSTEAD[strategy], arch=arch)._needed_bytes < 2**26


def test_others_are_told_to_take_less_where_memory_does_not_suffice(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**20)
    with pytest.raises(ConfigError, match=r"needs about 0.0 GiB, .* take fewer seeds"):
        search("PSO", 4096)
    latent = {"num_latent_dims": 2}
    with pytest.raises(ConfigError, match="take fewer seeds"):
        search("DiffusionEvolution", 4096, strategy_options=latent)


@pytest.mark.parametrize("strategy", ["CMA_ES", "Sep_CMA_ES", "xNES"])
def test_memory_is_not_underestimated(strategy):
    job = search(strategy, arch=Arch.parse("sin:10x3"))
    seeds = spread(job._mesh, job.start().seeds)
    compiled = evolve_seeds.lower(
        job._generation, job._mesh, seeds, job._placed_settings, job._work.pixels,
        np.int32(0), np.int32(1),
    ).compile()  # fmt: skip
    found = compiled.memory_analysis()
    needed = job._needed_bytes
    assert found.temp_size_in_bytes + found.argument_size_in_bytes < needed
    assert needed < 10 * (found.temp_size_in_bytes + found.argument_size_in_bytes)

import functools
import hashlib
import json
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.conditional import conditional_arch
from fer_jax.cppn.render import render
from fer_jax.errors import ConfigError
from fer_jax.genome.files import load_genome
from fer_jax.search import sgd_step
from fer_jax.search.devices import training_mesh
from fer_jax.search.es import EsSearch
from fer_jax.search.es_step import Generation, SeedSettings, SeedState, evolve_seeds
from fer_jax.search.es_strategies import STRATEGIES
from fer_jax.search.evosax_strategy import Strategy
from fer_jax.search.placement import first, spread
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.sgd_result import SgdResult
from tests.compilations import compilations
from tests.fresh_process import run_python

ARCH = Arch.parse("2;cache:1,gaussian:2,sin:2")
TARGET = np.asarray(render(load_genome("sunrise"), 8))
KINDS = ("CMA_ES", "PSO")
"""One strategy that keeps a distribution, and one that keeps a population."""

RARE = (
    "ASEBO", "CMAAnchoredLES", "DiffusionEvolution", "ESMC", "EvoTF_ES", "iAMaLGaM_Full",
    "iAMaLGaM_Univariate", "LES", "LGA", "LM_MA_ES", "NoiseReuseES", "PersistentES", "Rm_ES",
    "SV_CMA_ES", "SV_Open_ES",
)  # fmt: skip
"""Strategies that few use and that take long to compile."""


def search(strategy: str = "CMA_ES", seeds: tuple[int, ...] = (0, 1, 2), **options) -> EsSearch:
    options = {"target": TARGET, "population_size": 8, "arch": ARCH} | options
    return EsSearch(seeds=seeds, strategy=strategy, **options)


def evolved(job: EsSearch, *chunks: int) -> SgdResult:
    state, logs = job.start(), []
    for chunk in chunks:
        state, records = job.advance(state, chunk)
        logs.append(records)
    joined = {name: np.concatenate([log[name] for log in logs], axis=-1) for name in logs[0]}
    return job.result(state, joined)


def loss_of(params: np.ndarray, **options) -> float:
    job = SgdSearch(ARCH, TARGET, (0,), **options)
    return job.loss_and_gradient(params)[0]


def same_bytes(one: SgdResult, other: SgdResult, seeds: slice | list[int] = slice(None)) -> None:
    np.testing.assert_array_equal(one.flat_params[seeds], other.flat_params, strict=True)
    np.testing.assert_array_equal(one.losses[seeds], other.losses, strict=True)


@pytest.mark.parametrize("strategy", KINDS)
@pytest.mark.parametrize("loss", ["rgb", "hsv"])
def test_what_comes_out(strategy, loss):
    result = evolved(search(strategy, (5, 2), loss=loss), 12)
    assert result.seeds.tolist() == [5, 2]
    assert result.status == ["ok", "ok"]
    assert result.losses.shape == (2, 12)
    assert result.losses.dtype == result.flat_params.dtype == np.float32
    assert result.flat_params.shape == (2, ARCH.parameter_count)
    assert (np.diff(result.losses) <= 0).all()
    assert (result.losses[:, -1] < result.losses[:, 0]).all()
    # The best weights so far are kept, and theirs is the loss that is logged.
    for params, last in zip(result.flat_params, result.losses[:, -1], strict=True):
        np.testing.assert_allclose(loss_of(params, loss=loss), last, rtol=1e-6)


def test_both_kinds_start_from_what_training_starts_from():
    initial = np.asarray(SgdSearch(ARCH, TARGET, (0, 3), init_scale=0.5).start().seeds.params)
    for strategy in KINDS:
        state = search(strategy, (0, 3), init_scale=0.5).start().seeds
        np.testing.assert_array_equal(state.best_params, initial)
        assert np.isinf(state.best_loss).all()
    population = np.asarray(state.strategy.population)
    np.testing.assert_array_equal(population[:, 0], initial)
    assert len(np.unique(population[..., 0])) == 16
    np.testing.assert_allclose(population.std(), initial.std(), rtol=0.3)


def test_a_population_is_evaluated_before_it_changes():
    job = search("PSO", (3,), population_size=5)
    state = job.start()
    population = np.array(state.seeds.strategy.population[0])
    state, records = job.advance(state, 1)
    losses = [loss_of(member) for member in population]
    np.testing.assert_array_equal(state.seeds.strategy.population[0], population)
    np.testing.assert_allclose(state.seeds.strategy.fitness[0], losses, rtol=1e-6)
    np.testing.assert_allclose(records["losses"], [[min(losses)]], rtol=1e-6)
    np.testing.assert_array_equal(state.seeds.best_params[0], population[np.argmin(losses)])


@dataclass(frozen=True)
class Sphere:
    """The sum of squares, or nothing finite for members whose first weight is above a bound."""

    bound: float = np.inf

    def __call__(self, members: jax.Array, pixels: sgd_step.Pixels) -> jax.Array:
        return jnp.where(members[:, 0] > self.bound, jnp.nan, jnp.sum(members**2, axis=1))


def minimised(
    objective: Sphere, strategy: str, population_size: int, start: np.ndarray, steps: int, **given
) -> tuple[SeedState, np.ndarray]:
    """Any function in place of a picture's loss, from one mean a seed."""
    count, length = start.shape
    draw = functools.partial(jax.random.normal, shape=(length,))
    made = Strategy(strategy, population_size, length, draw)
    generation, mesh = Generation(made, objective), training_mesh(count, groups=1)
    each = functools.partial(jnp.full, count)
    settings = SeedSettings(
        seed=jnp.arange(count, dtype=jnp.uint32),
        picture=jnp.zeros(count, jnp.int32),
        init_scale=each(1.0),
        target_loss=each(-1.0),
        options={name: each(float(value)) for name, value in given.items()},
    )
    seeds = jax.vmap(generation.start)(settings, jnp.asarray(start, jnp.float32))
    nothing = sgd_step.Pixels(*(jnp.zeros((1, 1, 1, 8)) for _ in range(3)))
    state, losses = evolve_seeds(
        generation, mesh, spread(mesh, seeds), spread(mesh, settings), nothing,
        np.int32(0), np.int32(steps),
    )  # fmt: skip
    return first(state, count), np.asarray(losses)[:count, :steps]


def test_cma_es_on_the_sphere():
    """Hansen, arXiv 1604.00772: ten dimensions take a population of 4 + 3 ln(10) = 10."""
    start = np.ones((10, 10))
    state, losses = minimised(Sphere(), "CMA_ES", 10, start, 400, std_init=0.5)
    assert (losses[:, -1] < 1e-8).all()
    np.testing.assert_allclose(
        np.sum(np.square(state.best_params), axis=1), losses[:, -1], rtol=1e-5
    )


def test_it_trains_a_small_cppn():
    job = search(population_size=32)
    before = [loss_of(params) for params in np.asarray(job.start().seeds.best_params)]
    result = evolved(job, 400)
    assert (result.losses[:, -1] < 0.2 * np.array(before)).all()
    assert np.median(result.losses[:, -1]) < 0.015


@pytest.mark.parametrize(
    "strategy",
    [pytest.param(name, marks=pytest.mark.slow if name in RARE else ()) for name in STRATEGIES],
)
@pytest.mark.filterwarnings("ignore:optax.global_norm is deprecated:DeprecationWarning")
def test_every_strategy(strategy):
    """On both devices; a state that is saved is plain numbers, and goes on like any other."""
    options = {"arch": Arch.parse("sin:2x1"), "target": TARGET[::2, ::2], "population_size": 16}
    job = search(strategy, (3, 4), schedule_steps=6, **options)
    state, first_records = job.advance(job.start(), 2)
    saved = {name: array.copy() for name, array in job.arrays(state).items()}
    assert all(array.dtype.kind in "fiub" for array in saved.values())
    state, records = job.advance(state, 2)
    result = job.result(state, records)
    assert result.status == ["ok", "ok"]
    assert np.isfinite(result.flat_params).all()
    assert (records["losses"] <= first_records["losses"][:, -1:]).all()
    assert len(np.unique(records["losses"])) > 1
    again, repeated = job.advance(job.restore(saved), 2)
    np.testing.assert_array_equal(repeated["losses"], records["losses"])
    for name, array in job.arrays(state).items():
        np.testing.assert_array_equal(job.arrays(again)[name], array, strict=True)


@pytest.mark.parametrize("strategy", KINDS)
def test_the_same_bytes_alone_in_company_and_in_chunks(strategy, monkeypatch):
    whole = evolved(search(strategy, (0, 1, 2, 77)), 11)
    for place, seed in enumerate((0, 1)):
        same_bytes(whole, evolved(search(strategy, (seed,)), 11), [place])
    same_bytes(evolved(search(strategy, (77, 2, 0)), 11), evolved(search(strategy, (77,)), 11), [0])
    same_bytes(evolved(search(strategy, (0, 1, 2, 77)), 1, 7, 3), whole)
    # The compiled program stays as it is, and is called three times.
    monkeypatch.setattr(sgd_step, "LOG_STEPS", 4)
    same_bytes(evolved(search(strategy, (0, 1, 2, 77)), 11), whole)


SIZE = 20
"""Whose pixels are two groups, so that each of two devices has one."""


def digests(strategies: tuple[str, ...], seed_lists: tuple[tuple[int, ...], ...]) -> dict[str, str]:
    """Hashes of all that evolution gives, for each strategy, number of seeds and seed."""
    found = {}
    target = np.asarray(render(load_genome("vase"), SIZE))
    for strategy in strategies:
        for seeds in seed_lists:
            job = search(strategy, seeds, target=target, schedule_steps=6, population_size=16)
            result = evolved(job, 6)
            for seed, params, losses in zip(seeds, result.flat_params, result.losses, strict=True):
                digest = hashlib.sha256(params.tobytes() + losses.tobytes()).hexdigest()
                found[f"{strategy} {len(seeds)} {seed}"] = digest
    return found


def digests_elsewhere(devices: int, *args: tuple) -> dict[str, str]:
    code = f"""
        import jax, json
        from tests.search.test_es import digests
        assert len(jax.devices()) == {devices}
        print(json.dumps(digests(*{args!r})))
    """
    # What optax has deprecated and evosax uses is no concern of this.
    return json.loads(run_python(code, JAX_NUM_CPU_DEVICES=str(devices), PYTHONWARNINGS="ignore"))


@pytest.mark.slow
@pytest.mark.xdist_group("the same bytes of evolution")
@pytest.mark.parametrize("devices", [1, 3])
def test_the_same_bytes_on_as_many_devices_as_one_likes(devices):
    which = (KINDS, ((0, 3, 9), (3,)))
    here = digests(*which)
    assert digests_elsewhere(devices, *which) == here
    for strategy in KINDS:
        assert here[f"{strategy} 3 3"] == here[f"{strategy} 1 3"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:optax.global_norm is deprecated:DeprecationWarning")
def test_the_same_bytes_of_many_strategies_on_one_device():
    # The module says which is another there; of rare ones two more are.
    which = (tuple(name for name in STRATEGIES if name not in (*RARE, "CR_FM_NES")), ((0, 3),))
    assert digests_elsewhere(1, *which) == digests(*which)


def test_compiled_once_for_each_shape():
    other = np.asarray(render(load_genome("vase"), 9))
    with compilations("evolve_seeds") as found:
        evolved(search(seeds=(0, 1), target=other), 3)
        assert len(found) == 1
        evolved(search(seeds=(7, 4), target=1 - other, init_scale=[0.5, 2.0], target_loss=0.01), 4)
        evolved(search(seeds=(2, 3), target=other, snapshot_steps=(1, 2)), 2, 1)
        evolved(search(seeds=(2, 3), target=other, strategy_options={"std_init": 0.3}), 3)
        assert len(found) == 1


def test_settings_of_each_seed():
    options = {"std_init": [0.1, 0.3], "c_mean": 0.9}
    targets = [TARGET, 1 - TARGET]
    both = search(seeds=(4, 4), target=targets, init_scale=[1.0, 2.0], strategy_options=options)
    result = evolved(both, 5)
    for place, (std, scale) in enumerate(((0.1, 1.0), (0.3, 2.0))):
        alone = search(
            seeds=(4,),
            target=targets[place],
            init_scale=scale,
            strategy_options={"std_init": std, "c_mean": 0.9},
        )
        same_bytes(result, evolved(alone, 5), [place])


def test_a_seed_stops_at_its_target_loss():
    free = evolved(search(), 20)
    target = float(free.losses[1, 8])
    job = search(target_loss=[0.0, target, 1.0])
    result = evolved(job, 5, 15)
    reached = int(np.argmax(free.losses[1] <= target))
    assert result.stopped_at.tolist() == [-1, reached, 0]
    same_bytes(free, evolved(search(seeds=(0,)), 20), [0])
    np.testing.assert_array_equal(result.losses[0], free.losses[0])
    np.testing.assert_array_equal(result.losses[1, : reached + 1], free.losses[1, : reached + 1])
    assert np.isnan(result.losses[1, reached + 1 :]).all()
    assert np.isnan(result.losses[2, 1:]).all()
    np.testing.assert_allclose(loss_of(result.flat_params[1]), free.losses[1, reached], rtol=1e-6)


def test_snapshots_are_the_best_weights_so_far():
    job = search(snapshot_steps=(0, 3, 7))
    result = evolved(job, 5, 2)
    assert result.snapshot_steps.tolist() == [0, 3, 7]
    assert result.snapshots.shape == (3, ARCH.parameter_count, 3)
    np.testing.assert_array_equal(result.snapshots[..., 0], job.start().seeds.best_params)
    for place, step in ((1, 3), (2, 7)):
        np.testing.assert_array_equal(
            result.snapshots[..., place], evolved(search(), step).flat_params
        )


@pytest.mark.parametrize("strategy", KINDS)
def test_a_seed_without_a_finite_member_has_diverged(strategy):
    options = {"arch": Arch.parse("identity:3x2"), "init_scale": [1.0, 1e30, 1.0]}
    job = search(strategy, **options)
    initial = np.array(job.start().seeds.best_params)
    state, first_records = job.advance(job.start(), 3)
    state, records = job.advance(job.restore(job.arrays(state)), 3)
    result = job.result(state, records)
    assert result.status == ["ok", "diverged", "ok"]
    assert result.diverged_at.tolist() == [-1, 0, -1]
    assert job.ended(state)["diverged"].tolist() == [False, True, False]
    assert np.isnan(first_records["losses"][1]).all()
    assert np.isnan(result.losses[1]).all()
    assert np.isfinite(result.losses[[0, 2]]).all()
    np.testing.assert_array_equal(result.flat_params[1], initial[1])
    alone = evolved(search(strategy, (2,), arch=options["arch"]), 6)
    np.testing.assert_array_equal(result.flat_params[[2]], alone.flat_params)


@pytest.mark.parametrize("strategy", ["ARS", "CMA_ES", "PSO"])
def test_members_that_are_not_finite_count_as_the_worst(strategy):
    """Also with ARS, which reckons with the losses themselves and not with their ranks."""
    start = np.full((2, 6), 0.02)
    state, losses = minimised(Sphere(bound=0.0), strategy, 12, start, 40)
    assert np.asarray(state.diverged_at).tolist() == [-1, -1]
    assert np.isfinite(losses).all()
    assert (losses[:, -1] < losses[:, 0]).all()
    assert (np.asarray(state.best_params)[:, 0] <= 0).all()
    assert all(np.isfinite(np.asarray(leaf)).all() for leaf in jax.tree.leaves(state))


def test_conditional_networks_and_how_it_is_told():
    arch = conditional_arch(ARCH, 2)
    result = evolved(search(arch=arch, target=[TARGET, 1 - TARGET]), 3)
    assert result.flat_params.shape == (3, arch.parameter_count)
    count = len(jax.devices())
    assert search().plan.startswith(f"3 seeds on {min(3, count)} device")
    assert "8 members of CMA_ES each, 1 at a time, in blocks of 64 pixels, " in search().plan


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": ()}, "seeds is empty; evolve at least one seed"),
        ({"seeds": (1, 2, 1)}, r"seeds \[1, 2, 1\] has a seed twice; name each once"),
        ({"seeds": (2**32,)}, r"must lie in 0 ... 2\^32 - 1"),
        ({"strategy": "CMAES"}, "no strategy 'CMAES'; did you mean 'CMA_ES'"),
        ({"population_size": 2}, "population_size is 2 for 60 weights; CMA_ES needs at least 4"),
        ({"init_scale": 0}, "init_scale is 0; expected a number above 0"),
        ({"target_loss": -1.0}, "target_loss is -1; expected a number 0 or more"),
        ({"loss": "rgba"}, "loss is 'rgba'; did you mean 'rgb'"),
        ({"init": "lecun"}, "init is 'lecun'; "),
        ({"precision": "bf16"}, "precision is 'bf16'; one of default, high, highest"),
        ({"strategy_options": {"std": 1}}, "CMA_ES has no option 'std'; did you mean"),
        ({"strategy": "DiffusionEvolution"}, "schedule_steps is 0; the strategy 'DiffusionEvol"),
        ({"target": TARGET[None]}, r"1 targets for 3 seed\(s\); give one, or one a seed"),
    ],
)
def test_one_thing_wrong(options, message):
    with pytest.raises(ConfigError, match=message):
        search(**options)


def test_a_checkpoint_of_another_strategy():
    saved = search("PSO").arrays(search("PSO").start())
    with pytest.raises(ConfigError, match=r"a checkpoint of this search holds .*; got"):
        search("CMA_ES").restore(saved)
    smaller = search("PSO", population_size=6)
    with pytest.raises(ConfigError, match=r"this training needs \(3, 6, \d+\)|\(3, 6\)"):
        smaller.restore(saved)

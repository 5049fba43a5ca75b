import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn, DenseCppn
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.search import sgd_step
from fer_jax.search.blocked_loss import PRECISIONS
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd
from tests.compilations import compilations

ARCH = Arch.parse("2;cache:1,gaussian:2,sin:2")
TARGET = np.asarray(render(load_genome("sunrise"), 8))
GREY = np.full((8, 8, 3), 0.5, np.float32)


def search(seeds: tuple[int, ...] = (0, 1, 2), **options) -> SgdSearch:
    return SgdSearch(ARCH, options.pop("target", TARGET), seeds, **options)


def trained(steps: int, *chunks: int, **options) -> tuple[np.ndarray, np.ndarray]:
    """Weights and losses after the steps, taken in these chunks."""
    job = search(**options)
    state, logs = job.start(), []
    for chunk in chunks or (steps,):
        state, records = job.advance(state, chunk)
        logs.append(records["losses"])
    return np.asarray(state.seeds.params), np.concatenate(logs, axis=1)


def same_bytes(one, other) -> None:
    for came, wanted in zip(one, other, strict=True):
        np.testing.assert_array_equal(came, wanted, strict=True)


def test_what_comes_out():
    result = train_sgd(ARCH, TARGET, seeds=[5, 2, 9], steps=30, learning_rate=0.01)
    assert result.seeds.tolist() == [5, 2, 9]
    assert result.losses.shape == (3, 30)
    assert result.losses.dtype == result.flat_params.dtype == np.float32
    assert result.flat_params.shape == (3, ARCH.parameter_count)
    assert result.status == ["ok"] * 3
    assert result.diverged_at.tolist() == [-1] * 3
    assert (result.losses[:, -1] < result.losses[:, 0]).all()
    for network, params in zip(result.networks, result.flat_params, strict=True):
        assert network.arch == result.arch == ARCH
        np.testing.assert_array_equal(network.params, params)
    # The loss is that of the weights before the step, so the next one is of these.
    image = render(result.networks[0], 8)
    _, losses = trained(1, seeds=(5,), initial_params=result.flat_params[0])
    np.testing.assert_allclose(losses[0, 0], np.mean((image - TARGET) ** 2), rtol=1e-5)


def test_names_and_paths_as_in_every_other_function():
    result = train_sgd(ARCH.spelling, "sunrise", seeds=2, steps=3, size=8)
    assert result.seeds.tolist() == [0, 1]
    same = train_sgd(ARCH, TARGET, seeds=(0, 1), steps=3)
    np.testing.assert_array_equal(result.flat_params, same.flat_params)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31, 2**32 - 1])
def test_initial_weights_are_those_of_flax(seed):
    variables = DenseCppn(ARCH).init(jax.random.PRNGKey(seed), jnp.zeros(4))["params"]
    flat = np.concatenate([np.ravel(variables[name]["kernel"]) for name in sorted(variables)])
    same_bytes(search((seed,)).start().seeds.params, flat[None])
    doubled = search((seed,), init_scale=2.0).start().seeds.params
    same_bytes(doubled, 2 * flat[None])


@settings(max_examples=6)
@given(st.lists(st.sampled_from([0, 1, 2, 77]), unique=True, min_size=2))
def test_the_same_bytes_alone_and_in_company(seeds):
    params, losses = trained(20, seeds=tuple(seeds))
    for place, seed in enumerate(seeds):
        same_bytes(trained(20, seeds=(seed,)), (params[[place]], losses[[place]]))


@pytest.mark.parametrize("chunks", [(7, 13), (1,) * 20, (19, 1)])
def test_the_same_bytes_in_chunks(chunks):
    same_bytes(trained(20, *chunks), trained(20))


def test_more_steps_than_one_call_takes(monkeypatch):
    expected = trained(20)
    # The compiled program stays as it is, and is called three times.
    monkeypatch.setattr(sgd_step, "LOG_STEPS", 8)
    same_bytes(trained(20), expected)
    same_bytes(trained(20, 3, 17), expected)


def test_a_saved_state_goes_on_as_if_nothing_had_been():
    job = search()
    state, first = job.advance(job.start(), 7)
    saved = {name: array.copy() for name, array in job.arrays(state).items()}
    assert all(isinstance(array, np.ndarray) for array in saved.values())
    state, second = search().advance(search().restore(saved), 13)
    losses = np.concatenate([first["losses"], second["losses"]], axis=1)
    same_bytes((np.asarray(state.seeds.params), losses), trained(20))
    assert int(state.step) == 20
    result = job.result(state, second | {"losses": losses})
    np.testing.assert_array_equal(result.losses, losses)


def test_the_length_of_the_chunks_follows_the_clock_and_nothing_shows_of_it():
    told = []
    result = train_sgd(
        ARCH,
        TARGET,
        seeds=3,
        steps=60,
        on_chunk=lambda done, losses: told.append((done, losses.copy())),
    )
    assert told[-1][0] == 60
    np.testing.assert_array_equal(np.concatenate([part for _, part in told], 1), result.losses)
    params, losses = trained(60)
    same_bytes((params, losses), (result.flat_params, result.losses))


def test_compiled_once_for_each_shape():
    other = np.asarray(render(load_genome("vase"), 9))
    with compilations("advance_seeds") as found:
        trained(3, seeds=(0, 1), target=other)
        assert len(found) == 1
        trained(5, seeds=(7, 4), target=other, learning_rate=0.01)
        trained(2, seeds=(7, 4), target=1 - other, init_scale=0.5)
        trained(9, 4, 5, seeds=(2, 3), target=other, initial_params=np.ones(ARCH.parameter_count))
        assert len(found) == 1


def test_given_weights():
    given_ = np.random.default_rng(0).normal(size=(3, ARCH.parameter_count)).astype(np.float32)
    same_bytes(search(initial_params=given_).start().seeds.params, given_)
    same_bytes(search(initial_params=given_[1]).start().seeds.params, given_[[1, 1, 1]])
    before = given_.copy()
    trained(5, initial_params=given_)
    np.testing.assert_array_equal(given_, before)
    result = train_sgd(ARCH, TARGET, seeds=3, steps=5, initial_params=given_)
    same_bytes((result.flat_params, result.losses), trained(5, initial_params=given_))


def test_a_dead_network_stays_as_it_is():
    """Where the gradient is zero there is no direction; the original divides by zero there."""
    arch = Arch.parse("relu:3x2")
    negative = np.zeros(arch.parameter_count, np.float32)
    negative[9:12] = -1.0  # the weights of the constant input: no neuron ever fires
    result = train_sgd(arch, TARGET, seeds=2, steps=10, initial_params=negative)
    np.testing.assert_array_equal(result.flat_params, np.stack([negative] * 2))
    np.testing.assert_allclose(result.losses, np.mean(TARGET**2), rtol=1e-5)
    assert result.status == ["ok", "ok"]


def test_a_target_that_is_reached_is_kept():
    flat = np.zeros(7, np.float32)
    flat[3], flat[6] = 0.5, 1.0  # constant -> neuron -> brightness
    network = Cppn.from_flat("identity:1x1", flat)
    np.testing.assert_array_equal(render(network, 8), GREY)
    result = train_sgd(network.arch, GREY, seeds=1, steps=10, initial_params=flat)
    np.testing.assert_array_equal(result.losses, np.zeros((1, 10)))
    np.testing.assert_array_equal(result.flat_params[0], flat)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_product_has_the_precision_that_was_asked_for(precision):
    job = search(precision=precision)
    step = functools.partial(sgd_step.evaluate, job._update.loss, job._mesh)
    rest = job._work.pixels, job._settings.at(0)
    program = str(jax.make_jaxpr(step)(job.start().seeds.params[0], *rest))
    products = program.count("dot_general[")
    assert products >= 3  # one forward, two backward; layers of one shape are one function
    name = f"Precision.{PRECISIONS[precision].name}"
    assert program.count(f"precision=({name}, {name})") == products
    assert search().precision == "highest"
    assert PRECISIONS["highest"] is jax.lax.Precision.HIGHEST

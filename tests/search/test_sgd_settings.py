"""What can be asked of training beyond the original study's way, each against a plain reference."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.search.initial_params import INITIALIZERS, initial_params
from fer_jax.search.memory import activation_bytes, seeds_in_flight
from fer_jax.search.optimizers import OPTIMIZERS, SCHEDULES
from fer_jax.search.plain_loss import image_loss
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import logarithmic_steps, train_sgd
from tests.compilations import compilations

ARCH = Arch.parse("1;gaussian:2,sin:2")
PICTURES = [np.asarray(render(load_genome(name), 8)) for name in ("sunrise", "vase", "moth")]
TARGET = PICTURES[0]
STEPS = 8


@functools.cache
def plain_gradient():
    def loss(params):
        return image_loss(DenseProgram(ARCH), params, pixel_inputs(8), jnp.asarray(TARGET))

    return jax.jit(jax.value_and_grad(loss))


def by_hand(optimizer, *, learning_rate=3e-3, steps=STEPS, rate=lambda step: 1.0, change=None):
    """Weights and losses of seed 3 under an optax optimizer of unit rate, in the plainest way."""
    params = SgdSearch(ARCH, TARGET, (3,)).start().seeds.params[0]
    state, losses = optimizer.init(params), []
    for step in range(steps):
        loss, gradient = plain_gradient()(params)
        losses.append(float(loss))
        if change is not None:
            gradient = change(params, gradient)
        updates, state = optimizer.update(gradient / jnp.linalg.norm(gradient), state, params)
        params = params - learning_rate * rate(step) * updates
    return np.asarray(params), losses


def trained(**options):
    given = {"seeds": [3], "steps": STEPS} | options
    return train_sgd(ARCH, given.pop("target", TARGET), **given)


def assert_same_path(result, expected, *, learning_rate=3e-3):
    params, losses = expected
    np.testing.assert_allclose(result.losses[0], losses, rtol=2e-3)
    np.testing.assert_allclose(result.flat_params[0], params, atol=0.05 * learning_rate * STEPS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_that_of_optax(name):
    chain = OPTIMIZERS[name].make()
    expected = by_hand(chain, change=None)
    assert_same_path(trained(optimizer=name, weight_decay=0.0), expected)
    moved = np.abs(expected[0] - SgdSearch(ARCH, TARGET, (3,)).start().seeds.params[0])
    assert moved.max() > 1e-3


def test_adamw_is_adam_with_decoupled_decay():
    adamw = optax.chain(optax.scale_by_adam(), optax.add_decayed_weights(0.5))
    assert_same_path(trained(weight_decay=0.5), by_hand(adamw))
    named = trained(optimizer="adamw")
    small = trained(weight_decay=1e-4)
    np.testing.assert_array_equal(named.flat_params, small.flat_params)
    assert not np.array_equal(small.flat_params, trained().flat_params)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_scales_the_rate(name):
    steps = 40
    schedule = SCHEDULES[name](steps)
    result = trained(optimizer="sgd", schedule=name, steps=steps, snapshots=range(steps + 1))
    lengths = np.linalg.norm(np.diff(result.snapshots[0], axis=-1), axis=0)
    # The gradient has length 1, so a step is as long as the rate.
    expected = 3e-3 * np.array([float(schedule(step)) for step in range(steps)])
    np.testing.assert_allclose(lengths, expected, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.2)])
def test_penalties_are_descended_and_not_logged(l1, l2):
    def change(params, gradient):
        penalty = jax.grad(lambda p: l1 * jnp.sum(jnp.abs(p)) + l2 * jnp.sum(p**2))
        return gradient + penalty(params)

    expected = by_hand(optax.scale_by_adam(), change=change)
    assert_same_path(trained(l1=l1, l2=l2), expected)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initialisation(name):
    arch = Arch.parse("relu:64x2")
    params = np.asarray(initial_params(arch, name, jnp.arange(3, dtype=jnp.uint32)))
    alone = np.asarray(initial_params(arch, name, jnp.array([2], jnp.uint32)))
    np.testing.assert_array_equal(params[[2]], alone)
    hidden = params[:, 4 * 64 : 4 * 64 + 64 * 64]  # Dense_1: 64 inputs, 64 outputs
    assert abs(hidden.mean()) < 0.05 * hidden.std()
    variance = {"he": 2 / 64, "lecun": 1 / 64, "xavier": 1 / 64, "picbreeder": 3.0}
    np.testing.assert_allclose(hidden.var(), variance[name.split("_")[0]], rtol=0.05)
    result = trained(init=name, steps=1, snapshots=[0])
    own = initial_params(ARCH, name, jnp.array([3], jnp.uint32))
    np.testing.assert_array_equal(result.snapshots[..., 0], own)


def test_a_grid_is_one_program_and_each_point_as_alone():
    rates, scales, decays = [1e-3, 1e-2, 0.1], [1.0, 0.5, 2.0], [0.0, 0.1, 0.2]
    points = [
        {"learning_rate": rate, "init_scale": scale, "weight_decay": decay, "l2": 0.01 * i}
        | {"normalize_gradient": i % 2 == 0, "target": PICTURES[i % 3]}
        for i, (rate, scale, decay) in enumerate(
            (rate, scale, decay)
            for rate in rates
            for scale, decay in zip(scales, decays, strict=True)
        )
    ]
    grid = {key: [point[key] for point in points] for key in points[0]}
    with compilations("advance_seeds") as found:
        together = trained(seeds=[3] * 9, **grid)
    assert len(found) == 1
    assert len({params.tobytes() for params in together.flat_params}) == 9
    for i, point in enumerate(points):
        alone = trained(seeds=[3], **point)
        np.testing.assert_array_equal(alone.flat_params[0], together.flat_params[i])
        np.testing.assert_array_equal(alone.losses[0], together.losses[i])


def test_values_make_no_new_program():
    with compilations("advance_seeds") as found:
        trained(seeds=[0, 1], block_size=16)
        first = len(found)
        trained(seeds=[5, 1], block_size=16, learning_rate=[0.5, 0.1], l1=0.1, target=PICTURES[1])
        trained(seeds=[5, 1], block_size=16, steps=3, weight_decay=0.3, normalize_gradient=False)
        trained(seeds=[5, 1], block_size=16, init="picbreeder", target_loss=0.2, snapshots=3)
        assert len(found) == first == 1


def test_weights_that_are_not_trainable_stay():
    mask = np.random.default_rng(0).random(ARCH.parameter_count) < 0.5
    result = trained(trainable=mask, seeds=2)
    assert not result.flat_params[:, ~mask].any()
    assert (result.flat_params[:, mask] != 0).all()
    given = np.random.default_rng(1).normal(size=ARCH.parameter_count).astype(np.float32)
    masks = np.stack([mask, ~mask])
    result = trained(trainable=masks, seeds=2, initial_params=given, weight_decay=0.1, l1=0.1)
    for params, own in zip(result.flat_params, masks, strict=True):
        np.testing.assert_array_equal(params[~own], given[~own])
        assert (params[own] != given[own]).all()


def test_the_norm_is_that_of_what_may_move():
    mask = np.zeros(ARCH.parameter_count, bool)
    mask[:7] = True
    given = np.random.default_rng(1).normal(size=ARCH.parameter_count).astype(np.float32)
    options = {"trainable": mask, "initial_params": given}
    result = trained(**options, optimizer="sgd", steps=1, snapshots=[0, 1])
    step = np.diff(result.snapshots[0], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(step), 3e-3, rtol=1e-5)


def test_a_seed_stops_at_its_target_loss():
    free = trained(seeds=[0, 1, 2], steps=60, learning_rate=0.01)
    goal = float(free.losses[1, 30])
    result = trained(seeds=[0, 1, 2], steps=60, learning_rate=0.01, target_loss=[0.0, goal, 0.0])
    at = int(np.argmax(free.losses[1] <= goal))
    assert result.stopped_at.tolist() == [-1, at, -1]
    assert result.status == ["ok"] * 3
    np.testing.assert_array_equal(result.losses[1, : at + 1], free.losses[1, : at + 1])
    assert np.isnan(result.losses[1, at + 1 :]).all()
    np.testing.assert_array_equal(result.losses[[0, 2]], free.losses[[0, 2]])
    np.testing.assert_array_equal(result.flat_params[[0, 2]], free.flat_params[[0, 2]])
    short = trained(seeds=[1], steps=at, learning_rate=0.01) if at else None
    assert short is not None
    np.testing.assert_array_equal(result.flat_params[1], short.flat_params[0])


def test_snapshots_are_the_weights_on_the_way():
    result = trained(seeds=[3, 4], steps=20, snapshots=[0, 1, 7, 20])
    assert result.snapshot_steps.tolist() == [0, 1, 7, 20]
    assert result.snapshots.shape == (2, ARCH.parameter_count, 4)
    start = SgdSearch(ARCH, TARGET, (3, 4)).start().seeds.params
    np.testing.assert_array_equal(result.snapshots[..., 0], start)
    for place, steps in ((1, 1), (2, 7), (3, 20)):
        shorter = trained(seeds=[3, 4], steps=steps)
        np.testing.assert_array_equal(result.snapshots[..., place], shorter.flat_params)
    plain = trained(seeds=[3, 4], steps=20)
    np.testing.assert_array_equal(result.losses, plain.losses)
    np.testing.assert_array_equal(result.flat_params, plain.flat_params)
    assert plain.snapshots.shape == (2, ARCH.parameter_count, 0)


def test_logarithmic_steps():
    assert logarithmic_steps(100_000, 7) == (0, 1, 10, 100, 1000, 10_000, 100_000)
    assert logarithmic_steps(100, 0) == ()
    assert logarithmic_steps(100, 2)[-1] in (1, 100)
    assert logarithmic_steps(3, 50) == (0, 1, 2, 3)


@pytest.mark.parametrize("in_flight", [2, 3, 5])
def test_seeds_side_by_side_as_on_a_gpu(in_flight):
    """The path of accelerators: whole pictures, several seeds in one product."""
    options = {"seeds": 5, "steps": 5, "learning_rate": [1e-3, 2e-3, 1e-2, 3e-3, 1e-3]}
    plain = trained(**options)
    batched = trained(**options, seeds_in_flight=in_flight, block_size=64)
    np.testing.assert_allclose(batched.losses, plain.losses, rtol=1e-4)
    np.testing.assert_allclose(batched.flat_params, plain.flat_params, atol=1e-4)


def test_a_seed_that_ends_does_not_hold_up_those_beside_it():
    given = np.random.default_rng(1).normal(size=(3, ARCH.parameter_count)).astype(np.float32)
    given[1] = np.nan
    result = trained(seeds=3, steps=6, initial_params=given, seeds_in_flight=3)
    alone = trained(seeds=3, steps=6, initial_params=given)
    assert result.status == alone.status == ["ok", "diverged", "ok"]
    np.testing.assert_allclose(result.losses[[0, 2]], alone.losses[[0, 2]], rtol=1e-4)
    assert np.isnan(result.losses[1]).all()


class FakeDevice:
    platform = "gpu"

    def __init__(self, stats):
        self.memory_stats = lambda: stats


def test_as_many_seeds_as_fit_the_memory():
    arch = Arch.parse("relu:64x6")
    one = activation_bytes(arch, 65536)
    assert seeds_in_flight(arch, 65536, 100, FakeDevice({"bytes_limit": 20 * one})) == 10
    assert seeds_in_flight(arch, 65536, 4, FakeDevice({"bytes_limit": 20 * one})) == 4
    assert seeds_in_flight(arch, 65536, 100, FakeDevice({"bytes_limit": one})) == 1
    assert seeds_in_flight(arch, 65536, 100, FakeDevice(None)) > 1

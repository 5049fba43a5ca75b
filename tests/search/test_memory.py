"""Memory: estimated before training starts, and made do with where it does not suffice."""

import logging

import jax
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.render import render
from fer_jax.errors import ConfigError
from fer_jax.genome.files import load_genome
from fer_jax.search import memory, sgd_step
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd

ARCH = Arch.parse("sin:3x2")
TARGET = np.asarray(render(load_genome("sunrise"), 8))
EXHAUSTED = "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes."


@pytest.fixture
def small_memory(monkeypatch):
    """A device on which at most two seeds at once fit, whose failures take the state with them."""
    widths, real = [], sgd_step.advance_seeds

    def advance(update, mesh, seeds, *rest):
        widths.append(update.in_flight)
        if update.in_flight > 2:
            jax.tree.map(lambda leaf: leaf.delete(), seeds)
            raise jax.errors.JaxRuntimeError(EXHAUSTED)
        return real(update, mesh, seeds, *rest)

    monkeypatch.setattr(sgd_step, "advance_seeds", advance)
    return widths


def test_fewer_seeds_at_once_where_memory_does_not_suffice(small_memory, caplog):
    devices = len(jax.devices())
    seeds = range(10 * devices)
    with caplog.at_level(logging.WARNING, "fer_jax"):
        found = train_sgd(ARCH, TARGET, seeds=seeds, steps=30, seeds_in_flight=10)
    # 10 and 5 fail; from then on every chunk goes on with 2.
    assert small_memory[:3] == [10, 5, 2]
    assert set(small_memory[3:]) <= {2}
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"the device ran out of memory for sin:3x2 at step 0; going on with {n} seeds at once"
        for n in (5, 2)
    ]
    expected = train_sgd(ARCH, TARGET, seeds=seeds, steps=30, seeds_in_flight=2)
    np.testing.assert_array_equal(found.flat_params, expected.flat_params)
    np.testing.assert_array_equal(found.losses, expected.losses)


def test_memory_that_becomes_short_on_the_way(small_memory):
    job = SgdSearch(ARCH, TARGET, tuple(range(6)), seeds_in_flight=2)
    state, first = job.advance(job.start(), 5)
    job._in_flight.count = 3  # as if there had been room for three until now
    state, second = job.advance(state, 5)
    whole = SgdSearch(ARCH, TARGET, tuple(range(6)), seeds_in_flight=1)
    _, expected = whole.advance(whole.start(), 10)
    losses = np.concatenate([first["losses"], second["losses"]], axis=1)
    np.testing.assert_allclose(losses, expected["losses"], rtol=1e-3)


def test_one_seed_at_a_time_is_the_least(monkeypatch):
    def fail(*_):
        raise jax.errors.JaxRuntimeError(EXHAUSTED)

    monkeypatch.setattr(sgd_step, "advance_seeds", fail)
    message = (
        "sin:3x2 at step 0 does not fit the device's memory, one seed at a time; take fewer pixels"
    )
    with pytest.raises(ConfigError, match=message):
        train_sgd(ARCH, TARGET, seeds=4, steps=3, seeds_in_flight=2)


def test_other_errors_of_a_device_are_not_taken_for_a_lack_of_memory(monkeypatch):
    def fail(*_):
        raise jax.errors.JaxRuntimeError("INTERNAL: the device is on fire")

    monkeypatch.setattr(sgd_step, "advance_seeds", fail)
    with pytest.raises(jax.errors.JaxRuntimeError, match="on fire"):
        train_sgd(ARCH, TARGET, seeds=2, steps=3, seeds_in_flight=2)


def test_what_cannot_fit_is_refused_before_it_starts(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**20)
    with pytest.raises(ConfigError, match=r"100 seed\(s\) of relu:64x6: needs about .* GiB, and"):
        SgdSearch(Arch.parse("relu:64x6"), TARGET, tuple(range(100)))
    SgdSearch(ARCH, TARGET, tuple(range(100)))


@pytest.mark.parametrize("text", ["max\n", "1048576\n", None])
def test_a_containers_limit_counts(monkeypatch, tmp_path, text):
    machine = memory.available_bytes()
    file = tmp_path / "memory.max"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(memory, "LIMIT_FILES", (str(file),))
    found = memory.available_bytes()
    assert found == 1048576 if text == "1048576\n" else found >= machine


def test_the_estimate_grows_with_seeds_only_by_what_is_kept_of_each():
    def needed(seeds, **options):
        return SgdSearch(ARCH, TARGET, tuple(range(seeds)), **options)._needed_bytes

    devices = len(jax.devices())
    kept = needed(5 * devices) - needed(4 * devices)
    # Weights, two moments, a mask, three counters; and twice that while a new state is made.
    assert kept == devices * 2 * 4 * (3 * ARCH.parameter_count + 1 + 3)
    longer = needed(devices, schedule_steps=1000) - needed(devices)
    assert longer == devices * 4 * 1000


def test_the_plan_says_what_is_chosen():
    job = SgdSearch(ARCH, TARGET, (0, 1, 2), block_size=16, schedule_steps=10**6)
    assert "in blocks of 16 pixels, 11 MiB beside JAX" in job.plan

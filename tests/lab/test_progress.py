import io

import numpy as np
import pytest
from rich.console import Console

from fer_jax.lab.runs.pace import Pace
from fer_jax.lab.runs.progress import Reporter
from fer_jax.lab.runs.runner import execute
from tests.lab.small_runs import fake_config

NAN = np.nan


class Clock:
    """Stands still but for what a test adds to it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def chunk(losses, diverged=(), stopped=()):
    """What a search hands over; the seeds that have ended are named by their places."""
    losses = np.array(losses, np.float32)
    places = np.arange(len(losses))
    ended = {"diverged": np.isin(places, diverged), "stopped": np.isin(places, stopped)}
    return {"losses": losses}, ended


START = ({}, chunk([[0.0]] * 5)[1])
FIRST = chunk([[0.9, 0.9]] * 5)
# The second seed ends at a loss that is finite; the fourth logs nothing but NaN.
SECOND = chunk(
    [[0.8, 0.1], [0.9, 7.0], [0.8, 0.2], [NAN, NAN], [0.3, NAN]], diverged=(1, 3), stopped=(4,)
)


def test_a_seed_that_stopped_has_not_diverged_and_its_loss_counts():
    clock = Clock()
    pace = Pace(steps=8, clock=clock)
    pace.update(0, *START)
    assert pace.told() == "0 diverged"
    clock.now += 100  # to compile
    pace.update(2, *FIRST)
    assert pace.told() == "loss quartiles 9.00e-01 9.00e-01 9.00e-01, 0 diverged"
    clock.now += 2
    pace.update(4, *SECOND)
    clock.now += 1000  # what happens after a chunk is no part of it
    # 7 steps were taken in 2 s; two seeds have 4 steps to go.
    told = (
        "4 seed-steps/s, loss quartiles 1.50e-01 2.00e-01 2.50e-01, 2 diverged, 1 at target loss, "
        "2 s left"
    )
    assert pace.told() == told
    # The next chunk, in which the stopped seed logs nothing, forgets nothing of it.
    clock.now += 2 - 1000
    pace.update(6, *chunk([[0.1], [NAN], [0.2], [NAN], [NAN]], (1, 3), (4,)))
    assert "1.50e-01 2.00e-01 2.50e-01, 2 diverged, 1 at target loss" in pace.told()


def test_where_every_seed_has_ended_nothing_is_left():
    clock = Clock()
    pace = Pace(steps=1000, clock=clock)
    for done, one in enumerate([chunk([[0.5]]), chunk([[0.5]]), chunk([[0.5]], diverged=(0,))]):
        pace.update(done, *one)
        clock.now += 1
    assert pace.told() == "1 seed-steps/s, 1 diverged, 0 s left"


def test_a_search_that_goes_on_is_told_from_where_it_begins():
    pace = Pace(steps=8)
    pace.update(4, *SECOND)
    assert pace.told() == (
        "loss quartiles 1.50e-01 2.00e-01 2.50e-01, 2 diverged, 1 at target loss"
    )


def shown(monkeypatch, *, terminal, width=80):
    monkeypatch.setenv("TERM", "xterm")
    clock, file = Clock(), io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=width)
    reporter = Reporter("[1/4] sgd · sunrise · relu:16x3", console, clock)
    with reporter.training(8) as on_chunk:
        for done, one in [(0, START), (2, FIRST), (4, SECOND)]:
            clock.now += 20
            on_chunk(done, *one)
    return file.getvalue(), reporter.pace.told()


def test_elsewhere_a_line_now_and_then_tells_the_same(monkeypatch):
    out, told = shown(monkeypatch, terminal=False)
    label = "[1/4] sgd · sunrise · relu:16x3: step 2 of 8, loss quartiles 9.00e-01"
    assert out.startswith(label)  # at 40 s; the next would come at 70 s
    assert out.count("\n") == 1
    assert told.count(", ") == 4


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_terminal_of_any_width_shows_every_fact(monkeypatch, width):
    out, told = shown(monkeypatch, terminal=True, width=width)
    words = " ".join(out.split())
    assert told in words
    assert " 50%" in words


@pytest.mark.parametrize("plan", ["", "3 seeds, one after another"])
def test_a_run_tells_its_plan_and_how_it_ended(tmp_path, fake_method, capsys, plan):
    fake_method |= {"plan": plan, "diverge": (1,), "stop": (2,)}
    execute(fake_config(tmp_path, steps=200))
    lines = capsys.readouterr().err.splitlines()
    assert lines[:-1] == ([f"fake · hill.json: {plan}"] if plan else [])
    assert " seed-steps/s, loss quartiles " in lines[-1]
    assert ", 1 diverged, 1 at target loss: " in lines[-1]
    # A run that is only scored anew has no speed.
    execute(fake_config(tmp_path, steps=200, score_size=12))
    last = capsys.readouterr().err.splitlines()[-1]
    assert "seed-steps" not in last
    assert ", 1 diverged: " in last

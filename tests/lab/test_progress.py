import io

import numpy as np
import pytest
from rich.console import Console

from fer_jax.lab import progress
from fer_jax.lab.progress import Pace, Reporter, quartiles

NAN = np.nan


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when one says so."""

    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_the_rate_leaves_compilation_out(clock):
    pace = Pace(steps=1000)
    losses = np.full((4, 10), 0.5)
    pace.update(0, None, {})
    clock.now = 100.0  # compilation
    pace.update(10, losses, {})
    assert pace.seed_steps_per_second == 0
    assert pace.told() == "loss 5.0e-01 | 5.0e-01 | 5.0e-01"
    clock.now = 102.0
    pace.update(110, losses, {})
    clock.now = 150.0  # scoring, after training
    assert pace.seed_steps_per_second == 4 * 100 / 2
    assert pace.told().startswith("200 seed-steps/s, loss ")
    assert pace.told().endswith(", 18 s left")  # 890 steps of 4 seeds at 200 a second


def test_a_stopped_seed_keeps_its_last_loss_and_is_not_told_as_diverged():
    pace = Pace(steps=10)
    pace.update(2, np.array([[0.4, 0.3], [0.2, 0.1], [9.0, NAN]]), {"diverged": 1, "stopped": 0})
    pace.update(4, np.array([[0.3, 0.2], [NAN, NAN], [NAN, NAN]]), {"diverged": 1, "stopped": 1})
    assert pace.told() == f"loss {quartiles(np.array([0.2, 0.1, 9.0]))}, 1 diverged, 1 stopped"


def test_quartiles_are_of_what_is_finite():
    assert quartiles(np.array([1.0, 2.0, 3.0, 4.0, 5.0, NAN])) == "2.0e+00 | 3.0e+00 | 4.0e+00"
    assert quartiles(np.array([NAN, np.inf])) == "of no seed is finite"


def test_lines_now_and_then_where_there_is_no_terminal(clock):
    out = io.StringIO()
    reporter = Reporter("[1/2] sgd", Console(file=out, width=200))
    with reporter.training(100) as on_chunk:
        on_chunk(0, {}, {})
        for done in (10, 20, 30, 40):
            clock.now += 20.0
            on_chunk(done, {"losses": np.full((2, 10), 0.25)}, {"diverged": 1})
    assert out.getvalue().splitlines() == [
        "[1/2] sgd: step 20 of 100, 1 seed-steps/s, loss 2.5e-01 | 2.5e-01 | 2.5e-01, "
        "1 diverged, 2 min 40 s left",
        "[1/2] sgd: step 40 of 100, 1 seed-steps/s, loss 2.5e-01 | 2.5e-01 | 2.5e-01, "
        "1 diverged, 2 min 00 s left",
    ]


def test_one_bar_in_a_terminal(clock):
    out = io.StringIO()
    console = Console(file=out, width=160, force_terminal=True, color_system=None)
    with Reporter("sgd", console).training(100) as on_chunk:
        on_chunk(50, {"losses": np.full((2, 10), 0.25)}, {"diverged": 1})
    drawn = out.getvalue()
    assert "50%" in drawn
    assert "loss 2.5e-01 | 2.5e-01 | 2.5e-01, 1 diverged" in drawn

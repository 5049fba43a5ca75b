"""A run that hangs in Python ends by the clock, with what it has."""

import json
import signal
import time
from pathlib import Path

import pytest

from fer_jax.lab.runs.runner import execute
from fer_jax.lab.runs.time_limit import RunTimeout, time_limit
from tests.lab.small_runs import FakeSearch, fake_config


def test_what_takes_too_long_is_interrupted_wherever_it_is():
    def hang():
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue

    with pytest.raises(RunTimeout, match=r"0\.05 s") as caught, time_limit(0.05):
        hang()
    assert caught.value.__cause__ is not None  # which tells the place


def test_what_ends_in_time_is_left_in_peace():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(0.05):
        pass
    time.sleep(0.1)
    assert signal.getsignal(signal.SIGALRM) is before
    with time_limit(None):
        pass


def test_another_error_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), time_limit(60):
        _ = 1 / 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


class Hanging(FakeSearch):
    """Hangs at its second chunk."""

    def advance(self, state, steps):
        if self.advanced:
            time.sleep(60)
        return super().advance(state, steps)


def test_a_run_past_its_timeout_says_so_and_goes_on_from_its_checkpoint(
    tmp_path: Path, fake_method, monkeypatch
):
    config = fake_config(tmp_path, checkpoint_seconds=0, timeout=0.5)
    with monkeypatch.context() as patch:
        patch.setattr("tests.lab.small_runs.FakeSearch", Hanging)
        outcome = execute(config)
    assert (outcome.state, outcome.mistake) == ("failed", False)
    assert "timeout" in outcome.error
    folder = Path(outcome.folder)
    assert json.loads((folder / "status.json").read_text())["state"] == "failed"
    assert "time.sleep(60)" in Path(outcome.log).read_text()
    assert (folder / "checkpoint" / "latest.json").exists()

    again = execute(fake_config(tmp_path, timeout=60, retry_failed=True))
    assert again.state == "done"
    assert fake_method["made"][-1].advanced < 40

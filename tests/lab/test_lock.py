"""Two processes on one run: the second waits or leaves, and a killed one leaves no lock behind."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from fer_jax.lab.folders.lock import LOCK, is_locked, locked
from fer_jax.lab.runs.runner import execute
from tests.lab.small_runs import fake_config

HOLDER = """
import sys, time
from pathlib import Path
from fer_jax.lab.folders.lock import locked
with locked(Path(sys.argv[1]), wait=False, on_wait=lambda: None) as held:
    print(held, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder():
    """Starts a process that holds the lock of a folder."""
    started = []

    def start(folder):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "True\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_lock_is_held_by_one_process_and_ends_with_it(tmp_path, holder):
    assert not is_locked(tmp_path)
    process = holder(tmp_path)
    assert is_locked(tmp_path)
    with locked(tmp_path, wait=False, on_wait=lambda: None) as held:
        assert not held
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not is_locked(tmp_path)
    with locked(tmp_path, wait=False, on_wait=lambda: None) as held:
        assert held
        assert (tmp_path / LOCK).exists()


def test_whoever_waits_goes_on_when_the_other_has_died(tmp_path, holder):
    process = holder(tmp_path)
    waiting = []
    killer = threading.Timer(1.0, process.kill)
    with locked(tmp_path, wait=True, on_wait=lambda: waiting.append(killer.start())) as held:
        assert held
    assert len(waiting) == 1
    process.wait()


def test_a_run_at_work_elsewhere_is_left_or_waited_for(tmp_path, fake_method, holder, capsys):
    fake_method["fail_at"] = 20
    (tmp_path / "outputs").mkdir()
    folder = tmp_path / "outputs" / os.path.basename(execute(fake_config(tmp_path)).folder)
    del fake_method["fail_at"]
    process = holder(folder)
    before = len(fake_method["made"])
    left = execute(fake_config(tmp_path, retry_failed=True, when_locked="leave"))
    assert (left.state, left.folder) == ("busy", str(folder))
    assert "left to the process that is at work on it" in capsys.readouterr().err
    assert all(search.advanced == 0 for search in fake_method["made"][before:])
    killer = threading.Timer(1.0, process.kill)
    killer.start()
    assert execute(fake_config(tmp_path, retry_failed=True)).state == "done"
    assert "waits for the process that is at work on it" in capsys.readouterr().err
    process.wait()


def test_two_threads_of_work_make_one_run(tmp_path, fake_method):
    """The second finds the run done, and trains nothing."""
    outcomes = []

    def run():
        outcomes.append(execute(fake_config(tmp_path)).state)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "skipped"]
    assert sorted(search.advanced for search in fake_method["made"]) == [0, 40]


def test_a_lock_that_cannot_be_made_is_told_in_one_line(tmp_path, fake_method):
    folder = execute(fake_config(tmp_path, steps=20)).folder
    os.remove(os.path.join(folder, "metrics.parquet"))
    os.remove(os.path.join(folder, LOCK))
    os.mkdir(os.path.join(folder, LOCK))
    with pytest.raises(ValueError, match=r"cannot be written: Is a directory; see to the disk"):
        execute(fake_config(tmp_path, steps=20))

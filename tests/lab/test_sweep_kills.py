"""A sweep that is killed again and again, and two at once in one folder: one table comes out."""

import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import fer_jax
from fer_jax.lab.runs.run_states import counts, states_of
from tests.lab.sweep_workers import workers_of

RUNS = 4
SWEEP = (
    *("-m", "target=moth,moon", "arch=relu:6x2,tanh:4x2", "seeds=2", "size=16", "steps=6000"),
    *("checkpoint_steps=500", "metrics=[fracture]", "score_size=16"),
)
KILLS = 20


class Sweeps:
    """Processes of one sweep, which share what they have compiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
        }

    def start(self, output: str, *more: str, limit: int | None = None) -> subprocess.Popen:
        """With a limit, in KiB, on the size of every file that it writes."""
        command = [sys.executable, "-m", "fer_jax", "run", *SWEEP, f"output_dir={output}", *more]
        if limit is not None:
            command = ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash", *command]
        return subprocess.Popen(
            command,
            env=self._environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def table(self, output: str) -> pd.DataFrame:
        """What the sweep found, apart from where it lies."""
        table = fer_jax.read_table(self.folder / output).drop(columns="path")
        return table.sort_values(["run", "seed", "metric"]).reset_index(drop=True)


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory):
    """With one sweep that was left in peace, in `whole`."""
    sweeps = Sweeps(tmp_path_factory.mktemp("sweeps"))
    process = sweeps.start("whole")
    told = process.communicate(timeout=600)[1]
    assert process.returncode == 0, told
    return sweeps


@pytest.mark.slow
@pytest.mark.xdist_group("sweep_kills")
def test_a_sweep_killed_at_random_moments_ends_in_the_same_table(sweeps):
    chance, killed, outputs = random.Random(0), 0, ["killed-0"]
    while killed < KILLS:
        process = sweeps.start(outputs[-1])
        try:
            # Start-up takes a few seconds, in which little can go wrong: some get further.
            process.communicate(timeout=chance.uniform(0.5, 12.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
        else:  # nothing is left there to be killed at
            outputs.append(f"killed-{len(outputs)}")
    for output in outputs:
        process = sweeps.start(output)
        told = process.communicate(timeout=600)[1]
        assert process.returncode == 0, told
        pd.testing.assert_frame_equal(sweeps.table(output), sweeps.table("whole"))
        assert counts(states_of(sweeps.folder / output)) == {"done": RUNS}


@pytest.mark.slow
@pytest.mark.xdist_group("sweep_kills")
def test_workers_killed_at_random_moments_leave_the_same_table(sweeps):
    devices = ("hydra/launcher=devices", "hydra.launcher.workers=2", "retry_failed=true")
    chance, killed, outputs = random.Random(1), 0, ["workers-0"]
    process = sweeps.start(outputs[-1], *devices)
    while killed < KILLS:
        try:
            process.communicate(timeout=chance.uniform(0.5, 6.0))
        except subprocess.TimeoutExpired:
            if workers := workers_of(process):
                chance.choice(workers).send_signal(signal.SIGKILL)
                killed += 1
        else:  # done, or a run has lost both of its workers and is failed; the rest is elsewhere
            if process.returncode == 0:
                outputs.append(f"workers-{len(outputs)}")
            process = sweeps.start(outputs[-1], *devices)
    process.communicate(timeout=600)
    for output in outputs:
        told = (process := sweeps.start(output, *devices)).communicate(timeout=600)[1]
        assert process.returncode == 0, told
        pd.testing.assert_frame_equal(sweeps.table(output), sweeps.table("whole"))


@pytest.mark.slow
@pytest.mark.xdist_group("sweep_kills")
def test_a_sweep_that_may_not_write_goes_on_once_it_may(sweeps):
    # No file of more than 2 KiB, such as networks and curves.
    process = sweeps.start("full", limit=2)
    told = process.communicate(timeout=600)[1]
    assert process.returncode == 1
    assert f"{RUNS} failed" in told, told
    assert "File too large" in told
    assert "Traceback" not in told
    assert counts(states_of(sweeps.folder / "full")).get("done", 0) == 0
    process = sweeps.start("full")
    told = process.communicate(timeout=600)[1]
    assert process.returncode == 0, told
    pd.testing.assert_frame_equal(sweeps.table("full"), sweeps.table("whole"))


@pytest.mark.slow
@pytest.mark.xdist_group("sweep_kills")
def test_two_sweeps_at_once_share_their_runs(sweeps):
    both = [sweeps.start("shared") for _ in range(2)]
    told = [process.communicate(timeout=900)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    made = [len(re.findall(r": done in ", text)) for text in told]
    assert sum(made) == RUNS, told
    pd.testing.assert_frame_equal(sweeps.table("shared"), sweeps.table("whole"))


@pytest.mark.slow
@pytest.mark.xdist_group("sweep_kills")
def test_one_bad_run_of_a_sweep_is_told_at_the_end(sweeps):
    process = sweeps.start("bad", "target=moth,nowhere.png")
    told = process.communicate(timeout=600)[1]
    assert process.returncode == 1
    assert "2 failed" in told
    assert told.count("there is no target") + told.count("nowhere.png") >= 2
    assert len(sweeps.table("bad")["run"].unique()) == RUNS // 2

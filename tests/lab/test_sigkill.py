"""A real command, killed for real again and again, ends in the bytes of one left in peace."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

STEPS = 40_000
COMMAND = (
    *(sys.executable, "-m", "fer_jax", "run", "target=sunrise", "arch=relu:8x2", "seeds=3"),
    *("size=16", f"steps={STEPS}", "checkpoint_steps=500"),
    *("metrics=[fracture]", "score_size=8"),
)
TIMES = {"status.json", "environment.json", "overrides.yaml"}
"""Files that tell of the command and its time, not of what came out."""


class Runs:
    """Processes of the one command, which share what they have compiled."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "stderr.txt"
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
        }

    def start(self, output: Path) -> subprocess.Popen:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, f"output_dir={output}"],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self, output: Path, step: int | None, delay: float) -> bool:
        """Start, and kill a while after that step, or after the start. Returns if it was alive."""
        before = opened(output)
        process = self.start(output)
        if step is not None:
            while process.poll() is None and (opened(output) == before or step_of(output) < step):
                time.sleep(0.005)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() == -signal.SIGKILL


def opened(output: Path) -> list[int]:
    """Changes once a process is through with its start-up."""
    return [path.stat().st_mtime_ns for path in output.glob("*/status.json")]


def step_of(output: Path) -> int:
    """How many steps a restart is spared, at most."""
    if any(output.glob("*/networks.safetensors")):
        return STEPS
    for latest in output.glob("*/checkpoint/latest.json"):
        return json.loads(latest.read_text())["step"]
    return 0


def contents(output: Path) -> dict[str, bytes]:
    (folder,) = output.iterdir()
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in TIMES}


@pytest.mark.slow
def test_a_command_killed_again_and_again_ends_in_the_same_bytes(tmp_path):
    runs, whole, killed = Runs(tmp_path), tmp_path / "whole", tmp_path / "killed"
    began = time.monotonic()
    process = runs.start(whole)
    while process.poll() is None and not opened(whole):
        time.sleep(0.005)
    start_up = time.monotonic() - began
    assert process.wait(timeout=300) == 0, runs.log.read_text()

    random = np.random.default_rng(0).random
    moments = [
        *((None, start_up * random()) for _ in range(2)),
        # Between two checkpoints, or while one is written.
        *((int(STEPS * (part + random()) / 7), 0.3 * random()) for part in range(6)),
        # While networks and curves are written, or scored.
        *((STEPS, random()) for _ in range(2)),
    ]
    alive, spared = [], []
    for moment in moments:
        spared.append(step_of(killed))
        alive.append(runs.kill(killed, *moment))
    assert runs.start(killed).wait(timeout=300) == 0, runs.log.read_text()

    assert alive[:8] == [True] * 8  # the last ones may come too late
    told = runs.log.read_text()
    assert sum(f"goes on from step {step:,}" in told for step in spared if step) >= 4
    assert "starts over" not in told
    assert "Traceback" not in told
    assert {"networks.safetensors", "curves.npz", "metrics.parquet"} < set(contents(whole))
    assert contents(killed) == contents(whole)

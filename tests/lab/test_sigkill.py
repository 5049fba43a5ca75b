"""A real run, killed again and again, ends in the bytes of one that was left in peace."""

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KILLS = 10
STEPS = 60_000


def command(output: Path) -> list[str]:
    settings = {
        "target": "sunrise", "arch": "sin:4x2", "seeds": 3,
        "size": 16, "steps": STEPS, "snapshots": 5, "checkpoint_steps": 2_000,
        "metrics": "[still_pixels]", "score_size": 16, "output_dir": output,
    }  # fmt: skip
    given = [f"{key}={value}" for key, value in settings.items()]
    return [sys.executable, "-m", "fer_jax", "run", *given]


def start(output: Path, cache: Path) -> subprocess.Popen:
    environment = {
        **os.environ, "PYTHONPATH": str(PROJECT), "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }  # fmt: skip
    return subprocess.Popen(
        command(output), env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip


def results(output: Path) -> dict[str, str]:
    """Hashes of what a run has found, and whether there is anything left of its checkpoints."""
    (folder,) = output.iterdir()
    assert not (folder / "checkpoint").exists()
    names = ("networks.safetensors", "curves.npz", "metrics.parquet", "config.yaml")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.mark.slow
def test_killed_at_ten_random_moments(tmp_path):
    cache = tmp_path / "cache"
    start(tmp_path / "warm", cache).communicate(timeout=300)
    began = time.monotonic()
    peaceful = start(tmp_path / "peaceful", cache)
    told = peaceful.communicate(timeout=300)[1]
    whole = time.monotonic() - began
    assert peaceful.returncode == 0, told

    moments, killed, went_on, folders = random.Random(4), 0, 0, []
    while killed < KILLS:
        folders.append(tmp_path / f"killed-{len(folders)}")
        ended = False
        while not ended:
            run = start(folders[-1], cache)
            # From before its imports are done to well into its last step.
            moment = moments.uniform(0.1, 0.8) * whole if killed < KILLS else 300
            try:
                told = run.communicate(timeout=moment)[1]
                assert run.returncode == 0, told
                ended = True
            except subprocess.TimeoutExpired:
                run.kill()
                told = run.communicate()[1]
                killed += 1
            went_on += "goes on from step" in told
    assert went_on >= 1
    expected = results(tmp_path / "peaceful")
    for folder in (tmp_path / "warm", *folders):
        assert results(folder) == expected, folder.name

"""Seconds and memory that collecting many run folders takes, for the first time and again.

One run is made by the real thing, and copied under other settings with readings of its own, so that
checksums, tables and files are those of real runs. The table is compared with what was written
before any time is taken. Each command is a process of its own, as a user starts it. The plain way,
a data frame at a time, is timed on some of the folders for comparison.
"""

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from fer_jax.cppn.arch import Arch
from fer_jax.genome.target import load_target
from fer_jax.lab.folders.formats import digest_of
from fer_jax.lab.folders.networks import Networks
from fer_jax.lab.folders.run_folder import (
    CONFIG,
    METRIC_COLUMNS,
    METRICS,
    RUN_FORMAT,
    STATUS,
    RunFolder,
)
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.readings import Scoring
from fer_jax.lab.tables.collect import collect
from fer_jax.lab.tables.kept_readings import NAME

PLAIN = 40
"""Folders that are read the plain way."""


def first_run(folder: Path, seeds: int, metrics: int, steps: int) -> None:
    """A run of random networks, written by the real thing."""
    target, arch = load_target("sunrise", 64), Arch.parse("relu:16x3")
    rng = np.random.default_rng(0)
    params = rng.normal(size=(seeds, arch.parameter_count)).astype(np.float32)
    losses = rng.random((seeds, steps)).astype(np.float32)
    networks = Networks(arch, tuple(range(seeds)), params, ("ok",) * seeds)
    writer = RunWriter(folder)
    settings = {
        **{"method": "sgd", "target": "sunrise", "target_name": "sunrise", "arch": arch.spelling},
        **{"target_hash": "0" * 64, "size": 64, "seeds": list(range(seeds)), "steps": steps},
        **dict(zip(("learning_rate", "init_scale"), settings_of(0), strict=True)),
        "normalize_gradient": True,
        **{"optimizer": "adam", "schedule": "constant", "loss": "rgb", "precision": "highest"},
    }
    writer.open(settings, target, ["target=sunrise"], anew=True)
    writer.keep(Found(networks, curves={"seeds": np.arange(seeds), "losses": losses}))
    names = {f"metric_{index}": "1" for index in range(metrics)}
    writer.close(readings(folder.name, seeds, metrics, 0), Scoring(names, 48, 0))


def readings(run: str, seeds: int, metrics: int, number: int) -> pd.DataFrame:
    """Of which every value is known again."""
    seed, metric = (each.ravel() for each in np.mgrid[:seeds, :metrics])
    columns = {
        "run": run,
        "seed": seed,
        "layer": None,
        "metric": [f"metric_{index}" for index in metric],
        "metric_version": "1",
        "value": value_of(number, seed, metric),
        "reason": "",
    }
    return pd.DataFrame(columns).astype(METRIC_COLUMNS)


def value_of(number: np.ndarray | int, seed: np.ndarray, metric: np.ndarray) -> np.ndarray:
    return np.modf(np.sin(number * 12.9898 + seed * 78.233 + metric * 3.7) * 43758.5453)[0]


def copy_run(first: Path, folder: Path, number: int, seeds: int, metrics: int) -> None:
    """The first run under other settings, with other readings."""
    shutil.copytree(first, folder)
    config = yaml.safe_load((folder / CONFIG).read_text())
    config["learning_rate"], config["init_scale"] = settings_of(number)
    status = RUN_FORMAT.unseal(json.loads((folder / STATUS).read_text()))
    table = io.BytesIO()
    readings(folder.name, seeds, metrics, number).to_parquet(table, index=False)
    for name, data in {
        CONFIG: yaml.safe_dump(config, sort_keys=False).encode(),
        METRICS: table.getvalue(),
    }.items():
        (folder / name).write_bytes(data)
        status["files"][name] = digest_of(data)
    status["id"] = folder.name
    (folder / STATUS).write_text(json.dumps(RUN_FORMAT.seal(status), indent=2))


def settings_of(number: int) -> tuple[float, float]:
    """Learning rate and init scale: a hundred of the former, as many of the latter as it takes."""
    return float(1 + number % 100) * 1e-4, float(1 + number // 100)


def make(root: Path, runs: int, seeds: int, metrics: int, steps: int) -> None:
    first = root / "sgd-000000"
    first_run(first, seeds, metrics, steps)
    for number in range(1, runs):
        copy_run(first, root / f"sgd-{number:06}", number, seeds, metrics)


def check(root: Path, runs: int, seeds: int, metrics: int) -> float:
    """Compare every value with what was written; seconds of the processors that reading took.

    Raises:
        SystemExit: if they differ.
    """
    began = time.process_time()
    collected = collect(root, cache=False)
    took = time.process_time() - began
    table = collected.table
    number = table["run"].astype(str).str[4:].astype(int).to_numpy()
    metric = table["metric"].astype(str).str[7:].astype(int).to_numpy()
    expected = value_of(number, table["seed"].to_numpy(dtype=int), metric)
    rates = np.array([settings_of(each) for each in number])
    sound = (
        collected.runs == runs
        and len(table) == runs * seeds * metrics
        and not (collected.corrupt or collected.damaged or collected.repeated)
        and len(set(zip(number, table["seed"], metric, strict=True))) == len(table)
        and np.array_equal(table["value"], expected)
        and np.array_equal(table["learning_rate"], rates[:, 0])
        and np.array_equal(table["init_scale"], rates[:, 1])
    )
    if not sound:
        raise SystemExit("the table differs from what was written; nothing was timed")
    return took


def timed(*arguments: str) -> tuple[float, float, float]:
    """Seconds of the clock and of the processors, and MiB at most, of a command."""
    command = [sys.executable, "-m", "fer_jax", *arguments]
    began = time.perf_counter()
    process = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(process, 0)
    took = time.perf_counter() - began
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / scale


def plainly(folders: list[Path]) -> float:
    """Seconds of the processor that the plain way takes: each run a data frame of its own."""
    began = time.process_time()
    frames = []
    for path in folders:
        folder = RunFolder(path)
        frame = folder.metrics()
        for name, value in folder.config.items():
            frame[name] = pd.Series([str(value)] * len(frame), dtype="str")
        folder.damage((CONFIG, METRICS))
        frames.append(frame)
    pd.concat(frames, ignore_index=True)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=64)
    parser.add_argument("--metrics", type=int, default=20)
    parser.add_argument("--steps", type=int, default=1000, help="of the losses that runs hold")
    parser.add_argument("--folder", help="where the runs are made, and stay; else nowhere for long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(given.folder or temporary) / "runs"
        size = given.seeds, given.metrics
        if not root.exists():
            make(root, given.runs, *size, given.steps)
        worked = check(root, given.runs, *size)
        output = str(root.parent / "table.parquet")
        cells = min(100, given.runs) * given.metrics
        commands = {
            "the tidy table": (str(root), "-o", output),
            "again": (str(root), "-o", output),
            "without the copy": (str(root), "-o", output, "--no-cache"),
            f"a summary of {cells} cells": (str(root), "--by", "learning_rate", "-o", output),
        }
        every = [file for file in root.rglob("*") if file.is_file()]
        print(
            f"{given.runs} runs of {given.seeds} seeds and {given.metrics} metrics: {len(every)} "
            f"files, {sum(file.stat().st_size for file in every) / 2**20:.0f} MiB; "
            f"{os.cpu_count()} processors"
        )
        for name, arguments in commands.items():
            clock, cpu, memory = timed("collect", *arguments)
            print(f"{name:>26}: {clock:6.1f} s ({cpu:.1f} s of processors), {memory:.0f} MiB")
        print(f"copy kept: {(root / NAME).stat().st_size / 2**20:.1f} MiB")
        few = sorted(path for path in root.iterdir() if path.is_dir())[:PLAIN]
        plain = plainly(few) / len(few) * given.runs
        print(
            f"seconds of processors without start and writing: {worked:.1f}, the plain way "
            f"{plain:.1f}; ratio {plain / worked:.1f} x"
        )


if __name__ == "__main__":
    main()

"""What a sweep of short jobs costs beside the work: the basic launcher, with a warm compile cache.

The same sweep is made twice, each time by a new process in a new folder; the first fills the cache
of compiled programs, and the second is timed. What trains and what scores counts as work, with
the tracing of programs and their loading from the cache. All else does not: starting Python,
importing, composing the jobs, their folders and files, and the table at the end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does

WORK = "drive", "score_found"
"""What `fer_jax.lab.runs.runner` calls to train and to score."""


LAUNCHER = "_in_company"
"""What `fer_jax.lab.launch.sweep` calls to have all jobs done."""


def once(folder: Path, steps: int, size: int) -> dict[str, float]:
    """Make the sweep in this process: seconds of the work, and of all since the process began."""
    from fer_jax.cli import main
    from fer_jax.lab.launch import sweep
    from fer_jax.lab.runs import runner

    spent: Counter[str] = Counter()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - began

        return call

    for name in WORK:
        setattr(runner, name, timed(name, getattr(runner, name)))
    setattr(sweep, LAUNCHER, timed(LAUNCHER, getattr(sweep, LAUNCHER)))
    archs, rates = "relu:8x2,tanh:8x3", ",".join(f"{1 + rate}e-3" for rate in range(12))
    typed = f"target=heart arch={archs} learning_rate={rates} seeds=4 steps={steps} size={size}"
    status = main(["run", "-m", *typed.split(), f"output_dir={folder}"])
    if status:
        raise SystemExit(status)
    jobs = len(list(folder.glob("*/status.json")))
    return {"jobs": jobs, "whole": time.perf_counter() - BEGAN, **spent}


BEGAN = time.perf_counter()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--size", type=int, default=32, help="pixels along one side")
    parser.add_argument("--once", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        folder = Path(given.once)
        told = once(folder, given.steps, given.size)
        (folder / "told.json").write_text(json.dumps(told))
        return
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("cold", "warm"):
            folder = Path(temporary) / name
            own = ["--steps", str(given.steps), "--size", str(given.size), "--once", str(folder)]
            with (Path(temporary) / f"{name}.log").open("w") as log:
                began = time.perf_counter()
                subprocess.run([sys.executable, __file__, *own], check=True, stdout=log, stderr=log)
                whole = time.perf_counter() - began
            told = json.loads((folder / "told.json").read_text())
            work = sum(told[part] for part in WORK)
            print(
                f"{name}: {told['jobs']:.0f} jobs in {whole:.1f} s: training {told['drive']:.1f}, "
                f"scoring {told['score_found']:.1f}, all else {whole - work:.1f} s, "
                f"{100 * (1 - work / whole):.0f}%; of the launcher's time alone "
                f"{100 * (1 - work / told[LAUNCHER]):.0f}%"
            )


if __name__ == "__main__":
    main()

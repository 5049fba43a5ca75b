"""`python -m fer_jax.lab.launch.worker`: a process that does one run after another for its parent.

Both speak JSON, a message a line. The parent writes jobs to the worker's stdin; the worker answers
on its stdout: {"event": "ready"} once JAX has started, {"event": "folder", "folder": ...} when work
on a run begins, {"event": "ended", "outcome": {...}} when it is over. What is told to people goes
to stderr, as ever. When the parent closes stdin or dies, however that may be, the worker ends at
once: a run can be killed at any moment, and the same command goes on with it.
"""

import argparse
import faulthandler
import json
import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any


def main(argv: Sequence[str] | None = None) -> None:
    """Work until the parent has no more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", default="", help="which it may use, such as 0,1; without: all")
    cores = [int(core) for core in parser.parse_args(argv).cores.split(",") if core]
    faulthandler.enable()
    jobs, answers = _take_over_pipes()
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting), daemon=True).start()

    def answer(event: str, **told: Any) -> None:
        try:
            print(json.dumps({"event": event, **told}), file=answers, flush=True)
        except BrokenPipeError:
            os._exit(0)  # the parent is gone

    _start_jax(cores)
    answer("ready")
    # Only now: the cores must be chosen before anything heavy is imported.
    from fer_jax.lab.launch.plain_job import PlainJob, do
    from fer_jax.lab.launch.worker_warnings import RunWarnings

    warned = RunWarnings()
    warned.install()

    def on_folder(folder: Path) -> None:
        answer("folder", folder=str(folder))

    while True:
        job = PlainJob.from_json(waiting.get())
        warned.prefix = job.prefix
        outcome = do(job, on_folder)
        answer("ended", outcome=asdict(outcome))


def _take_over_pipes() -> tuple[IO[str], IO[str]]:
    """The parent's pipes, out of reach of whatever a library prints or reads."""
    jobs, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return jobs, answers


def _listen(jobs: IO[str], waiting: "queue.SimpleQueue[str]") -> None:
    for line in jobs:
        waiting.put(line)
    os._exit(0)


def _start_jax(cores: Sequence[int]) -> None:
    """Choose the cores, and start JAX: if its device is broken, no run is lost by it."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    import jax

    from fer_jax.lab.launch.machine import prepare

    prepare(all_cores=True, cores=len(cores) or None)
    jax.devices()


if __name__ == "__main__":
    main()

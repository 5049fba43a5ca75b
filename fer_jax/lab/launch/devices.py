"""`hydra/launcher=devices`: a sweep over worker processes, one for each GPU or group of cores."""

import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from fer_jax.lab.launch.jobs_progress import JobsProgress
from fer_jax.lab.launch.launcher_config import DevicesConf
from fer_jax.lab.launch.places import Place, places
from fer_jax.lab.launch.plain_job import PlainJob
from fer_jax.lab.launch.worker_pool import GRACE, WorkerPool
from fer_jax.lab.launch.worker_process import WorkerProcess
from fer_jax.lab.runs.runner import Outcome

TERMINATED = 128 + signal.SIGTERM
"""What the command ends with when it is asked to end by SIGTERM, as from a shell."""


def launch(
    conf: DevicesConf,
    jobs: Sequence[PlainJob],
    *,
    start: Callable[[Place, Path], WorkerProcess] = WorkerProcess,
    grace: float = GRACE,
) -> list[Outcome]:
    """Do all runs, each in a worker, and return how each ended.

    JAX must not have started in this process, or it holds what the workers need.

    Args:
        conf: what is asked of the workers.
        jobs: the runs, in the order in which they are begun.
        start: starts a worker in a place, with a file for its log.
        grace: seconds that a worker has to end a run by itself which is past its timeout.

    Raises:
        ConfigError: if the workers that are asked for cannot be had here.
    """
    conf.check()
    found = places(conf)[: len(jobs)]
    logs = Path(tempfile.mkdtemp(prefix="fer-jax-workers-"))
    outcomes: list[Outcome] = []
    try:
        with _ended_by_sigterm(), JobsProgress(len(jobs), len(found)) as progress:
            if len(found) > 1 or found[0].environment:
                progress.note(f"{len(found)} worker(s): {'; '.join(one.name for one in found)}")
            pool = WorkerPool(found, partial(_start, start, logs), progress, grace=grace)
            outcomes = pool.run(jobs)
    finally:
        # A log that an outcome names is all that is left of its run.
        if not any(Path(outcome.log).is_relative_to(logs) for outcome in outcomes if outcome.log):
            shutil.rmtree(logs, ignore_errors=True)
    return outcomes


def _start(
    start: Callable[[Place, Path], WorkerProcess], logs: Path, place: Place, number: int
) -> WorkerProcess:
    return start(place, logs / f"worker-{number}.log")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Have SIGTERM end the block in order, so that no worker and no file is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

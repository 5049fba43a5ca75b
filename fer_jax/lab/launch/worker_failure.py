"""What is kept of a run whose worker could not tell any more how it ended."""

from pathlib import Path

from fer_jax.errors import FerJaxError
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.launch.plain_job import PlainJob, told_of
from fer_jax.lab.runs.runner import Outcome


class WorkerLost(Exception):
    """A worker has died of its run, or could not be started.

    Attributes:
        log: the worker's, or None.

    Example:
        >>> str(WorkerLost("killed by SIGKILL", tail="out of memory"))
        'killed by SIGKILL'
    """

    def __init__(self, told: str, tail: str = "", log: Path | None = None) -> None:
        """Make it.

        Args:
            told: how it ended, in one line.
            tail: the end of its log, which the run's own log will hold.
            log: the whole of it.
        """
        super().__init__(told)
        self.log = log
        if tail:
            self.add_note(f"the end of its worker's log:\n{tail}")


def record(job: PlainJob, folder: Path | None, error: Exception) -> Outcome:
    """Say in a run's folder that it has failed, and return that.

    Args:
        job: the run.
        folder: its own, or None if it got none; then the worker's log is what there is.
        error: how it ended.
    """
    told, log = told_of(error), str(getattr(error, "log", None) or "")
    if folder is None:
        return Outcome(job.label, "failed", error=told, log=log)
    try:
        with locked(folder, wait=False, on_wait=lambda: None) as held:
            # Whoever else is at work on it by now knows better.
            if held:
                told, log = RunWriter(folder).fail(error)
    except (OSError, FerJaxError) as second:
        told = f"{told}; which its folder does not say: {second}"
    return Outcome(job.label, "failed", str(folder), told, log)

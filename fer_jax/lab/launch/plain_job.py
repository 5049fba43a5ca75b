"""One run of a sweep as plain JSON, which goes to another process and comes back as its outcome."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from fer_jax.errors import FerJaxError
from fer_jax.lab.launch.compiled import clear_if_large
from fer_jax.lab.launch.machine import prepare
from fer_jax.lab.runs.runner import Outcome, execute, label_of
from fer_jax.lab.settings.config import RunConfig


@dataclass(frozen=True)
class PlainJob:
    """One run of a sweep.

    Attributes:
        config: what is asked for, checked.
        overrides: what composes it, for the record.
        prefix: put before what is told of it, such as "[3/24] ".
    """

    config: RunConfig
    overrides: tuple[str, ...]
    prefix: str = ""

    @property
    def label(self) -> str:
        """What to call it, without the prefix."""
        return label_of(self.config)

    def to_json(self) -> str:
        """It in one line.

        Example:
            >>> job = PlainJob(RunConfig(target="sunrise"), ("target=sunrise",), "[1/2] ")
            >>> PlainJob.from_json(job.to_json()) == job
            True
        """
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "PlainJob":
        """The job of such a line."""
        plain = json.loads(text)
        overrides = tuple(plain["overrides"])
        return cls(RunConfig(**plain["config"]), overrides, plain["prefix"])


def do(job: PlainJob, on_folder: Callable[[Path], None] = lambda path: None) -> Outcome:
    """Do it here. Whatever goes wrong comes back as a failed outcome.

    Args:
        job: a checked one.
        on_folder: told of the run's folder as soon as work on it begins.
    """
    try:
        return execute(job.config, job.overrides, job.prefix, on_folder)
    except FerJaxError as error:
        return Outcome(job.label, "failed", error=str(error), mistake=True)
    except Exception as error:  # a bug of ours, of which the traceback is wanted
        traceback.print_exc(file=sys.stderr)
        return Outcome(job.label, "failed", error=told_of(error))
    finally:
        clear_if_large()


def do_text(text: str, cores: int | None = None, folder: str | None = None) -> str:
    """The same from JSON to JSON, in a process of its own, as other people's launchers start it.

    Args:
        text: the job.
        cores: how many JAX may spread seeds over, or None for all that the process may use.
        folder: from which the job's relative paths are read, or None for the process's own.
    """
    if folder is not None:
        os.chdir(folder)
    prepare(all_cores=True, cores=cores)
    return json.dumps(asdict(do(PlainJob.from_json(text))))


def lost(job: PlainJob, error: BaseException | str, log: str = "") -> Outcome:
    """The outcome of a run whose process was lost.

    Example:
        >>> lost(PlainJob(RunConfig(target="sunrise"), ()), "killed by SIGKILL").error
        'killed by SIGKILL'
    """
    told = error if isinstance(error, str) else told_of(error)
    return Outcome(job.label, "failed", error=told, log=log)


def told_of(error: BaseException) -> str:
    """An error that is none of the user's, in one line.

    Example:
        >>> told_of(ValueError("too late"))
        'ValueError: too late'
    """
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]

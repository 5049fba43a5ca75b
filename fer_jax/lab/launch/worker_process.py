"""One worker as its parent sees it: what is sent, what comes back, and how it ended."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_jax.lab.launch.places import Place

COMMAND = (sys.executable, "-m", "fer_jax.lab.launch.worker")
PATIENCE = 5.0
"""Seconds that a worker has to end by itself."""

TAIL = 4096
"""Bytes of a worker's log that are kept of a run that it did not survive."""


class WorkerProcess:
    """A process that is alive until `stop`, or until something kills it.

    Attributes:
        place: where it lives.
        log: the file that takes its stderr.
    """

    def __init__(self, place: Place, log: Path, command: Sequence[str] = COMMAND) -> None:
        self.place = place
        self.log = log
        self._unread = b""
        self._told = self._began = log.stat().st_size if log.exists() else 0
        cores = ",".join(map(str, place.cores))
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                [*command, *(("--cores", cores) if cores else ())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, **place.environment},
                bufsize=0,
                # Ctrl-C is the parent's to take, which then ends the workers.
                process_group=0,
            )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    def fileno(self) -> int:
        """Of the pipe that its messages come through."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def send(self, line: str) -> None:
        """One line. If the worker is gone, `messages` tells."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode() + b"\n")

    def messages(self) -> tuple[list[dict[str, Any]], bool]:
        """What has come since the last call, and whether it is still alive."""
        # Asked first, so that nothing which a dead one has said is left in the pipe.
        alive = self._process.poll() is None
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.fileno(), 2**16):
                self._unread += data
        *lines, self._unread = self._unread.split(b"\n")
        return [json.loads(line) for line in lines], alive

    def told(self) -> list[str]:
        """The whole lines of its stderr since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._told)
            data = log.read()
        whole = data.rpartition(b"\n")[0]
        if not whole:
            return []
        self._told += len(whole) + 1
        return whole.decode(errors="replace").splitlines()

    def tail(self) -> str:
        """The end of what this process has written to stderr."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._began, end - TAIL))
            return log.read().decode(errors="replace")

    def ended(self) -> str:
        """Wait for its end and tell it in words."""
        try:
            status = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        return in_words(status)

    def kill(self) -> None:
        """By force. `messages` then says that it is dead."""
        self._process.kill()

    def stop(self, patience: float = PATIENCE) -> None:
        """End it: by itself, which it does when its stdin is closed, or by force."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def in_words(status: int) -> str:
    """How a process ended.

    Args:
        status: as `subprocess` gives it; a signal is below 0.

    Example:
        >>> in_words(-9)
        'killed by SIGKILL, as the system does where memory runs out'
        >>> in_words(-11), in_words(3)
        ('killed by SIGSEGV', 'ended with status 3')
    """
    if status >= 0:
        return f"ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    why = ", as the system does where memory runs out" if name == "SIGKILL" else ""
    return f"killed by {name}{why}"

"""A queue of runs, and the workers that take from it; whatever becomes of one, the rest go on."""

import re
import select
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fer_jax.lab.launch.places import Place
from fer_jax.lab.launch.plain_job import PlainJob
from fer_jax.lab.launch.worker_failure import WorkerLost, record
from fer_jax.lab.launch.worker_process import WorkerProcess
from fer_jax.lab.runs.runner import Outcome
from fer_jax.lab.runs.time_limit import RunTimeout

GRACE = 15.0
"""Seconds that a worker has to end a run by itself which is past its timeout."""

START_SECONDS = 600.0
"""Within which a worker must be ready: JAX and its device can hang as they start."""

ATTEMPTS = 2
"""How often a run is begun whose worker dies of it; and a worker that dies before it has one."""

OF_A_RUN = re.compile(r"\[\d+/\d+\] ")
"""How a line about a run begins; whatever else a worker says stays in its log."""

POLL = 0.2
"""Seconds between two looks at the clock, and at what workers tell."""


class Tell(Protocol):
    """Where it is said how things go."""

    def note(self, line: str) -> None:
        """One line for people."""

    def update(self, outcomes: Sequence[Outcome], seconds: Sequence[float], at_work: int) -> None:
        """What has ended so far, how long each took that was done, and how many are at work."""


@dataclass(eq=False)
class _Task:
    """A run that is still to end."""

    number: int
    job: PlainJob
    attempt: int = 1
    folder: Path | None = None
    began: float = 0.0


@dataclass(eq=False)
class _Slot:
    """A place, the worker that lives there at the moment, and what it does."""

    place: Place
    worker: WorkerProcess | None = None
    ready: bool = False
    fresh: bool = True
    task: _Task | None = None
    deadline: float | None = None
    failed_starts: int = 0

    @property
    def closed(self) -> bool:
        """Whether no worker can start here."""
        return self.failed_starts >= ATTEMPTS

    def stop(self) -> None:
        """End the worker, if there is one; in the middle of a run, as a kill that it survives."""
        if self.worker is not None:
            if self.task is not None:
                self.worker.kill()
            self.worker.stop()
        self.worker, self.ready, self.fresh = None, False, True
        self.task = self.deadline = None


class WorkerPool:
    """Workers that live in given places.

    Attributes:
        grace: seconds between the timeout of a run and the end of its worker.
    """

    def __init__(
        self,
        places: Sequence[Place],
        start: Callable[[Place, int], WorkerProcess],
        tell: Tell,
        *,
        grace: float = GRACE,
    ) -> None:
        """Start nothing yet.

        Args:
            places: one for each worker.
            start: starts a worker in a place, which has a number.
            tell: where it is said how things go.
            grace: see the class.
        """
        self.grace = grace
        self._slots = [_Slot(place) for place in places]
        self._start, self._tell = start, tell
        self._pending: deque[_Task] = deque()
        self._outcomes: dict[int, Outcome] = {}
        self._seconds: list[float] = []
        self._no_start = WorkerLost("no worker could start")

    def run(self, jobs: Sequence[PlainJob]) -> list[Outcome]:
        """Do all of them, begun in their order, and return how each ended.

        A run whose worker dies is begun once more in a fresh worker. One that is past its timeout
        ends with its worker. No worker outlives this call, however it ends.
        """
        self._pending = deque(_Task(number, job) for number, job in enumerate(jobs))
        try:
            while len(self._outcomes) < len(jobs):
                self._hand_out()
                self._listen()
                self._look_at_the_clock()
        finally:
            for slot in self._slots:
                slot.stop()
        return [self._outcomes[number] for number in range(len(jobs))]

    def _hand_out(self) -> None:
        for number, slot in enumerate(self._slots):
            if not self._pending or slot.task is not None or slot.closed:
                continue
            task = self._pending.popleft()
            if task.attempt > 1 and not slot.fresh:
                slot.stop()
            if slot.worker is None:
                slot.worker = self._start(slot.place, number)
                slot.deadline = time.monotonic() + START_SECONDS
            slot.task, slot.fresh, task.began = task, False, time.monotonic()
            slot.worker.send(task.job.to_json())
        if all(slot.closed for slot in self._slots):
            while self._pending:
                self._end(self._pending.popleft(), self._no_start)

    def _listen(self) -> None:
        alive = [(slot, slot.worker) for slot in self._slots if slot.worker is not None]
        select.select([worker for _, worker in alive], [], [], POLL)
        for slot, worker in alive:
            messages, lives = worker.messages()
            for message in messages:
                self._take(slot, message)
            for line in worker.told():
                if OF_A_RUN.match(line):
                    self._tell.note(line)
            if not lives:
                self._bury(slot, worker)

    def _take(self, slot: _Slot, message: dict[str, Any]) -> None:
        if message["event"] == "ready":
            slot.ready, slot.failed_starts, slot.deadline = True, 0, None
        elif slot.task is not None and message["event"] == "folder":
            slot.task.folder = Path(message["folder"])
            if (timeout := slot.task.job.config.timeout) is not None:
                slot.deadline = time.monotonic() + timeout + self.grace
        elif slot.task is not None and message["event"] == "ended":
            task, outcome = slot.task, Outcome(**message["outcome"])
            slot.task = slot.deadline = None
            if outcome.state == "done":
                self._seconds.append(time.monotonic() - task.began)
            self._ended(task, outcome)

    def _bury(self, slot: _Slot, worker: WorkerProcess) -> None:
        """The worker has died."""
        task, ready = slot.task, slot.ready
        how, tail = worker.ended(), worker.tail()
        slot.stop()
        if task is None:
            return
        who = f"its worker on {slot.place.name}"
        if not ready:
            slot.failed_starts += 1
            self._no_start = WorkerLost(f"no worker could start: {how}", tail, worker.log)
            self._say(task, f"{who} could not start: {how}; its log: {worker.log}")
            self._pending.appendleft(task)
        elif task.attempt < ATTEMPTS:
            self._say(task, f"{who} was lost: {how}; tries once more in a fresh one")
            task.attempt += 1
            self._pending.appendleft(task)
        else:
            error = WorkerLost(f"{who} was lost, {task.attempt} times: {how}", tail, worker.log)
            self._end(task, error)

    def _look_at_the_clock(self) -> None:
        for slot in self._slots:
            task, worker = slot.task, slot.worker
            if slot.deadline is None or task is None or worker is None:
                continue
            if time.monotonic() < slot.deadline:
                continue
            slot.deadline = None
            worker.kill()
            if not slot.ready:
                continue  # it is buried as one that could not start
            worker.ended()
            timeout = RunTimeout.after(task.job.config.timeout or 0)
            timeout.add_note(f"the end of its worker's log:\n{worker.tail()}")
            slot.stop()
            self._end(task, timeout)

    def _end(self, task: _Task, error: Exception) -> None:
        outcome = record(task.job, task.folder, error)
        self._say(task, f"failed: {outcome.error}")
        self._ended(task, outcome)

    def _ended(self, task: _Task, outcome: Outcome) -> None:
        self._outcomes[task.number] = outcome
        at_work = sum(slot.task is not None for slot in self._slots)
        self._tell.update(list(self._outcomes.values()), self._seconds, at_work)

    def _say(self, task: _Task, text: str) -> None:
        self._tell.note(f"{task.job.prefix}{task.job.label}: {text}")

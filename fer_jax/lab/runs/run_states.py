"""How the runs below a folder stand: done, at work, stopped, failed, still to come."""

import os
import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.checkpoint import step_of
from fer_jax.lab.folders.lock import is_locked
from fer_jax.lab.folders.run_folder import CHECKPOINT, LOG, RunFolder
from fer_jax.lab.folders.scan import scan
from fer_jax.lab.launch.sweep_record import FOLDER, planned_in

STATES = ("done", "running", "stopped", "failed", "planned", "corrupt")
"""At work is a run whose lock is held; a run that is neither done nor at work has stopped."""


@dataclass(frozen=True)
class RunState:
    """How one run stands.

    Attributes:
        state: one of `STATES`.
        label: what to call it.
        folder: its folder, or "" while it has none.
        share: how much of its steps is done, as of its last checkpoint, in 0 ... 1.
        seconds: that it took, or has taken so far; NaN if that is not known.
        told: why it failed, or what is wrong with its folder, in one line.
    """

    state: str
    label: str
    folder: str = ""
    share: float = 0.0
    seconds: float = float("nan")
    told: str = ""


def states_of(root: str | os.PathLike[str]) -> list[RunState]:
    """How every run at or below a folder stands, and what sweeps there are still to do.

    Args:
        root: an `output_dir`, or any folder above.

    Raises:
        RunFolderError: if there is no such folder, or neither a run nor a sweep in it.
    """
    found = scan(root)
    states = [_state(folder) for folder in found.folders]
    known = {folder.status.get("asked_as") for folder in found.folders}
    places = {(str(folder.path.parent), folder.path.name) for folder in found.folders}
    for place in _records_below(Path(root)):
        states += [
            RunState("planned", job["label"])
            for job in planned_in(place)
            if job["asked_as"] not in known and (str(place), job["folder"]) not in places
        ]
    states += [RunState("corrupt", "?", told=told) for told in found.corrupt]
    if not states:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    return states


def seconds_left(states: list[RunState]) -> float:
    """About how long what is planned, running or stopped will take; NaN if nothing can be said.

    Runs that are done tell what one takes, or else those at work; as many at a time as are at work
    now, and one if none is.
    """
    took = [one.seconds for one in states if one.state == "done"]
    took += [
        one.seconds / one.share
        for one in states
        if one.state == "running" and one.share and not took
    ]
    took = [seconds for seconds in took if seconds == seconds]
    ahead = sum(1 - one.share for one in states if one.state in ("running", "stopped", "planned"))
    if not ahead:
        return 0.0
    if not took:
        return float("nan")
    at_once = max(1, sum(one.state == "running" for one in states))
    return ahead * statistics.fmean(took) / at_once


def counts(states: list[RunState]) -> dict[str, int]:
    """How many runs there are in each state that any is in, in the order of `STATES`."""
    counted = Counter(one.state for one in states)
    return {state: counted[state] for state in STATES if counted[state]}


def _state(folder: RunFolder) -> RunState:
    state, path = folder.state, str(folder.path)
    status = folder.status
    label = _label(folder.config)
    if state == "done":
        return RunState("done", label, path, 1.0, float(status.get("seconds", "nan")))
    if state == "failed":
        told = f"{status.get('error')}; see {folder.path / LOG}"
        return RunState("failed", label, path, told=told)
    share = step_of(folder.path / CHECKPOINT) / max(1, int(folder.config.get("steps", 1)))
    if not is_locked(folder.path):
        return RunState("stopped", label, path, share, told="the same command goes on with it")
    return RunState("running", label, path, share, _since(status))


def _label(config: dict[str, Any]) -> str:
    parts = [config["method"], config.get("target_name", config["target"]), config.get("arch")]
    return " · ".join(str(part) for part in parts if part)


def _since(status: dict[str, Any]) -> float:
    """Seconds since a run began; a clock that was set back makes it 0."""
    try:
        began = datetime.fromisoformat(str(status["started"]))
        return max(0.0, (datetime.now(UTC) - began).total_seconds())
    except (KeyError, ValueError, TypeError):
        return float("nan")


def _records_below(root: Path) -> list[Path]:
    """Folders with records of sweeps."""
    return [Path(path) for path, folders, _ in os.walk(root) if FOLDER in folders]

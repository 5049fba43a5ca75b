"""One run, from its configuration to a finished folder, or whatever is missing of it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.errors import FerJaxError
from fer_jax.genome.target import Target
from fer_jax.lab.folders.atomic import make_folder
from fer_jax.lab.folders.checkpoint import CheckpointFolder
from fer_jax.lab.folders.disk_trouble import unwritable
from fer_jax.lab.folders.formats import HandsOffError
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.folders.run_folder import CHECKPOINT, LOG, NO_TARGET
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.methods.method import Found, Prepared
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.methods.step_names import step_name
from fer_jax.lab.runs.pace import Pace, coverage_told, ended_told, losses_told
from fer_jax.lab.runs.progress import Reporter
from fer_jax.lab.runs.readings import LOSS, Scoring, scoring_of
from fer_jax.lab.runs.score_found import score_found
from fer_jax.lab.runs.targets import target_of
from fer_jax.lab.runs.time_limit import time_limit
from fer_jax.lab.runs.training import OnChunk, both, drive
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import run_id, sketch
from fer_jax.lab.trackers.registry import check_installed, tracking
from fer_jax.lab.trackers.writer import Followed


@dataclass(frozen=True)
class Outcome:
    """How a run ended. Plain values, so that a launcher can bring it back from another process.

    Attributes:
        label: what to call the run.
        state: "done", "skipped" (it was done already), "busy" (another process is at work on it)
            or "failed".
        folder: its folder, or "" if it got none.
        error: why it failed, in one line, or "".
        log: the file with the traceback, or "".
        mistake: whether it failed by the user's mistake, such as a target that does not exist.
    """

    label: str
    state: str
    folder: str = ""
    error: str = ""
    log: str = ""
    mistake: bool = False


def label_of(config: RunConfig) -> str:
    """A short name of a run for people, from its configuration alone.

    Example:
        >>> label_of(RunConfig(target="sunrise", arch="relu:16x3"))
        'sgd · sunrise · relu:16x3'
    """
    method = METHODS[config.method]
    parts = [config.method, Path(config.target).name if config.needs_target else config.way]
    if "arch" in method.uses:
        parts.append(config.arch or "its own arch")
    if "es" in method.uses:
        parts.append(config.es)
    return " · ".join(parts)


def execute(
    config: RunConfig,
    overrides: Sequence[str] = (),
    prefix: str = "",
    on_folder: Callable[[Path], None] = lambda path: None,
) -> Outcome:
    """Do one run, or whatever is missing of it.

    A run that is done is skipped; one whose networks are there is only scored; one that was killed
    goes on from its last checkpoint; one that failed is left so, unless `retry_failed` is asked
    for or it was the disk that failed. Files that are damaged are told and made anew, without
    training where the networks are whole. Another process that is at work on the run is waited for.

    Args:
        config: a checked configuration.
        overrides: what the user wrote, for the record.
        prefix: put before the run's label in what is told.
        on_folder: told of the run's folder as soon as work on it begins.

    Returns:
        How it ended; a failure too, once the run has a folder.

    Raises:
        FerJaxError: for a mistake that is seen before anything is written, or a folder that holds
            work that must not be overwritten.
    """
    check_installed(config.tracker)
    label = label_of(config)
    target = target_of(config) if config.needs_target else None
    prepared = METHODS[config.method].prepare(config, target)
    path = Path(config.output_dir) / run_id(config, target, prepared)
    reporter = Reporter(prefix + label)
    if target is not None and target.told:
        reporter.note(f"target {target.source}: {target.told}")
    asked = _Asked(config, target, prepared, scoring_of(config), tuple(overrides), label)
    if ended := _ended_before(asked, RunWriter(path), reporter):
        return ended
    with ExitStack() as stack:
        try:
            make_folder(path)
            waiting = partial(reporter.note, f"waits for the process that is at work on it: {path}")
            wait = config.when_locked == "wait"
            held = stack.enter_context(locked(path, wait=wait, on_wait=waiting))
        except OSError as error:
            raise unwritable(path, error) from None
        if not held:
            reporter.note(f"left to the process that is at work on it: {path}")
            return Outcome(label, "busy", str(path))
        on_folder(path)
        # Read again: whoever was waited for may have done it.
        writer = RunWriter(path)
        return _ended_before(asked, writer, reporter) or _make(asked, writer, reporter)


@dataclass(frozen=True, eq=False)
class _Asked:
    """A run as it is asked for."""

    config: RunConfig
    target: Target | None
    prepared: Prepared
    scoring: Scoring
    overrides: tuple[str, ...]
    label: str


def _ended_before(asked: _Asked, writer: RunWriter, reporter: Reporter) -> Outcome | None:
    """How the run ended before, if there is nothing to be done about it."""
    folder, status = str(writer.path), writer.status
    if writer.is_done(asked.scoring, along=bool(asked.prepared.settings.get("snapshots"))):
        CheckpointFolder(writer.path / CHECKPOINT).remove()  # should a full disk have kept it
        reporter.note(f"already done, skipped: {folder}")
        return Outcome(asked.label, "skipped", folder)
    failed = status.get("state") == "failed" and not status.get("passing")
    if failed and not asked.config.retry_failed:
        told = f"failed before, and is not tried again without retry_failed=true: {status['error']}"
        reporter.note(told)
        log, mistake = str(writer.path / LOG), bool(status.get("mistake"))
        return Outcome(asked.label, "failed", folder, told, log, mistake)
    return None


def _make(asked: _Asked, writer: RunWriter, reporter: Reporter) -> Outcome:
    """Do what is missing of a run whose lock is held."""
    folder, target = str(writer.path), asked.target
    for told in writer.damaged.values():
        reporter.note(f"makes anew what is damaged: {told}")
    found = _found_before(writer, reporter)
    settings = _settings(asked.config, target, asked.prepared)
    of = sketch(asked.config, scored=False)
    try:
        writer.open(settings, target, asked.overrides, anew=found is None, asked_as=of)
    except OSError as error:
        raise unwritable(writer.path, error) from None
    followed = Followed(writer.path, asked.label, settings)
    try:
        follow = tracking(asked.config.tracker, followed, reporter.note)
        with time_limit(asked.config.timeout), follow as tracked:
            if found is None:
                found = _search(asked.config, asked.prepared, writer, reporter, tracked.on_chunk)
            keep_seconds = asked.config.checkpoint_seconds
            readings = score_found(found, asked.scoring, target, writer, reporter, keep_seconds)
            tracked.on_readings(readings)
    except Exception as error:
        told, log = writer.fail(error)
        reporter.note(f"failed: {told}")
        return Outcome(asked.label, "failed", folder, told, log, isinstance(error, FerJaxError))
    parts = [f"done in {writer.status['seconds']:.1f} s", *_summary(found, readings, reporter.pace)]
    reporter.note(f"{', '.join(parts)}: {folder}")
    return Outcome(asked.label, "done", folder)


def _settings(config: RunConfig, target: Target | None, prepared: Prepared) -> dict[str, Any]:
    """What `config.yaml` holds: every setting that decides what comes out, resolved."""
    return {
        "method": config.method,
        "target": None if target is None else target.source,
        "target_name": NO_TARGET if target is None else target.name,
        "target_hash": None if target is None else target.content_hash,
        "size": config.size,
        "on_cycle": config.on_cycle,
        **prepared.settings,
    }


def _summary(found: Found, readings: pd.DataFrame, pace: Pace | None) -> list[str]:
    """What is told of a run that is done; the losses are those of the networks as they are kept."""
    if found.archives:
        covered = np.array([one.reports["coverage"] for one in found.archives])
        return [*(pace.rate_told if pace else []), coverage_told(covered)]
    losses = losses_told(readings.loc[readings["metric"] == LOSS, "value"].to_numpy())
    if found.networks is None:
        return [losses]
    stopped = pace.stopped if pace else 0
    return [
        *(pace.rate_told if pace else []),
        losses,
        *ended_told(len(found.diverged), stopped),
    ]


def _found_before(writer: RunWriter, reporter: Reporter) -> Found | None:
    try:
        found = writer.found_before()
    except HandsOffError:
        raise
    except FerJaxError as error:
        reporter.note(f"is made anew: {error}")
        return None
    if found is not None:
        reporter.note("its networks are there already and are scored")
    return found


def _search(
    config: RunConfig, prepared: Prepared, writer: RunWriter, reporter: Reporter, tracked: OnChunk
) -> Found:
    checkpoints = CheckpointFolder(writer.path / CHECKPOINT)
    result = None
    if prepared.search is not None:
        if prepared.search.plan:
            reporter.note(prepared.search.plan)
        with reporter.training(config.steps, step_name(config.method)) as on_chunk:
            result = drive(
                prepared.search,
                config.steps,
                checkpoints,
                checkpoint_seconds=config.checkpoint_seconds,
                checkpoint_steps=config.checkpoint_steps,
                on_chunk=both(on_chunk, tracked),
                note=reporter.note,
            )
    found = prepared.harvest(result)
    writer.keep(found, reporter.pace.seed_steps_per_second if reporter.pace else 0.0)
    return found

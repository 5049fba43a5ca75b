"""Scores made anew from saved networks, without training: for metrics that have a new version."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from fer_jax.errors import ConfigError, FerJaxError, RunFolderError, nearest
from fer_jax.genome.target import Target
from fer_jax.lab.folders.disk_trouble import is_disk_trouble, unwritable
from fer_jax.lab.folders.evolution import EVOLUTION
from fer_jax.lab.folders.kept_target import keeps_target, kept_target
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.folders.run_folder import ALONG, RunFolder
from fer_jax.lab.folders.run_folder import METRICS as READINGS
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.folders.scan import scan
from fer_jax.lab.runs.progress import Reporter
from fer_jax.lab.runs.readings import Scoring
from fer_jax.lab.runs.score_found import score_found
from fer_jax.lab.runs.targets import target_named
from fer_jax.metrics.registry import METRICS


@dataclass(frozen=True)
class Rescored:
    """What became of the scores of one run.

    Attributes:
        folder: of the run.
        state: "rescored", "current" (there was nothing to do), "unfinished", "busy" or "failed".
        told: why, in one line, or "".
    """

    folder: str
    state: str
    told: str = ""


def rescore(
    root: str | os.PathLike[str], metrics: Sequence[str] | None = None, *, anew: bool = False
) -> list[Rescored]:
    """Score every finished run at or below a folder anew, where it was scored by other versions.

    Size, key and stages stay as they were in each run.

    Args:
        root: a run folder, or any folder above.
        metrics: names of those to score by; by default those each run was scored by, as far as they
            still exist.
        anew: whether to score what is of this version too.

    Returns:
        What became of each run, by path.

    Raises:
        ConfigError: if there is no such metric.
        RunFolderError: if there is no such folder, or no run folder in it.
    """
    for name in metrics or ():
        if name not in METRICS:
            raise ConfigError(f"metrics names {name[:80]!r}; {nearest(name, METRICS)}")
    found = scan(root)
    if not found.folders and not found.corrupt:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    of, done = len(found.folders), []
    for number, folder in enumerate(found.folders, 1):
        reporter = Reporter(f"[{number}/{of}] {folder.path.name}")
        try:
            done.append(_rescore(folder, metrics, anew, reporter))
        except FerJaxError as error:
            done.append(Rescored(str(folder.path), "failed", str(error)))
        if done[-1].state != "current":
            reporter.note(": ".join(filter(None, [done[-1].state, done[-1].told])))
    return done + [Rescored("", "failed", told) for told in found.corrupt]


def _rescore(
    folder: RunFolder, metrics: Sequence[str] | None, anew: bool, reporter: Reporter
) -> Rescored:
    path = str(folder.path)
    if folder.state != "done":
        return Rescored(path, "unfinished", "the command that began it scores it in the end")
    writer = RunWriter(folder.path)
    scoring = _scoring(writer, metrics)
    bred = EVOLUTION in writer.status["files"]
    met = scoring.is_met_by(writer.status["scoring"], bred=bred)
    if met and not anew and {READINGS, ALONG}.isdisjoint(writer.damaged):
        return Rescored(path, "current")
    try:
        with locked(folder.path, wait=False, on_wait=lambda: None) as held:
            if not held:
                return Rescored(path, "busy", "another process is at work on it")
            found = writer.found_before()
            if found is None:
                told = "; ".join(writer.damaged.values()) or f"{path}: holds no networks"
                raise RunFolderError(f"{told}; run the same command again, which makes it anew")
            score_found(found, scoring, _target(folder), writer, reporter)
    except OSError as error:
        if not is_disk_trouble(error):
            raise
        raise unwritable(folder.path, error) from None
    return Rescored(path, "rescored")


def _scoring(writer: RunWriter, metrics: Sequence[str] | None) -> Scoring:
    """As the run was scored, by the metrics' versions of today."""
    recorded = writer.status["scoring"]
    names = [name for name in metrics or recorded["metrics"] if name in METRICS]
    return Scoring(
        {name: METRICS[name].version for name in names},
        recorded["score_size"],
        recorded["score_key"],
        recorded.get("snapshots", 0),
    )


def _target(folder: RunFolder) -> Target | None:
    """What the run was to draw; of runs that keep no copy, what is called so today if unchanged."""
    config = folder.config
    if config["target"] is None:
        return None
    if keeps_target(folder):
        return kept_target(folder)
    target = target_named(str(config["target"]), int(config["size"]), config["on_cycle"])
    if target.content_hash != config["target_hash"]:
        raise RunFolderError(
            f"{folder.path}: the target {config['target']!r} is no longer what it was, and the "
            f"run, of an earlier fer_jax, keeps no copy"
        )
    return target

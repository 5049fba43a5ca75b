"""Scoring what a run has found, which ends the run."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from fer_jax.genome.target import Target
from fer_jax.lab.folders.checkpoint import CheckpointFolder
from fer_jax.lab.folders.evolution import EVOLUTION
from fer_jax.lab.folders.kept_scores import KeptScores
from fer_jax.lab.folders.run_folder import CHECKPOINT, CURVES
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.progress import Reporter
from fer_jax.lab.runs.readings import Scoring, read_all
from fer_jax.lab.runs.readings_along import read_along


def score_found(
    found: Found,
    scoring: Scoring,
    target: Target | None,
    writer: RunWriter,
    reporter: Reporter,
    keep_seconds: float = 60.0,
) -> pd.DataFrame:
    """Score the networks of a run, and its snapshots or ancestors; write it all: the run is done.

    Args:
        found: what the run has made, which is on disk already.
        scoring: which metrics, and how.
        target: what was to be drawn, or None.
        writer: of the run folder, whose lock is held.
        reporter: told how it goes.
        keep_seconds: most time between two times that what is scored along a run is kept.

    Returns:
        The readings of the final networks; see `read_all`.

    Raises:
        OSError: if the folder cannot be written.
    """
    image = None if target is None else target.image
    readings = read_all(writer.path.name, found, scoring, image)
    along = _score_along(found, scoring, image, readings, writer, reporter, keep_seconds)
    writer.close(readings, scoring, along)
    CheckpointFolder(writer.path / CHECKPOINT).remove()
    return readings


def _score_along(
    found: Found,
    scoring: Scoring,
    target: np.ndarray | None,
    readings: pd.DataFrame,
    writer: RunWriter,
    reporter: Reporter,
    keep_seconds: float,
) -> pd.DataFrame | None:
    """Score snapshots or ancestors, if any are asked for, or what is left of them to be scored."""
    if found.snapshots is None and not (found.evolution and scoring.snapshots):
        return None
    made = EVOLUTION if found.evolution else CURVES
    of = {"scoring": asdict(scoring), "weights": writer.status["files"][made]}
    with reporter.scoring("ancestors" if found.evolution else "snapshots") as on_scored:
        return read_along(
            writer.path.name,
            found,
            scoring,
            target,
            readings,
            KeptScores(writer.path / CHECKPOINT, of),
            keep_seconds=keep_seconds,
            on_scored=on_scored,
        )

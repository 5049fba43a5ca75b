"""Weights & Biases, in a run's folder `wandb`: without an account or a network unless told so.

The package is an extra. `WANDB_MODE=online` sends what is written; by default it stays in the
folder, from which `wandb sync` can send it later.
"""

import os
from collections.abc import Mapping
from typing import Any

from fer_jax.lab.trackers.writer import Followed

PROJECT = "fer_jax"
"""Unless WANDB_PROJECT names another."""


class _Run:
    def __init__(self, run: Any) -> None:
        self._run = run

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        self._run.log({"step": step, **numbers})

    def close(self, *, failed: bool) -> None:
        self._run.finish(exit_code=int(failed))


def open_writer(followed: Followed, since: int | None) -> _Run:
    """The run under its own id, which is gone on with where it is there already.

    Args:
        followed: the run.
        since: not used: what is written of a step again stands beside what there was.
    """
    import wandb

    run = wandb.init(
        project=os.environ.get("WANDB_PROJECT", PROJECT),
        mode=os.environ.get("WANDB_MODE", "offline"),
        dir=str(followed.folder),
        id=followed.folder.name,
        name=followed.label,
        config=dict(followed.settings),
        resume="allow",
        # A run tells of itself, and its folder holds the versions; nothing of the user's code or
        # terminal is taken.
        settings=wandb.Settings(console="off", silent=True, disable_git=True, disable_code=True),
    )
    # By steps of training, and not by how often something was written.
    run.define_metric("*", step_metric="step")
    return _Run(run)

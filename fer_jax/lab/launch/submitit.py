"""`hydra/launcher=submitit_local` and `submitit_slurm`: each run a job of submitit.

The names and keys are those of Hydra's plugin for submitit. What is submitted is ours, since the
plugin's launcher ends with the first job that is lost, and hands over all of Hydra.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_jax.errors import ConfigError
from fer_jax.lab.launch.jobs_progress import JobsProgress
from fer_jax.lab.launch.plain_job import PlainJob, do_text, lost, told_of
from fer_jax.lab.runs.runner import Outcome

PLUGIN = "hydra_plugins.hydra_submitit_launcher.submitit_launcher"
CLUSTERS = {f"{PLUGIN}.LocalLauncher": "local", f"{PLUGIN}.SlurmLauncher": "slurm"}
"""How the plugin names its launchers in a composed configuration, and what submitit calls them."""

COMMON = (
    *("timeout_min", "cpus_per_task", "gpus_per_node", "tasks_per_node"),
    *("mem_gb", "nodes", "name", "stderr_to_stdout"),
)
"""Keys that submitit takes for every cluster; the others belong to one."""

LONGEST_ARRAY = 1000
"""Slurm takes no longer arrays, unless its `MaxArraySize` has been raised."""


@dataclass(frozen=True)
class Submitted:
    """A run as submitit calls it, and hands it in again where it is preempted or out of time."""

    text: str

    def __call__(self) -> str:
        """Do it; in the process of the job."""
        return do_text(self.text)

    def checkpoint(self) -> Any:
        """The same again, which goes on from the run's last checkpoint."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self)


def launch(cluster: str, keys: Mapping[str, Any], jobs: Sequence[PlainJob]) -> list[Outcome]:
    """Submit all runs, as an array or several, and return how each ended.

    Args:
        cluster: "local" or "slurm".
        keys: of the plugin's configuration.
        jobs: the runs.

    Raises:
        ConfigError: if there is no such cluster here, or it refuses a key.
    """
    import submitit

    settings = dict(keys)
    folder = settings.pop("submitit_folder")
    timeouts = settings.pop("max_num_timeout", None)
    about = {} if timeouts is None else {f"{cluster}_max_num_timeout": timeouts}
    try:
        executor = submitit.AutoExecutor(folder, cluster=cluster, **about)
        executor.update_parameters(
            **{
                key if key in COMMON else f"{cluster}_{key}": value
                for key, value in settings.items()
            }
        )
        submitted: list[Any] = []
        for first in range(0, len(jobs), LONGEST_ARRAY):
            part = jobs[first : first + LONGEST_ARRAY]
            submitted += executor.submit_array([Submitted(job.to_json()) for job in part])
    except Exception as error:  # of many kinds: no Slurm here, or a key that it refuses
        raise ConfigError(f"hydra/launcher: {cluster} takes no jobs: {told_of(error)}") from error
    with JobsProgress(len(jobs), len(jobs)) as progress:
        progress.note(f"{len(jobs)} job(s) of submitit; their logs: {folder}")
        return _wait(submitted, jobs, progress)


def _wait(submitted: Sequence[Any], jobs: Sequence[PlainJob], told: JobsProgress) -> list[Outcome]:
    """In their order: the cluster does them in its own."""
    outcomes: list[Outcome] = []
    try:
        for one, job in zip(submitted, jobs, strict=True):
            try:
                outcomes.append(Outcome(**json.loads(one.result())))
            except Exception as error:  # submitit raises many kinds for a job that was lost
                outcomes.append(lost(job, _first_line(error), str(_log(one))))
                told.note(f"{job.prefix}{job.label}: failed: {outcomes[-1].error}")
            told.update(outcomes, [], len(jobs) - len(outcomes))
    except BaseException:
        for one in submitted:
            one.cancel(check=False)
        raise
    return outcomes


def _first_line(error: Exception) -> str:
    line = next((line for line in str(error).splitlines() if line.strip()), "no reason given")
    return f"{type(error).__name__}: {line.strip()}"


def _log(job: Any) -> Path:
    return Path(job.paths.stderr)

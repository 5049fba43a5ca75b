"""`hydra/launcher=ray`: a sweep over a Ray cluster, or over this machine by a local Ray.

Hydra's own plugin would do, but it ends with the first worker that is lost. Jobs and outcomes go
through Ray as JSON.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from fer_jax.errors import ConfigError
from fer_jax.lab.launch.jobs_progress import JobsProgress
from fer_jax.lab.launch.launcher_config import RayConf
from fer_jax.lab.launch.places import FRACTION, SHARED_GPU
from fer_jax.lab.launch.plain_job import PlainJob, do_text, lost, told_of
from fer_jax.lab.runs.runner import Outcome


def launch(conf: RayConf, jobs: Sequence[PlainJob]) -> list[Outcome]:
    """Do each run in a Ray task, and return how each ended.

    Args:
        conf: what `ray.init` and `ray.remote` are called with.
        jobs: the runs.

    Raises:
        ConfigError: if Ray cannot be started, or its cluster not be reached.
    """
    import ray

    options = remote_options(conf.ray.remote)
    # Ray does not bind a task to cores, so that JAX would take all for itself.
    cores = max(1, int(options.get("num_cpus", 1)))
    began = not ray.is_initialized()
    if began:
        try:
            ray.init(**conf.ray.init)
        except Exception as error:  # of many kinds, for a cluster that is not there
            raise ConfigError(
                f"hydra.launcher.ray.init: Ray does not start: {told_of(error)}"
            ) from error
    try:
        task = ray.remote(**options)(do_text)
        with JobsProgress(len(jobs), len(jobs)) as progress:
            here = os.getcwd()
            references = [task.remote(job.to_json(), cores, here) for job in jobs]
            return _wait(ray, references, jobs, progress)
    finally:
        if began:
            ray.shutdown()


def remote_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """What `ray.remote` is called with.

    Tasks that share a GPU reserve their shares of its memory, of which the first would take three
    quarters otherwise.

    Example:
        >>> remote_options({"num_cpus": 4, "num_gpus": None})
        {'num_cpus': 4}
        >>> remote_options({"num_gpus": 0.5})["runtime_env"]["env_vars"]
        {'XLA_PYTHON_CLIENT_MEM_FRACTION': '0.450'}
    """
    options = {name: value for name, value in given.items() if value is not None}
    if 0 < (share := float(options.get("num_gpus") or 0)) < 1:
        settings = dict(options.get("runtime_env") or {})
        told = {FRACTION: f"{share * SHARED_GPU:.3f}", **settings.get("env_vars", {})}
        options["runtime_env"] = {**settings, "env_vars": told}
    return options


def _wait(
    ray: Any, references: list[Any], jobs: Sequence[PlainJob], progress: JobsProgress
) -> list[Outcome]:
    numbers = {reference: number for number, reference in enumerate(references)}
    outcomes: dict[int, Outcome] = {}
    while references:
        ended, references = ray.wait(references)
        for reference in ended:
            number = numbers[reference]
            try:
                outcomes[number] = Outcome(**json.loads(ray.get(reference)))
            except ray.exceptions.RayError as error:
                outcomes[number] = lost(jobs[number], error)
                progress.note(f"{jobs[number].prefix}{jobs[number].label}: failed: {error}")
        progress.update(list(outcomes.values()), [], len(references))
    return [outcomes[number] for number in range(len(jobs))]

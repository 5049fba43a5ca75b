"""From `hydra/launcher=NAME` to whatever does the runs of a sweep.

Our own launchers are not among Hydra's plugins: Hydra takes plugins only from a package of its own,
`hydra_plugins`, which every other application of Hydra in the environment would import too.
"""

from collections.abc import Callable, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from fer_jax.lab.launch.launcher_config import DEVICES, RAY, DevicesConf, RayConf, RaySettings
from fer_jax.lab.launch.machine import prepare
from fer_jax.lab.launch.plain_job import PlainJob, do
from fer_jax.lab.runs.runner import Outcome

BASIC = "hydra._internal.core_plugins.basic_launcher.BasicLauncher"

Launch = Callable[[Sequence[PlainJob]], list[Outcome]]
"""Does all runs, and returns how each ended, in their order."""


def ours(config: DictConfig) -> Launch | None:
    """The launcher that a composed configuration asks for, or None if it is another of Hydra's.

    Args:
        config: with its part `hydra`.
    """
    keys: Any = OmegaConf.to_container(config.hydra.launcher, resolve=True)
    name = keys.pop("_target_")
    if name == BASIC and not config.hydra.callbacks:
        return _one_after_another
    if name == DEVICES:
        from fer_jax.lab.launch import devices as devices_launcher

        return lambda jobs: devices_launcher.launch(DevicesConf(**keys), jobs)
    if name == RAY:
        from fer_jax.lab.launch import ray as ray_launcher

        settings = RaySettings(**keys["ray"])
        return lambda jobs: ray_launcher.launch(RayConf(ray=settings), jobs)
    from fer_jax.lab.launch import submitit as submitit_launcher

    if name in submitit_launcher.CLUSTERS:
        cluster = submitit_launcher.CLUSTERS[name]
        return lambda jobs: submitit_launcher.launch(cluster, keys, jobs)
    return None


def _one_after_another(jobs: Sequence[PlainJob]) -> list[Outcome]:
    """In this process, as Hydra's basic launcher does, which composes each job once more for it."""
    prepare(all_cores=True)
    return [do(job) for job in jobs]

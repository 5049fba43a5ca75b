"""A callback of Hydra, by the name of its module, as a user would have one."""

from typing import Any, ClassVar

from hydra.experimental.callback import Callback
from omegaconf import DictConfig


class Told(Callback):
    """Notes the number of each job that begins."""

    jobs: ClassVar[list[int]] = []

    def on_job_start(self, config: DictConfig, **_: Any) -> None:
        self.jobs.append(config.hydra.job.num)

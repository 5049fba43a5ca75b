"""What `hydra/launcher=devices` and `hydra/launcher=ray` can be told. It imports nothing heavy.

The keys of Ray are those of Hydra's plugin for it, so that what is known of the one holds here.
"""

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

from fer_jax.errors import ConfigError, nearest

GROUP = "hydra/launcher"
DEVICES, RAY = "fer_jax.devices", "fer_jax.ray"
"""How a composed configuration names our launchers."""

EXTRAS = {"submitit": ("slurm", "hydra_plugins.hydra_submitit_launcher"), "ray": ("ray", "ray")}
"""For each library, the extra of fer_jax that installs it, and the module that tells of it."""

NEEDS = {
    "submitit_local": "submitit",
    "submitit_slurm": "submitit",
    "slurm_gpu": "submitit",
    "ray": "ray",
    "ray_cluster": "ray",
}
"""For each launcher that needs one, its library."""


@dataclass
class DevicesConf:
    """One worker process for each GPU, or for each group of cores.

    Attributes:
        workers: how many; null: one for each GPU, or for each group of cores.
        cores_per_worker: size of a group; null: 4, or what `workers` leaves for each.
        gpus: which ones: a list of numbers or names as of CUDA_VISIBLE_DEVICES; null: all that
            there are; []: none.
        memory_fraction: share of a GPU that all of its workers take together; null: JAX's own, or
            0.9 where several share one.
    """

    _target_: str = DEVICES
    workers: int | None = None
    cores_per_worker: int | None = None
    gpus: Any = None
    memory_fraction: float | None = None

    def check(self) -> None:
        """Refuse impossible values.

        Raises:
            ConfigError: naming the key, what came and what was expected.

        Example:
            >>> DevicesConf(workers=0).check()
            Traceback (most recent call last):
            ...
            fer_jax.errors.ConfigError: hydra.launcher.workers is 0; expected at least 1, or null
        """
        for name in ("workers", "cores_per_worker"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"hydra.launcher.{name} is {value}; expected at least 1, or null")
        share = self.memory_fraction
        if share is not None and not (math.isfinite(share) and 0 < share <= 1):
            raise ConfigError(
                f"hydra.launcher.memory_fraction is {share}; expected a share of a GPU's memory "
                f"above 0 and up to 1, or null"
            )
        if not (self.gpus is None or _are_gpus(self.gpus)):
            raise ConfigError(
                f"hydra.launcher.gpus is {self.gpus!r}; expected a list such as [0,1], [] for "
                f"none, or null for all"
            )


@dataclass
class RaySettings:
    """What `ray.init` and `ray.remote` are called with. A key that is not here is added by `+`."""

    init: dict[str, Any] = field(
        default_factory=lambda: {"address": None, "num_cpus": None, "num_gpus": None}
    )
    remote: dict[str, Any] = field(
        default_factory=lambda: {"num_cpus": 1, "num_gpus": None, "max_retries": 1}
    )


@dataclass
class RayConf:
    """One Ray task for each run."""

    _target_: str = RAY
    ray: RaySettings = field(default_factory=RaySettings)


def register() -> None:
    """Make Hydra know our launchers by name."""
    Plugins.instance()  # before ours, since Hydra's own plugin for Ray has the same name
    store = ConfigStore.instance()
    store.store(group=GROUP, name="devices", node=DevicesConf, provider="fer_jax")
    store.store(group=GROUP, name="ray", node=RayConf, provider="fer_jax")


def check_name(typed: str, name: str, known: Sequence[str]) -> None:
    """Refuse a launcher that does not exist, or whose library is not installed.

    Args:
        typed: what the user wrote, for the message.
        name: of the launcher.
        known: the names that Hydra has found.

    Raises:
        ConfigError: in one line that says what to install or which names there are.
    """
    library = NEEDS.get(name)
    if library and not is_installed(library):
        extra, _ = EXTRAS[library]
        raise ConfigError(f"{typed}: needs {library}; pip install 'fer-jax[{extra}]'")
    if name not in known:
        raise ConfigError(f"{typed}: there is no launcher {name!r}; {nearest(name, known)}")


def is_installed(library: str) -> bool:
    """Whether what a launcher needs can be imported, without importing it."""
    _, module = EXTRAS[library]
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False


def _are_gpus(value: object) -> bool:
    return isinstance(value, list) and all(
        (isinstance(one, int) and not isinstance(one, bool) and one >= 0)
        or (isinstance(one, str) and one != "")
        for one in value
    )

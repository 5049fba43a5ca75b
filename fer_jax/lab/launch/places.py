"""Where the workers of a sweep live: each on a GPU, or on a group of cores.

JAX is not asked what there is: it must not start in the process that starts the workers, of which
each has its own.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fer_jax.errors import ConfigError
from fer_jax.lab.launch.launcher_config import DevicesConf
from fer_jax.search.devices import usable_cores

CORES_PER_WORKER = 4
"""Training fills any number of cores, but reading, compiling, scoring and writing do not."""

SHARED_GPU = 0.9
"""Of a GPU's memory, that several workers take together; each has its own context beside it."""

VISIBLE, FRACTION, PLATFORMS = (
    "CUDA_VISIBLE_DEVICES",
    "XLA_PYTHON_CLIENT_MEM_FRACTION",
    "JAX_PLATFORMS",
)


@dataclass(frozen=True)
class Place:
    """Where one worker lives.

    Attributes:
        name: for people.
        cores: which it may use; none: all that its parent may.
        environment: what it finds in its environment beside what its parent has there.
    """

    name: str
    cores: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def places(conf: DevicesConf) -> list[Place]:
    """Where the workers live, one place for each.

    Args:
        conf: a checked one.

    Raises:
        ConfigError: if more cores are asked for than there are, or GPUs where JAX can use none.

    Example:
        >>> [place.name for place in places(DevicesConf(workers=1, gpus=[]))]
        ['all cores']
    """
    gpus = gpus_found() if conf.gpus is None else [str(gpu) for gpu in conf.gpus]
    if not gpus:
        return _on_cores(conf, usable_cores())
    if not jax_knows_gpus():
        raise ConfigError(
            f"hydra.launcher.gpus is {conf.gpus}, but JAX has no GPU support here; "
            f"pip install 'fer-jax[cuda12]' or 'fer-jax[cuda13]', or leave gpus out"
        )
    return _on_gpus(conf, gpus)


def gpus_found() -> list[str]:
    """The GPUs that JAX would find, as CUDA_VISIBLE_DEVICES names them; without starting JAX."""
    if not jax_knows_gpus():
        return []
    told = os.environ.get(VISIBLE)
    if told is not None:
        named = [name.strip() for name in told.split(",")]
        return [] if named[0] in ("", "-1", "NoDevFiles") else named
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        asked = subprocess.run(
            [tool, "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return asked.stdout.split()


def jax_knows_gpus() -> bool:
    """Whether the JAX that is installed, and not told otherwise, can use GPUs of NVIDIA."""
    platforms = os.environ.get(PLATFORMS, "")
    if platforms and not {"cuda", "gpu"} & set(platforms.split(",")):
        return False
    plugins = ("jax_cuda12_plugin", "jax_cuda13_plugin")
    return any(importlib.util.find_spec(plugin) is not None for plugin in plugins)


def _on_cores(conf: DevicesConf, cores: Sequence[int]) -> list[Place]:
    """Groups of the same size; where workers are more than cores, they share them."""
    size = conf.cores_per_worker
    if size is None:
        size = max(1, len(cores) // conf.workers) if conf.workers else CORES_PER_WORKER
        size = min(size, len(cores))
    workers = conf.workers or max(1, len(cores) // size)
    if conf.cores_per_worker and workers * size > len(cores):
        raise ConfigError(
            f"hydra.launcher asks for {workers} worker(s) of {size} cores, and there are "
            f"{len(cores)} cores; take fewer workers, or fewer cores_per_worker"
        )
    if workers == 1 and size == len(cores):
        return [Place("all cores")]
    groups = [
        tuple(cores[(worker * size + core) % len(cores)] for core in range(size))
        for worker in range(workers)
    ]
    return [Place(_named("core", group), group) for group in groups]


def _on_gpus(conf: DevicesConf, gpus: Sequence[str]) -> list[Place]:
    """Round robin. Where workers share a GPU, each has its own part of the memory, reserved.

    Without parts the first worker would reserve three quarters of it, as JAX does, and without
    reserving, whoever grows first would starve the others in the middle of a run.
    """
    workers = conf.workers or len(gpus)
    cores = usable_cores()
    size = conf.cores_per_worker or 0
    if workers * size > len(cores):
        raise ConfigError(
            f"hydra.launcher asks for {workers} worker(s) of {size} cores, and there are "
            f"{len(cores)} cores; take fewer workers, or leave cores_per_worker out"
        )
    found = []
    for worker in range(workers):
        gpu = gpus[worker % len(gpus)]
        together = len(range(worker % len(gpus), workers, len(gpus)))
        environment = {VISIBLE: gpu}
        share = conf.memory_fraction
        if together > 1:
            share = (share or float(os.environ.get(FRACTION, SHARED_GPU))) / together
        if share is not None:
            environment |= {FRACTION: f"{share:.3f}", "XLA_PYTHON_CLIENT_PREALLOCATE": "true"}
        group = tuple(cores[worker * size : (worker + 1) * size])
        found.append(Place(f"GPU {gpu}", group, environment))
    return found


def _named(kind: str, group: Sequence[int]) -> str:
    """Such as "cores 0, 1"."""
    numbers = ", ".join(map(str, group))
    return f"{kind}{'s' if len(group) > 1 else ''} {numbers}"

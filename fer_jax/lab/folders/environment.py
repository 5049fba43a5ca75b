"""On what a run was made: versions, the state of the sources, devices."""

import functools
import importlib.metadata
import platform
import subprocess
from pathlib import Path
from typing import Any

import jax

import fer_jax

PACKAGES = (
    "jax",
    "jaxlib",
    "flax",
    "optax",
    "evosax",
    "numpy",
    "scipy",
    "hydra-core",
    "omegaconf",
    "safetensors",
)


def describe(precision: str) -> dict[str, Any]:
    """What `environment.json` holds.

    Args:
        precision: of the matrix products in training; "" where nothing was trained.

    Returns:
        Plain values: versions (None if unknown), git revision, platform, devices, precision.
    """
    devices = jax.devices()
    return {
        "fer_jax": version_of("fer-jax"),
        "git": _git(Path(fer_jax.__file__).resolve().parent.parent),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "packages": {name: version_of(name) for name in PACKAGES},
        "backend": jax.default_backend(),
        "device": devices[0].device_kind,
        "device_count": len(devices),
        "precision": {"training": precision, "scoring": "highest"},
    }


@functools.cache
def version_of(package: str) -> str | None:
    """The version of a package that was installed when first asked; None if it was not.

    What a process runs is what it has loaded, whatever is installed since.
    """
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@functools.cache
def _git(root: Path) -> dict[str, Any] | None:
    """The revision of a checkout, and whether it was changed since; None for an installed wheel."""
    if not (root / ".git").exists():
        return None
    revision = _output("git", "-C", str(root), "rev-parse", "HEAD")
    changes = _output("git", "-C", str(root), "status", "--porcelain")
    return {"revision": revision, "dirty": None if changes is None else bool(changes)}


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

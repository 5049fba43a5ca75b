"""What every test runs under. Read before any test module, in each process of pytest-xdist."""

import os
from collections.abc import Iterator
from pathlib import Path

import jaxtyping
import platformdirs
import pytest
from hypothesis import settings

_CACHE = Path(platformdirs.user_cache_dir("fer_jax"))

# What this user has named or set changes no test.
os.environ.pop("FER_JAX_DATA", None)

# Set in the environment, so that processes started by a test share the cache too.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(_CACHE / "jax-tests"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_CACHE / "hypothesis"))

# Checks the shapes in every signature of fer_jax, while the tests run only.
jaxtyping.install_import_hook(
    ["fer_jax.cppn", "fer_jax.genome", "fer_jax.search"],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",  # an int is a float
)

import jax  # noqa: E402

if jax.config.jax_num_cpu_devices < 0:
    jax.config.update("jax_num_cpu_devices", 2)

# The same examples on every machine: a failure elsewhere is one that can be repeated here.
settings.register_profile(
    "fer_jax", deadline=None, derandomize=True, database=None, max_examples=50
)
settings.load_profile("fer_jax")


def pytest_configure(config: pytest.Config) -> None:
    ignored = (
        # Processes share the cache without locks; an entry that is half written is compiled again.
        "ignore:Error (reading|writing) persistent compilation cache",
        # Beartype checks one item of a container, which it draws by `random`.
        "ignore:Do not use the `random` module inside strategies",
    )
    for line in ignored:
        config.addinivalue_line("filterwarnings", line)


@pytest.fixture
def unchecked_types() -> Iterator[None]:
    """For tests of what a user is told who passes a wrong type: users run without beartype."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)

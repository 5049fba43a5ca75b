"""Getting JAX ready for a command: every core, and programs that are compiled once for good."""

import contextlib
import os
from pathlib import Path

import jax
import platformdirs

from fer_jax.errors import ConfigError
from fer_jax.search.devices import use_all_cores


def prepare(*, all_cores: bool = False, cores: int | None = None) -> None:
    """Set JAX up for one process of the command. To be called before JAX starts; never on import.

    Compiled programs are kept in the user's cache folder, unless JAX has been given another one
    (`JAX_COMPILATION_CACHE_DIR`) or the folder cannot be written.

    Args:
        all_cores: whether seeds are to be spread over the processor's cores.
        cores: how many are meant by that; by default those that this process may use.
    """
    if all_cores:
        # Within a process that uses JAX already, a run works as well, only more slowly.
        with contextlib.suppress(ConfigError):
            use_all_cores(cores)
    if getattr(jax.config, "jax_compilation_cache_dir", None) is None:
        folder = Path(platformdirs.user_cache_dir("fer_jax")) / "jax"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        if os.access(folder, os.W_OK):
            jax.config.update("jax_compilation_cache_dir", str(folder))
            jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)

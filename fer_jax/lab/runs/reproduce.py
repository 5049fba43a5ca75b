"""A run again, from nothing but its folder."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from fer_jax.errors import ConfigError
from fer_jax.lab.folders.kept_target import keeps_target
from fer_jax.lab.folders.run_folder import OVERRIDES, RunFolder
from fer_jax.lab.runs.runner import Outcome, execute
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.config import MISSING, RunConfig


def run_from(path: Path, overrides: Sequence[str]) -> Outcome:
    """Make the run of a folder again.

    Every setting is taken from the folder, the target too, and nothing in it is executed. On the
    same kind of machine, by the same versions, the same bytes come out.

    Args:
        path: the folder of a run.
        overrides: `key=value` texts: where to (output_dir), or what is to be otherwise.

    Returns:
        How it ended.

    Raises:
        FerJaxError: in one line, for a folder that cannot be read, or a mistake in what was typed.
    """
    folder = RunFolder(path)
    with compose.hydra():
        typed = compose.parse(overrides)
        groups = compose.groups()
        for override in typed:
            if override.key_or_group in groups or override.is_sweep_override():
                raise ConfigError(
                    f"{override.input_line}: the run of a folder is made again with single values "
                    f"changed, such as steps=200; leave out groups, sweeps and experiments"
                )
        composed = compose.to_run_config(compose.compose_config(overrides))
        changed = {o.key_or_group: getattr(composed, o.key_or_group) for o in typed}
    config = replace(config_of(folder), **changed)
    config.check()
    before = yaml.safe_load(folder.bytes_of(OVERRIDES))
    return execute(config, [*before, *overrides])


def config_of(folder: RunFolder) -> RunConfig:
    """The configuration of a run, with the metrics that it was scored by.

    Keys of how a run is carried out, such as `output_dir`, have their defaults: no folder tells
    them.

    Args:
        folder: of a run that has begun at least.

    Raises:
        RunFolderError: in one line, if it cannot be read.

    Example:
        >>> import tempfile
        >>> asked = RunConfig("genome", "sunrise", size=16, score_size=16)
        >>> ended = execute(replace(asked, output_dir=tempfile.mkdtemp()))
        >>> config_of(RunFolder(Path(ended.folder))).score_size
        16
    """
    known = {key.name for key in fields(RunConfig)}
    settings = {key: value for key, value in folder.config.items() if key in known}
    if settings.get("wiring") == "genome":
        settings["arch"] = None  # the target's own, which the folder tells resolved
    if keeps_target(folder):
        settings["target"] = str(folder.path)
    elif settings["target"] is None:
        settings["target"] = MISSING
    return RunConfig(**settings | _scoring(folder))


def _scoring(folder: RunFolder) -> dict[str, Any]:
    """How it was scored; of a run that never came to that, nothing."""
    told = dict(folder.status.get("scoring", {}))
    if "metrics" in told:
        told["metrics"] = list(told["metrics"])
    return told

"""The only door to Hydra's configuration: from what the user typed to checked configurations.

Whatever Hydra or OmegaConf complain about comes out as a `ConfigError` of one line that names what
was typed and, where a name is unknown, the nearest one.
"""

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

import fer_jax
from fer_jax.errors import ConfigError, nearest
from fer_jax.lab.launch import launcher_config
from fer_jax.lab.settings.config import RunConfig

CONFIG_NAME = "config"
EXPERIMENT = "experiment"
SWEEPER = "hydra/sweeper"
_OWN = "hydra.", "hydra/"


def conf_dir() -> Path:
    """The folder `conf`: at the top of a checkout, inside the package in a wheel.

    Raises:
        ConfigError: if there is neither.
    """
    package = Path(fer_jax.__file__).resolve().parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / f"{CONFIG_NAME}.yaml").is_file():
            return folder
    raise ConfigError(f"{package / 'conf'}: is missing; install fer_jax again")


@contextmanager
def hydra() -> Iterator[None]:
    """Hydra, ready to compose, within the block."""
    ConfigStore.instance().store("run_schema", RunConfig)
    launcher_config.register()
    with initialize_config_dir(config_dir=str(conf_dir()), job_name="fer-jax", version_base="1.3"):
        yield


def parse(texts: Sequence[str]) -> list[Override]:
    """Read what the user typed, and refuse unknown keys and group options.

    Args:
        texts: such as `["target=sunrise", "method=sgd,genome"]`.

    Raises:
        ConfigError: naming the first one that is wrong.
    """
    overrides = []
    for text in texts:
        try:
            (override,) = OverridesParser.create(_loader()).parse_overrides([text])
        except HydraException as error:
            raise ConfigError(_grammar(text, error)) from None
        _check_key(text, override)
        overrides.append(override)
    return overrides


def of_hydra(overrides: Sequence[Override]) -> tuple[str, ...]:
    """Those of Hydra itself, such as its launcher, as they were typed."""
    own = (override for override in overrides if override.key_or_group.startswith(_OWN))
    return tuple(str(override.input_line) for override in own)


def each_alone(override: Override) -> list[str]:
    """An override for each value that this one sweeps over; itself, if it does not sweep."""
    if not override.is_sweep_override():
        return [override.input_line or ""]
    key = override.get_key_element()
    # Hydra escapes a colon, which needs no escape; the records of runs are easier to read without.
    return [f"{key}={value}".replace("\\:", ":") for value in override.sweep_string_iterator()]


def compose_config(overrides: Sequence[str]) -> DictConfig:
    """Compose one configuration, Hydra's own part included.

    Args:
        overrides: without a sweep.

    Raises:
        ConfigError: in one line, if it cannot be composed.
    """
    with told_in_one_line():
        return compose(CONFIG_NAME, overrides=list(overrides), return_hydra_config=True)


def to_run_config(config: DictConfig) -> RunConfig:
    """The plain dataclass of a composed configuration.

    Raises:
        ConfigError: in one line, if a value cannot be resolved.
    """
    names = [key.name for key in fields(RunConfig)]
    if OmegaConf.is_missing(config, "target"):
        names.remove("target")  # which `check` tells, where one is needed
    with told_in_one_line():
        plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, names), resolve=True)
    return RunConfig(**plain)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn what Hydra raises within the block into a `ConfigError` of one line."""
    try:
        yield
    except (HydraException, OmegaConfBaseException, OSError) as error:
        raise ConfigError(_one_line(error)) from None


@functools.cache
def groups() -> tuple[str, ...]:
    """The config groups of `conf/`."""
    return tuple(str(name) for name in _loader().list_groups("") if name != "hydra")


@functools.cache
def options(group: str) -> tuple[str, ...]:
    """What can be chosen in a group."""
    return tuple(str(name) for name in _loader().get_group_options(group))


def _check_key(typed: str, override: Override) -> None:
    key = override.key_or_group
    if override.is_delete():
        raise ConfigError(f"{typed}: nothing can be deleted; set a value, such as steps=200")
    if key == launcher_config.GROUP:
        name = each_alone(override)[0].partition("=")[2]
        launcher_config.check_name(typed, name, options(key))
    if key == SWEEPER and override.value() != "basic":
        raise ConfigError(
            f"{typed}: fer-jax makes its sweeps itself, as a grid; leave {SWEEPER} out"
        )
    if key.startswith(_OWN):
        return
    known = list(dict.fromkeys([*(key.name for key in fields(RunConfig)), *groups()]))
    if key not in known:
        raise ConfigError(f"{typed}: unknown key {key!r}; {nearest(key, known)}")
    if key in groups():
        for value in (text.partition("=")[2] for text in each_alone(override)):
            if value not in options(key):
                raise ConfigError(
                    f"{typed}: there is no {key} {value!r}; {nearest(value, options(key))}"
                )


def _grammar(text: str, error: HydraException) -> str:
    if "=" not in text:
        return f"{text!r} is no key=value, such as target=sunrise"
    _, _, value = text.partition("=")
    if any(mark in value for mark in ";,"):
        return (
            f"{text!r} cannot be read: ';' and ',' mean something else here; an arch is written "
            f"12/cache:15/sin:1, a list [a,b]"
        )
    return f"{text!r} cannot be read: {_first_line(error)}"


def _one_line(error: BaseException) -> str:
    told = _first_line(error).removeprefix("Error merging override ").rstrip(".")
    if isinstance(error.__cause__, OmegaConfBaseException):
        return f"{told}: {_first_line(error.__cause__)}"
    if isinstance(error, MissingConfigException) and error.options:
        return f"{told}; {nearest(str(error.missing_cfg_file).rpartition('/')[2], error.options)}"
    return told


def _first_line(error: BaseException) -> str:
    return next(
        (line.strip() for line in str(error).splitlines() if line.strip()), "no reason given"
    )


def _loader() -> Any:
    # Scans for plugins once, as composing would.
    Plugins.instance()
    return GlobalHydra.instance().config_loader()

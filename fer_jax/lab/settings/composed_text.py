"""What keys compose, as YAML, for `fer-jax run --cfg`."""

from collections.abc import Sequence

from omegaconf import OmegaConf

from fer_jax.errors import ConfigError
from fer_jax.lab.settings import compose


def composed_text(overrides: Sequence[str], part: str) -> str:
    """The configuration that keys compose, before any name in it is looked up.

    Args:
        overrides: `key=value` texts; of a sweep, those that all its runs share.
        part: "job" (the keys of the run), "hydra", or "all".

    Returns:
        YAML, which ends with a newline.

    Raises:
        ConfigError: in one line, if it cannot be composed.

    Example:
        >>> composed_text(["target=moth", "method=neat"], "job").splitlines()[0]
        'method: neat'
    """
    with compose.hydra():
        typed = compose.parse(overrides)
        swept = [override.input_line for override in typed if override.is_sweep_override()]
        if swept:
            raise ConfigError(
                f"{swept[0]}: has several values; --cfg shows one configuration, so name one"
            )
        composed = compose.compose_config(overrides)
        with compose.told_in_one_line():
            keys = [
                str(key) for key in composed if part == "all" or (key == "hydra") != (part == "job")
            ]
            return OmegaConf.to_yaml(OmegaConf.masked_copy(composed, keys))

"""Composing the many runs of a sweep, which differ in few keys, at a small part of the time.

Hydra reads and merges every file anew for each run. Here it does so once for each choice of config
groups, and what was typed of single keys is set on copies, by Hydra's own code.
"""

import copy
from collections.abc import Sequence
from functools import cache

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, open_dict

from fer_jax.lab.settings import compose
from fer_jax.lab.settings.config import RunConfig


class Composer:
    """Composes what `compose.compose_config` does, for runs that share much."""

    def __init__(self, hydra: Sequence[str]) -> None:
        """Compose nothing yet. Within `compose.hydra()`, as all else here.

        Args:
            hydra: the overrides of Hydra itself, which all runs share.
        """
        self._hydra = tuple(hydra)
        self._groups = frozenset(compose.groups())
        self._parsed = cache(_parse)

    def run_config(self, overrides: Sequence[str]) -> RunConfig:
        """The configuration of one run.

        Args:
            overrides: of groups and keys, without a sweep.

        Raises:
            ConfigError: in one line, if it cannot be composed.
        """
        parsed = [(text, self._parsed(text)) for text in overrides]
        groups = tuple(text for text, one in parsed if one.key_or_group in self._groups)
        config = copy.deepcopy(_template(self._hydra, groups))
        with compose.told_in_one_line():
            ConfigLoaderImpl._apply_overrides_to_config(
                [one for _, one in parsed if one.key_or_group not in self._groups], config
            )
        return compose.to_run_config(config)


@cache
def _template(hydra: tuple[str, ...], groups: tuple[str, ...]) -> DictConfig:
    """Composed once in a process: what is checked before JAX is imported is what is run."""
    template = compose.compose_config([*hydra, *groups])
    with open_dict(template):
        del template["hydra"]  # which is most of it
    return template


def _parse(text: str) -> Override:
    (override,) = compose.parse([text])
    return override

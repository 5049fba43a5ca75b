"""What a tree of runs asked: the settings that vary, those that do not, and how to ask again."""

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fer_jax.show.groups import distinct

_LONG = 12


@dataclass(frozen=True)
class Study:
    """The question behind a tree of runs.

    Attributes:
        varied: (setting, values in order of appearance) of what differs between runs.
        fixed: (setting, value) of what all runs share.
        commands: shell commands that ask the same again.
    """

    varied: tuple[tuple[str, tuple[str, ...]], ...]
    fixed: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]


def study_of(configs: Sequence[Mapping[str, Any]], overrides: Sequence[Sequence[str]]) -> Study:
    """Sort the settings of all runs.

    Args:
        configs: of each run, nested or flat.
        overrides: of each run, as they were given to the command.

    Returns:
        The study. A run without a setting does not use it and has no say in it.

    Example:
        >>> study = study_of([{"arch": "skull", "size": 64}, {"arch": "apple", "size": 64}], [])
        >>> study.varied, study.fixed
        ((('arch', ('skull', 'apple')),), (('size', '64'),))
    """
    flat = [dict(_flatten(config)) for config in configs]
    varied, fixed = [], []
    for name in distinct([name for config in flat for name in config]):
        values = distinct([config[name] for config in flat if name in config])
        if len(values) > 1:
            varied.append((name, tuple(values)))
        else:
            fixed.append((name, values[0]))
    return Study(tuple(varied), tuple(fixed), tuple(commands_of(overrides)))


def commands_of(overrides: Sequence[Sequence[str]]) -> list[str]:
    """The commands that ask for the same runs again: where it can be, one sweep a method.

    Args:
        overrides: of each run, as they were given to the command.

    Returns:
        Shell commands, quoted.

    Example:
        >>> commands_of([["arch=skull", "seeds=8"], ["arch=apple", "seeds=8"]])
        ['fer-jax run -m arch=skull,apple seeds=8']
        >>> commands_of([["arch=skull", "seeds=8"], ["arch=apple", "seeds=9"]])
        ['fer-jax run arch=skull seeds=8', 'fer-jax run arch=apple seeds=9']
    """
    runs = [list(run) for run in dict.fromkeys(tuple(run) for run in overrides)]
    methods = [next((text for text in run if text.startswith("method=")), "") for run in runs]
    commands = []
    for method in distinct(methods):
        members = [run for run, other in zip(runs, methods, strict=True) if other == method]
        if sweep := _sweep(members):
            commands.append(f"fer-jax run -m {shlex.join(sweep)}")
        else:
            commands += [f"fer-jax run {shlex.join(run)}".strip() for run in members]
    return commands


def _sweep(runs: list[list[str]]) -> list[str]:
    """The overrides of the one sweep that makes exactly these runs, or nothing."""
    if len(runs) < 2 or any("=" not in text for run in runs for text in run):
        return []
    tables = [dict(text.split("=", 1) for text in run) for run in runs]
    names = list(tables[0])
    if any(list(table) != names for table in tables):
        return []
    choices = {name: distinct([table[name] for table in tables]) for name in names}
    swept = [values for values in choices.values() if len(values) > 1]
    # A value with a comma in it would be read as several.
    if any("," in value for values in swept for value in values):
        return []
    if math.prod(len(values) for values in swept) != len(runs):
        return []
    return [f"{name}={','.join(values)}" for name, values in choices.items()]


def _flatten(config: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in config.items():
        if isinstance(value, Mapping) and value:
            pairs += _flatten(value, f"{prefix}{name}.")
        else:
            pairs.append((f"{prefix}{name}", _shown(value)))
    return pairs


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        entries = [_shown(entry) for entry in value]
        if len(entries) > _LONG:
            entries = [*entries[: _LONG - 2], "…", entries[-1]]
        told = f" ({len(value):,})" if len(value) > _LONG else ""
        return f"[{', '.join(entries)}]{told}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)

"""The parts of several runs as named arrays of one checkpoint, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from fer_jax.errors import ConfigError

Parts = Mapping[str, Mapping[str, Any]]
"""Of one run: arrays by name, by the name of the part that they belong to."""


def joined(runs: Iterable[Parts]) -> dict[str, np.ndarray]:
    """All arrays under one name each.

    Args:
        runs: their parts, of which "run" holds the "seed".

    Example:
        >>> list(joined([{"run": {"seed": 7}}]))
        ['0/run/seed']
    """
    return {
        f"{place}/{part}/{name}": np.asarray(value)
        for place, parts in enumerate(runs)
        for part, own in parts.items()
        for name, value in own.items()
    }


def parted(arrays: Mapping[str, Any], seeds: Sequence[int]) -> list[dict[str, dict[str, Any]]]:
    """The parts that `joined` took.

    Args:
        arrays: by name.
        seeds: of the runs, in their order.

    Raises:
        ConfigError: if they are of other seeds.

    Example:
        >>> parted(joined([{"run": {"seed": 7}}]), [7])
        [{'run': {'seed': array(7)}}]
    """
    runs: list[dict[str, dict[str, Any]]] = [{} for _ in seeds]
    for key, value in arrays.items():
        place, part, name = key.split("/", 2)
        if int(place) < len(runs):
            runs[int(place)].setdefault(part, {})[name] = np.asarray(value)
    for seed, parts in zip(seeds, runs, strict=True):
        if "run" not in parts or int(parts["run"]["seed"]) != seed:
            raise ConfigError(f"the checkpoint is of other seeds; expected {list(seeds)}")
    return runs

"""Which run is which: the same work has the same id, whatever it is called and wherever it lies."""

import hashlib
import json
from typing import Any

from fer_jax.genome.target import Target
from fer_jax.lab.methods.method import Prepared
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.settings.config import RunConfig

VERSION = 1
"""Of what an id means; raised when the same settings come to make other networks."""


def run_id(config: RunConfig, target: Target | None, prepared: Prepared) -> str:
    """The id of a run, and the name of its folder.

    It depends on the method, the settings that the method uses, and the target's content; not on
    how the target is called, nor on how the networks are scored.

    Args:
        config: the configuration.
        target: its target, or None.
        prepared: what the method made of both.

    Returns:
        Such as "sgd-1f3a9c0b7d2e".
    """
    content = {
        "version": VERSION,
        "method": config.method,
        "size": config.size,
        "target": None if target is None else target.content_hash,
        **prepared.settings,
    }
    return f"{config.method}-{_digest(content)[:12]}"


HOW_SCORED = ("metrics", "score_size", "score_key")
"""Keys of how networks are looked at, whatever they are."""


def sketch(config: RunConfig, *, scored: bool = True) -> str:
    """The same for two configurations that ask for the same work in the same words.

    Nothing is read or drawn for it, so that a sweep can leave out repetitions before it starts.

    Args:
        config: the configuration.
        scored: whether to tell apart how networks are scored, and where they go.

    Example:
        >>> a, b = RunConfig("genome", "sunrise", arch="relu:4x1"), RunConfig("genome", "sunrise")
        >>> sketch(a) == sketch(b)
        True
    """
    keys = (
        "method",
        "target",
        "on_cycle",
        "size",
        *(("snapshots", "output_dir", *HOW_SCORED) if scored else ()),
    )
    used = {key: getattr(config, key) for key in (*keys, *METHODS[config.method].uses)}
    if "seeds" in used:
        used["seeds"] = list(config.seed_list)
    return _digest(used)


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()

"""Searches that are driven through checkpoints, and compared to the byte."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

import fer_jax
from fer_jax.search.base import Search
from fer_jax.search.neat import NeatSearch
from fer_jax.search.neat_settings import preset_of
from fer_jax.search.open_ended import OpenEndedSearch


def run(found: Search[Any, Any], steps: int, cuts: Sequence[int] = ()) -> tuple[Any, dict]:
    """State and records after some steps, through a checkpoint at each cut."""
    state, logged, done = found.start(), [], 0
    for end in (*cuts, steps):
        state, records = found.advance(state, end - done)
        logged.append(records)
        done = end
        state = found.restore(found.arrays(state))
    names = logged[0]
    return state, {n: np.concatenate([each[n] for each in logged], axis=-1) for n in names}


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> None:
    """Fail unless all arrays are the same."""
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def digests(devices: int) -> list[str]:
    """Of all that each search of genomes holds after some steps, drawn by so many devices."""
    assert len(jax.devices()) == devices
    target = fer_jax.render(fer_jax.load_genome("moon"), 16)
    searches = (
        NeatSearch(target, (0,), preset_of("picbreeder", 24)),
        NeatSearch(target, (0,), preset_of("neat_2004", 24), "ssim"),
        OpenEndedSearch(batch_size=32, size=16, quality="new"),
        OpenEndedSearch(batch_size=32, size=16, way="novelty"),
        OpenEndedSearch(size=16, way="breeder", session_steps=4),
    )
    found = []
    for search in searches:
        state, _ = search.advance(search.start(), 12)
        digest = hashlib.sha256()
        for name, values in sorted(search.arrays(state).items()):
            digest.update(name.encode() + np.ascontiguousarray(values).tobytes())
        found.append(digest.hexdigest())
    return found

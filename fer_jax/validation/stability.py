"""Test 5: another sample, or noise that nobody can see, must not move a reading."""

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.library import shelf_names
from fer_jax.metrics.registry import METRICS
from fer_jax.validation import networks
from fer_jax.validation.readings import readings
from fer_jax.validation.verdict import Verdict
from fer_jax.validation.workshop import Workshop

NAME = "stability"
EDITION = "1"

MOST_SD, MOST_MOVED = 0.02, 0.01
"""Most standard deviation over keys, and most that invisible noise may move a reading; of metrics
whose range does not end at 1, as a share of the reading."""

INVISIBLE = 0.25 / 255.0
"""Root mean square of what the noise changes in the picture: a quarter of a step of 8 bits."""

KEYS, DRAWS = 5, 3


def read_stability(workshop: Workshop) -> pd.DataFrame:
    """Read models with several keys, and with noise on all weights.

    Returns:
        Columns subject, change ("key" or "noise"), draw, before, metric, version, value, reason.
    """
    shelf = ("heart",) if workshop.quick else shelf_names()
    models = {f"shelf {name}": layerize(load_genome(name)) for name in shelf}
    if not workshop.quick:
        for subject in networks.subjects(workshop):
            if subject.name == "apple":
                continue
            models[f"genome {subject.name}"] = subject.dense
            for network in networks.from_scratch(workshop, subject).networks[:1]:
                models[f"network {subject.name}"] = network
    size = workshop.size
    pieces = {
        f"{name.replace(' ', '-')}-{size}": functools.partial(read_subject, name, model, size)
        for name, model in models.items()
    }
    return workshop.read(NAME, EDITION, pieces)


def read_subject(name: str, model: Cppn, size: int, metrics: Sequence[str]) -> pd.DataFrame:
    """What metrics read on one model with other keys, and with invisible noise."""
    about = {"subject": name, "change": "key", "draw": 0}
    first = readings(model, metrics, about, size=size)
    found = [first]
    # A metric without random choices reads the same with any key.
    sampling = [metric for metric in metrics if METRICS[metric].samples]
    if sampling:
        for key in range(1, KEYS):
            found.append(readings(model, sampling, {**about, "draw": key}, size=size, key=key))
    for draw in range(DRAWS):
        noisy = with_invisible_noise(model, draw)
        found.append(
            readings(noisy, metrics, {**about, "change": "noise", "draw": draw}, size=size)
        )
    before = dict(zip(first["metric"], first["value"], strict=True))
    whole = pd.concat(found, ignore_index=True)
    return whole.assign(before=whole["metric"].map(before))


def with_invisible_noise(model: Cppn, seed: int) -> Cppn:
    """Gaussian noise on every weight, as large as it may be unseen."""
    noise = np.random.default_rng(seed).normal(size=model.flat_params.shape).astype(np.float32)
    image, scale = render(model, 64), 1e-4
    for _ in range(8):
        noisy = Cppn(model.arch, model.flat_params + np.float32(scale) * noise)
        changed = float(np.sqrt(np.mean((render(noisy, 64) - image) ** 2)))
        if 0.8 * INVISIBLE <= changed <= INVISIBLE:
            break
        scale *= 0.9 * INVISIBLE / max(changed, 1e-9)
    return noisy


def judge_stability(found: pd.DataFrame) -> list[Verdict]:
    """The largest standard deviation over keys, and the largest move by noise."""
    ranged = found["metric"].map(lambda name: METRICS[name].range.endswith("1"))
    scale = np.where(ranged, 1.0, found["before"].abs().clip(lower=1.0))
    found = found.assign(
        scaled=found["value"] / scale, moved=(found["value"] - found["before"]).abs() / scale
    )
    verdicts = []
    for metric, rows in found.groupby("metric", sort=False):
        keys, noise = rows[rows["change"] == "key"], rows[rows["change"] == "noise"]
        sd = keys.groupby("subject")["scaled"].std(ddof=0).max()
        moved = noise["moved"].max()
        for what, value, most, of in (
            ("largest standard deviation over keys", sd, MOST_SD, keys),
            ("largest move by invisible noise", moved, MOST_MOVED, noise),
        ):
            defined = pd.notna(value)
            verdicts.append(
                Verdict(
                    NAME,
                    str(metric),
                    what,
                    float(value),
                    f"<= {most}",
                    bool(value <= most) if defined else None,
                    n=len(of),
                    undefined=int(of["value"].isna().sum()),
                )
            )
    return verdicts

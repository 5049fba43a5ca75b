"""Readings of tests 3 and 4: genomes, networks from random weights, nulls and controls."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fer_jax.cppn.render import Model, render
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.symmetry import find_mirrors
from fer_jax.validation import networks, nulls
from fer_jax.validation.readings import readings
from fer_jax.validation.workshop import Read, Workshop

NAME = "networks"
EDITION = "2"
"""Of what is read beside the trained networks; another one is read anew."""

GENOME, SCRATCH, WIRING, UNTRAINED = "genome", "scratch", "own wiring, random", "untrained"
GOOD = ("rotated", "finetuned")
"""Controls that should read better than networks from random weights."""

EXPENSIVE = ("apple",)
"""Its network is nine times as large as the skull's; it is read as a pair, without controls."""


def read_groups(workshop: Workshop) -> pd.DataFrame:
    """Train what is missing, and read all of it.

    Returns:
        Columns target, group, member, loss (of the picture against the genome's), symmetric
        (whether the picture is a mirror image of itself), metric, version, value, reason.
    """
    pieces: dict[str, Read] = {}
    archs, draws = (("tanh:8x2",), 1) if workshop.quick else (nulls.ARCHS, 8)
    random = {
        f"{arch} gain {gain} draw {draw}": network
        for arch, gain, draw, network in nulls.untrained(archs, draws)
    }
    _add(pieces, workshop, "", UNTRAINED, random, None)
    for subject in networks.subjects(workshop):
        seeds = networks.from_scratch(workshop, subject)
        add = functools.partial(_add, pieces, workshop, subject.name)
        add(GENOME, {"genome": subject.genome}, subject.image)
        scratch = dict(zip(map(str, seeds.seeds), seeds.networks, strict=True))
        add(SCRATCH, scratch, subject.image)
        if subject.name in EXPENSIVE:
            continue
        wiring = nulls.on_own_wiring(subject.genome, 2 if workshop.quick else 20)
        add(WIRING, {str(draw): network for draw, network in wiring}, None)
        add("rotated", {str(i): nulls.rotated(subject.dense, i) for i in range(2)}, subject.image)
        for control in networks.controls(workshop, subject, seeds):
            made = dict(zip(map(str, control.trained.seeds), control.trained.networks, strict=True))
            add(control.name, made, subject.image)
    return workshop.read(NAME, f"{networks.EDITION}.{EDITION}", pieces)


BATCH = 4
"""Networks in a piece."""


def _add(
    pieces: dict[str, Read],
    workshop: Workshop,
    target: str,
    group: str,
    models: Mapping[str, Model],
    image: np.ndarray | None,
) -> None:
    names, size = list(models), workshop.size
    for first in range(0, len(names), BATCH):
        some = {name: models[name] for name in names[first : first + BATCH]}
        slug = "-".join(f"{target} {group} {first}".replace("/", " ").replace("%", "").split())
        read = functools.partial(read_group, target, group, some, image, size)
        pieces[slug.replace(":", "")] = read


def read_group(
    target: str,
    group: str,
    models: Mapping[str, Model],
    image: np.ndarray | None,
    size: int,
    metrics: Sequence[str],
) -> pd.DataFrame:
    """What metrics read on some networks of a group; see `read_groups`."""
    found = []
    for member, model in models.items():
        about = {
            "target": target,
            "group": group,
            "member": member,
            "loss": np.nan if image is None else _loss(model, image),
            "symmetric": _is_symmetric(model),
        }
        found.append(readings(model, metrics, about, size=size, target=image))
    return pd.concat(found, ignore_index=True)


def _loss(model: Model, image: np.ndarray) -> float:
    return float(np.mean((render(model, len(image)) - image) ** 2))


def _is_symmetric(model: Model) -> bool:
    try:
        return bool(find_mirrors(render(model, 64)))
    except Undefined:
        return False

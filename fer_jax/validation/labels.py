"""Test 7: do groups of links that do the same agree with the labels that people gave to links?"""

import functools
import hashlib
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fer_jax.errors import DataError, FerJaxError, GenomeWarning
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome
from fer_jax.genome.library import entries
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.view import View
from fer_jax.validation import link_groups
from fer_jax.validation.mutual_information import adjusted_mutual_information, of_shuffles
from fer_jax.validation.verdict import Verdict
from fer_jax.validation.workshop import Workshop

NAME = "labels"
EDITION = "1"

LEAST_LINKS, LEAST_LABELS = 10, 2
"""Labelled links, and different labels, without which there is nothing to agree with."""

SHUFFLES, DRAWS = 1000, 20
"""Shuffles of the labels, and draws of other weights on a genome's own links."""

NO_EFFECT = 1e-6
"""Of the largest effect: a link below it moves nothing, and so nothing the way another does."""

MAPS = "effect maps"
CONCEPTS, MOST = "effects on concepts", "concept moved most"
COPIES, STRENGTH = "effects on copies", "size of effect"

QUANTITIES = {
    "fracture": (COPIES,),
    "entanglement": (CONCEPTS, MOST),
    "one_sidedness": (COPIES,),
    "spread": (CONCEPTS, MOST),
    "behavioural_dimension": (MAPS,),
    "jacobian_norm": (STRENGTH,),
}
"""What metrics look at in single links; the others look at none."""

_ADDED = re.compile(r"(: of interest|:=\d+)+$")
"""What CPPN-X adds to a label to tell one of its links apart."""


def read_labels(workshop: Workshop) -> pd.DataFrame:
    """Read every labelled genome in the folder that `FER_JAX_DATA` names.

    Returns:
        Columns genome, what (is grouped by), links, labels (how many), shuffled (95% of shuffles
        agree less), wiring (how far links into the same unit agree), random (the mean of other
        weights on the same links, where that is read), metric, version, value (adjusted mutual
        information) and reason. No rows where there is no such genome.
    """
    size = workshop.size
    pieces = {
        f"{path.stem}-{_digest(path)}-{size}": functools.partial(
            read_genome, path.stem, genome, size, 100 if workshop.quick else SHUFFLES
        )
        for path, genome in labelled_genomes()
    }
    if not pieces:
        return pd.DataFrame({"genome": [], "metric": [], "version": [], "value": []})
    return workshop.read(NAME, EDITION, pieces)


def labelled_genomes() -> list[tuple[Path, Genome]]:
    """The user's CPPN-X files with labels on enough links, each with what it holds.

    Links that close a cycle are cut, and files that cannot be read are passed over; `fer-jax data
    list` tells of them.
    """
    try:
        named = entries()
    except DataError:  # the folder is not there
        return []
    found = []
    for entry in named:
        if entry.path is None or entry.path.suffix.lower() != ".xml" or entry.problem:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", GenomeWarning)
                genome = load_genome(entry.path, on_cycle="cut")
        except FerJaxError:
            continue
        labels = [label for label in link_labels(genome) if label]
        if len(labels) >= LEAST_LINKS and len(set(labels)) >= LEAST_LABELS:
            found.append((entry.path, genome))
    return found


def link_labels(genome: Genome) -> list[str]:
    """What people wrote on each link, without what CPPN-X adds; "" where they wrote nothing."""
    return [_ADDED.sub("", link.label) for link in genome.links]


def read_genome(
    name: str, genome: Genome, size: int, shuffles: int, metrics: Sequence[str]
) -> pd.DataFrame:
    """How far groups by what metrics look at agree with a genome's labels; see `read_labels`."""
    view, every = View(genome, size), link_labels(genome)
    maps = link_groups.effect_maps(genome, genome.params, size)
    strength = np.linalg.norm(maps, axis=0)
    labelled = np.array([label != "" for label in every])
    here = np.flatnonzero(labelled & (strength > NO_EFFECT * strength.max()))
    labels = [every[link] for link in here]
    count = len(set(labels))

    def groups(what: str) -> np.ndarray:
        if what == MAPS:
            return link_groups.grouped(maps[:, here], count)
        if what == STRENGTH:
            return link_groups.grouped_by_size(maps[:, here], count)
        if what == COPIES:
            return link_groups.grouped(link_groups.copy_effects(view)[:, here], count)
        effects = link_groups.concept_effects(view)[:, here]
        return effects.argmax(axis=0) if what == MOST else link_groups.grouped(effects, count)

    found: dict[str, dict[str, object]] = {}
    for what in dict.fromkeys(what for metric in metrics for what in QUANTITIES.get(metric, ())):
        try:
            own = groups(what).tolist()
        except Undefined as reason:
            found[what] = {"value": np.nan, "reason": str(reason)}
            continue
        chance = np.quantile(of_shuffles(own, labels, shuffles), 0.95)
        value = adjusted_mutual_information(own, labels)
        found[what] = {"value": value, "shuffled": chance, "reason": ""}
    if MAPS in found:
        found[MAPS]["random"] = _with_other_weights(genome, size, here, labels)
    targets = [genome.links[link].target for link in here]
    about = {
        **{"genome": name, "links": len(here), "labels": count},
        **{"wiring": adjusted_mutual_information(targets, labels), "random": np.nan},
    }
    none = {"": {"value": np.nan, "reason": "looks at no single links"}}
    rows = [
        {**about, "what": what, "metric": metric, "version": METRICS[metric].version, **of_what}
        for metric in metrics
        for what, of_what in ({w: found[w] for w in QUANTITIES.get(metric, ())} or none).items()
    ]
    return pd.DataFrame(rows)


def judge_labels(found: pd.DataFrame) -> list[Verdict]:
    """How far each metric's view of single links agrees with people's; nothing is asked of it."""
    verdicts = []
    for row in found.to_dict("records"):
        if not row["what"]:
            continue
        told = f"95% of shuffles below {row['shuffled']:.2f}" if row["shuffled"] > -1 else ""
        notes = [row["reason"], told, f"links into the same unit {row['wiring']:.2f}"]
        if pd.notna(row["random"]):
            notes.append(f"other weights on the same links {row['random']:.2f}")
        verdicts.append(
            Verdict(
                NAME,
                row["metric"],
                f"{row['genome']}, {row['what']}: agreement with {row['labels']} labels",
                row["value"],
                n=row["links"],
                undefined=row["links"] * int(pd.isna(row["value"])),
                note="; ".join(filter(None, notes)),
            )
        )
    return verdicts


def _with_other_weights(genome: Genome, size: int, here: np.ndarray, labels: list[str]) -> float:
    """The mean agreement of effect maps where the weights are dealt out anew: what wiring gives."""
    agreements = []
    for draw in range(DRAWS):
        dealt = np.random.default_rng(draw).permutation(genome.params)
        maps = link_groups.effect_maps(genome, dealt, size)[:, here]
        strength = np.linalg.norm(maps, axis=0)
        moves = strength > NO_EFFECT * strength.max()
        some = [label for label, yes in zip(labels, moves, strict=True) if yes]
        own = link_groups.grouped(maps[:, moves], len(set(some)))
        agreements.append(adjusted_mutual_information(own.tolist(), some))
    return float(np.mean(agreements))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]

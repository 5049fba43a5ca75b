"""The pictures of a bench's networks: nulls and controls, and good ones against worse ones."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.show.bench_metrics import HEADLINES, chosen, there
from fer_jax.show.bench_words import listed
from fer_jax.show.control_dots import ControlRow, draw_control_dots
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.groups import distinct
from fer_jax.show.roc import RocPanel, draw_roc
from fer_jax.show.wording import number
from fer_jax.validation.controls import MOST_LOSS
from fer_jax.validation.groups import GENOME, GOOD, SCRATCH, UNTRAINED, WIRING
from fer_jax.validation.separation import auc
from fer_jax.validation.verdict import worse

SAME_WIRING = "own wiring"
"""Only the genome's links, trained: neither clearly a good network nor clearly a bad one."""

_WORSE = "Asked to read worse than the genome"
_GOOD = "Asked to read better than networks from random weights"
_NOTHING = "Nothing is asked"
_UNTRAINED = "Untrained, by gain: asked not to read as well as a genome"


def control_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """For each target, every group of networks by the headlines."""
    pictures = []
    loose = found[found["group"] == UNTRAINED]
    for target in _targets(found):
        rows = found[found["target"] == target]
        groups = control_rows(rows, loose)
        genome = {name: _of(rows, GENOME, name) for name in HEADLINES}
        means = ", ".join(f"{name} {number(value)}" for name, value in genome.items())
        sides = {name: METRICS[name].worse for name in HEADLINES}
        pictures.append(
            gallery.add(
                f"controls {target}",
                partial(draw_control_dots, groups, genome, sides),
                alt=f"{listed(HEADLINES)} on the networks of {target}; its genome reads {means}.",
                title=target,
                caption=f"The genome reads {means}. Hollow: a loss above {MOST_LOSS:g}, or, of the "
                f"untrained, a picture that happens to have the symmetry. {_undefined(groups)}",
            )
        )
    return pictures


def _undefined(groups: Sequence[ControlRow]) -> str:
    told = [
        f"{name} {count} in {row.label}"
        for row in groups
        for name, values in row.values.items()
        if (count := int(np.isnan(values).sum()))
    ]
    return f"Undefined, and not drawn: {', '.join(told)}." if told else "None is undefined."


def control_rows(rows: pd.DataFrame, untrained: pd.DataFrame) -> list[ControlRow]:
    """The groups of a target, ordered by what is asked of them."""
    made = []
    for group in distinct(rows["group"]):
        if group == GENOME:
            continue
        members = rows[rows["group"] == group]
        look, block = "sgd", _WORSE
        if group in GOOD:
            look, block = "es", _GOOD
        elif group == WIRING:
            look, block = "other", _NOTHING
        bound = np.inf if group in (*GOOD, WIRING, SCRATCH) else MOST_LOSS
        label = "from random weights" if group == SCRATCH else group
        made.append(_row(members, block, label, look, members["loss"].fillna(0) <= bound))
    gains = untrained["member"].str.extract(r"gain ([0-9.]+)", expand=False)
    for gain in sorted(gains.dropna().unique(), key=float):
        members = untrained[gains == gain]
        made.append(_row(members, _UNTRAINED, f"gain {gain}", "neat", ~members["symmetric"]))
    order = (_WORSE, _GOOD, _NOTHING, _UNTRAINED)
    return sorted(made, key=lambda row: order.index(row.block))


def roc_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """Good networks against worse ones by headlines and baselines, a panel per target."""
    names = [*HEADLINES, *there(chosen("baseline"), found)]
    panels = [_panel(target, found[found["target"] == target], names) for target in _targets(found)]
    if not panels:
        return []
    aucs = "; ".join(
        f"{panel.title}: {', '.join(f'{name} {number(v)}' for name, v in panel.auc.items())}"
        for panel in panels
    )
    return [
        gallery.add(
            "roc",
            partial(draw_roc, panels, HEADLINES),
            alt=f"ROC curves. AUC of {aucs}.",
            caption=f"Better: the genome, {listed(GOOD)}. Worse: from random weights, pruned, "
            f"smooth and other architectures, of a loss of at most {MOST_LOSS:g}. A baseline far "
            "below 0.5 tells them apart as well, the other way round. "
            f"The genome's own links, trained ({SAME_WIRING}), are in neither group.",
        )
    ]


def _panel(target: str, rows: pd.DataFrame, names: Sequence[str]) -> RocPanel:
    good = rows["group"].isin([GENOME, *GOOD])
    out = rows["group"].isin([WIRING, SAME_WIRING]) | good
    poor = ~out & ((rows["group"] == SCRATCH) | (rows["loss"] <= MOST_LOSS))
    better, worse_ones = (
        {name: worse(name, side.loc[side["metric"] == name, "value"]) for name in names}
        for side in (rows[good], rows[poor])
    )
    areas = {name: auc(better[name], worse_ones[name]) for name in names}
    first = names[0]
    return RocPanel(
        target,
        f"{len(better[first])} better, {len(worse_ones[first])} worse networks",
        {name: values.to_numpy(dtype=float) for name, values in better.items()},
        {name: values.to_numpy(dtype=float) for name, values in worse_ones.items()},
        areas,
    )


def _row(members: pd.DataFrame, block: str, label: str, look: str, counts: pd.Series) -> ControlRow:
    members = members.assign(counts=counts)
    table = members.pivot(index="member", columns="metric", values="value").reindex(
        columns=list(HEADLINES)
    )
    kept = members.drop_duplicates("member").set_index("member")["counts"].reindex(table.index)
    values = {name: table[name].to_numpy(dtype=float) for name in HEADLINES}
    return ControlRow(block, label, look, values, kept.to_numpy(dtype=bool))


def _targets(found: pd.DataFrame) -> list[str]:
    return distinct(found.loc[found["group"] == SCRATCH, "target"])


def _of(rows: pd.DataFrame, group: str, metric: str) -> float:
    values = rows.loc[(rows["group"] == group) & (rows["metric"] == metric), "value"]
    return float(values.iloc[0]) if len(values) else float("nan")

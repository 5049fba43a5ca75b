"""Which pictures the page of a bench shows, and what it says about each."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.show.bench_words import listed
from fer_jax.show.control_dots import ControlRow, draw_control_dots
from fer_jax.show.dial_curves import OTHER, dial_means, draw_dial_curves
from fer_jax.show.forest import MAX_ROWS, ForestRow, draw_forest
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.groups import distinct
from fer_jax.show.roc import RocPanel, draw_roc
from fer_jax.show.trained_dots import draw_trained_dots
from fer_jax.show.wording import number
from fer_jax.validation.card_text import interval, told, verdict
from fer_jax.validation.controls import MOST_LOSS
from fer_jax.validation.groups import GENOME, GOOD, SCRATCH, UNTRAINED, WIRING
from fer_jax.validation.separation import auc
from fer_jax.validation.trained_dials import DIALS
from fer_jax.validation.verdict import worse

HEADLINES = tuple(METRICS)[:2]
SAME_WIRING = "own wiring"
"""Only the genome's links, trained: neither clearly a good network nor clearly a bad one."""

_WORSE = "Asked to read worse than the genome"
_GOOD = "Asked to read better than networks from random weights"
_NOTHING = "Nothing is asked"
_UNTRAINED = "Untrained, by gain: asked not to read as well as a genome"


def chosen(kind: str) -> list[str]:
    """The metrics of a kind that are drawn: each definition once, the headlines first."""
    names: dict[object, str] = {}
    for name, metric in METRICS.items():
        if metric.kind == kind:
            names.setdefault(metric.compute, name)
    return list(names.values())


def dial_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """For each dial, its metrics and then the baselines against it."""
    drawn = [name for kind in (*OTHER, "baseline") for name in chosen(kind)]
    means = dial_means(found[found["metric"].isin(drawn)])
    pictures = []
    for dial, other in OTHER.items():
        metrics = _there(chosen(dial), means)
        if metrics:
            pictures.append(
                gallery.add(
                    f"{dial} dial",
                    partial(draw_dial_curves, means, metrics, dial, height=124),
                    alt=f"{listed(metrics)} against the {dial} dial, by family.",
                    title=f"Metrics of {dial} against the {dial} dial",
                    caption=f"Mean and 95% interval over draws; a line per level of the {other} "
                    f"dial. What follows the {dial} dial alone is one line, five times drawn. "
                    f"{_said_undefined(means, metrics)}",
                )
            )
    baselines = _there(chosen("baseline"), means)
    for dial in OTHER if baselines else ():
        pictures.append(
            gallery.add(
                f"baselines {dial} dial",
                partial(draw_dial_curves, means, baselines, dial, shared=False, height=80),
                alt=f"{listed(baselines)} against the {dial} dial, by family.",
                title=f"Baselines against the {dial} dial, which should not move them",
                caption="Each in its own unit. All scales of a row are equally long, and each is "
                f"centred on what its family reads. {_said_undefined(means, baselines)}",
            )
        )
    return pictures


def trained_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """Metrics, and then baselines, on trained networks of known structure."""
    at = found[["kind", "picture"]].drop_duplicates().sort_values("picture")
    order = [(kind, row.picture) for kind in DIALS for row in at[at["kind"] == kind].itertuples()]
    columns = [(k, int(p), f"{k} {p}: {DIALS[k]}") for k, p in order]
    scored = _there([*chosen("fracture"), *chosen("entanglement")], found)
    pictures = []
    for what, metrics, shared, height in (
        ("Metrics", scored, True, 116),
        ("Baselines", _there(chosen("baseline"), found), False, 80),
    ):
        if metrics:
            each = {"shared": shared, "height": height}
            pictures.append(
                gallery.add(
                    f"trained dials {what}",
                    partial(draw_trained_dots, found, metrics, columns, **each),
                    alt=f"{listed(metrics)} on trained networks, against the level of the dial.",
                    title=f"{what} on trained networks",
                    caption="A column is one picture, and the heading says which dial its networks "
                    "have. A metric should follow the dial of its own kind.",
                )
            )
    return pictures


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
                "untrained, a picture that happens to have the symmetry.",
            )
        )
    return pictures


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
    names = [*HEADLINES, *_there(chosen("baseline"), found)]
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


def prediction_pictures(gallery: Gallery, verdicts: pd.DataFrame) -> list[Picture]:
    """The numbers of test 6 with their intervals."""
    rows = verdicts[verdicts["value"].notna()]
    looks: Mapping[str, str] = {HEADLINES[0]: "genome", HEADLINES[1]: "sgd"}
    drawn = [
        ForestRow(
            row["what"],
            row["metric"],
            row["value"],
            row["low"],
            row["high"],
            f"{told(row['value'])}  [{interval(row['low'], row['high'])}]  n = {row['n']}  "
            f"{verdict(row['passes'])}",
            looks.get(row["metric"], "other"),
        )
        for what in distinct(rows["what"])
        for row in rows[rows["what"] == what].to_dict("records")
    ]
    if not drawn:
        return []
    left = len(drawn) - MAX_ROWS
    return [
        gallery.add(
            "prediction",
            partial(draw_forest, drawn, x_label="partial rank correlation"),
            alt=f"Partial correlations with 95% intervals, {len(drawn)} of them.",
            caption="Mark and line: the partial correlation and its 95% interval; yes or no: "
            "whether it is what was asked."
            + (f" {left} more are in the table." if left > 0 else ""),
        )
    ]


def _row(
    members: pd.DataFrame, block: str, label: str, look: str, counts: pd.Series
) -> ControlRow:
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


def _there(names: Sequence[str], table: pd.DataFrame) -> list[str]:
    return [name for name in names if name in set(table["metric"])]


def _said_undefined(means: pd.DataFrame, metrics: Sequence[str]) -> str:
    counts = means.groupby("metric")["undefined"].sum().reindex(metrics)
    told = [f"{name} {int(count)}" for name, count in counts.items() if count]
    return f"Undefined readings, left out: {', '.join(told)}." if told else "None is undefined."

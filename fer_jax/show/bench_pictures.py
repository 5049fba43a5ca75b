"""Which pictures the page of a bench shows, and what it says about each."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from fer_jax.show.bench_metrics import HEADLINES, chosen, there
from fer_jax.show.bench_words import listed
from fer_jax.show.dial_curves import OTHER, dial_means, draw_dial_curves
from fer_jax.show.forest import MAX_ROWS, ForestRow, draw_forest
from fer_jax.show.gallery import Gallery, Picture
from fer_jax.show.groups import distinct
from fer_jax.show.panels import LEAST_SHARE
from fer_jax.show.trained_dots import draw_trained_dots
from fer_jax.validation.card_text import interval, told, verdict
from fer_jax.validation.trained_dials import DIALS


def dial_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """For each dial, its metrics and then the baselines against it."""
    drawn = [name for kind in (*OTHER, "baseline") for name in chosen(kind)]
    means = dial_means(found[found["metric"].isin(drawn)])
    pictures = []
    for dial, other in OTHER.items():
        metrics = there(chosen(dial), means)
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
    baselines = there(chosen("baseline"), means)
    for dial in OTHER if baselines else ():
        pictures.append(
            gallery.add(
                f"baselines {dial} dial",
                partial(draw_dial_curves, means, baselines, dial, shared=False, height=80),
                alt=f"{listed(baselines)} against the {dial} dial, by family.",
                title=f"Baselines against the {dial} dial, which should not move them",
                caption="Each in its own unit. All scales of a row are equally long, and each is "
                f"centred on what its family reads; none is shorter than {LEAST_SHARE:.0%} of "
                f"that. {_said_undefined(means, baselines)}",
            )
        )
    return pictures


def trained_pictures(gallery: Gallery, found: pd.DataFrame) -> list[Picture]:
    """Metrics, and then baselines, on trained networks of known structure."""
    columns = [
        (kind, picture, f"{kind} {picture}: {DIALS[kind]}")
        for kind in DIALS
        for picture in sorted(found.loc[found["kind"] == kind, "picture"].unique().tolist())
    ]
    scored = there([*chosen("fracture"), *chosen("entanglement")], found)
    pictures = []
    for what, metrics, shared, height in (
        ("Metrics", scored, True, 116),
        ("Baselines", there(chosen("baseline"), found), False, 80),
    ):
        if metrics:
            pictures.append(
                gallery.add(
                    f"trained dials {what}",
                    partial(
                        draw_trained_dots, found, metrics, columns, shared=shared, height=height
                    ),
                    alt=f"{listed(metrics)} on trained networks, against the level of the dial.",
                    title=f"{what} on trained networks",
                    caption="A column is one picture, and the heading says which dial its networks "
                    "have. A metric should follow the dial of its own kind.",
                )
            )
    return pictures


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


def _said_undefined(means: pd.DataFrame, metrics: Sequence[str]) -> str:
    counts = means.groupby("metric")["undefined"].sum().reindex(list(metrics))
    told = [f"{name} {int(count)}" for name, count in counts.items() if count]
    return f"Undefined readings, left out: {', '.join(told)}." if told else "None is undefined."

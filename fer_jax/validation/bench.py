"""The whole bench: every test that there is so far, from scratch or from where it was left."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fer_jax.validation.adaptation import read_adaptation
from fer_jax.validation.card import card
from fer_jax.validation.card_text import as_markdown
from fer_jax.validation.controls import judge_controls
from fer_jax.validation.dials import by_family, judge_dials, read_dials
from fer_jax.validation.groups import read_groups
from fer_jax.validation.invariances import judge_invariances, read_invariances
from fer_jax.validation.kept import write_table, write_whole
from fer_jax.validation.labels import judge_labels, read_labels
from fer_jax.validation.pair_table import pair_table
from fer_jax.validation.pairs import judge_pairs
from fer_jax.validation.prediction import judge_prediction, read_prediction
from fer_jax.validation.stability import judge_stability, read_stability
from fer_jax.validation.trained_dials import judge_trained_dials, read_trained_dials
from fer_jax.validation.verdict import verdict_table
from fer_jax.validation.workshop import Tell, Workshop

CARD, CARD_TEXT = "card.parquet", "card.md"
VERDICTS, BY_FAMILY, PAIRS = "verdicts.parquet", "families.parquet", "pairs.parquet"


@dataclass(frozen=True)
class Bench:
    """What the bench has found.

    Attributes:
        card: a row per metric; see `fer_jax.validation.card.card`.
        verdicts: a row per metric and number; see `fer_jax.validation.verdict`.
        readings: by part of the bench, everything that was read.
        folder: where all of it was written.
    """

    card: pd.DataFrame
    verdicts: pd.DataFrame
    readings: dict[str, pd.DataFrame]
    folder: Path


def validate(
    folder: Path, *, quick: bool, tell: Tell = lambda what, done, of: None, **options: int
) -> Bench:
    """Run the bench, or whatever is missing of it.

    Args:
        folder: for what is read and trained, and for the card; what is there is not made again.
        quick: all of it at toy size, to see that it works. That is no card.
        tell: told what is being done, and how far it is.
        options: of the `Workshop`: processes.

    Returns:
        What was found. The folder holds it as `card.parquet`, `card.md`, `verdicts.parquet`,
        `pairs.parquet`, and the readings of each part as `<part>.parquet`.

    Raises:
        OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(folder, quick, tell, **options)
    readings = {
        "dials": read_dials(workshop),
        "trained": read_trained_dials(workshop),
        "invariances": read_invariances(workshop),
        "networks": read_groups(workshop),
        "stability": read_stability(workshop),
        "adaptation": read_adaptation(workshop),
        "prediction": read_prediction(workshop),
        "labels": read_labels(workshop),
    }
    families, pairs = by_family(readings["dials"]), pair_table(readings["networks"])
    verdicts = verdict_table(
        [
            *judge_dials(families),
            *judge_trained_dials(readings["trained"]),
            *judge_invariances(readings["invariances"]),
            *judge_controls(readings["networks"]),
            *judge_pairs(readings["networks"]),
            *judge_stability(readings["stability"]),
            *judge_prediction(readings["prediction"], readings["adaptation"]),
            *judge_labels(readings["labels"]),
        ]
    )
    whole = card(verdicts)
    for name, table in readings.items():
        write_table(table, folder / f"{name}.parquet")
    write_table(families, folder / BY_FAMILY)
    write_table(verdicts, folder / VERDICTS)
    write_table(whole, folder / CARD)
    write_table(pairs, folder / PAIRS)
    text = as_markdown(whole, verdicts, families, pairs, quick=quick)
    write_whole(folder / CARD_TEXT, lambda path: path.write_text(text, encoding="utf-8"))
    return Bench(whole, verdicts, readings, folder)

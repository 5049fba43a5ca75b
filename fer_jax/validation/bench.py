"""The whole bench: every test that there is so far, from scratch or from where it was left."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fer_jax.genome.dials import FAMILIES
from fer_jax.validation.card import as_markdown, card
from fer_jax.validation.dials import DialTest, judge, write_whole

FULL = DialTest(tuple(FAMILIES), draws=20)
QUICK = DialTest(("mirror", "rotation"), draws=1, size=24)

CARD, CARD_TEXT, READINGS = "card.parquet", "card.md", "dials.parquet"


@dataclass(frozen=True)
class Bench:
    """What the bench has found.

    Attributes:
        card: a row per metric; see `fer_jax.validation.card.card`.
        by_family: a row per metric and family.
        folder: where both, and all readings, were written.
    """

    card: pd.DataFrame
    by_family: pd.DataFrame
    folder: Path


def validate(
    folder: Path, *, quick: bool, on_picture: Callable[[int, int], None] = lambda done, of: None
) -> Bench:
    """Run the bench, or whatever is missing of it.

    Args:
        folder: for the readings and the card; what is there already is not read again.
        quick: a few small pictures, to see that all works. That is no card.
        on_picture: told how many pictures are done, of how many.

    Returns:
        What was found. The folder holds it as `card.parquet`, `card.md` and `dials.parquet`.

    Raises:
        OSError: if the folder cannot be written.
    """
    test = QUICK if quick else FULL
    readings = test.read(folder / "read", on_picture)
    judged = judge(readings)
    whole = card(judged)
    write_whole(folder / READINGS, lambda path: readings.to_parquet(path, index=False))
    write_whole(folder / CARD, lambda path: whole.to_parquet(path, index=False))
    text = as_markdown(whole, judged, quick=quick)
    write_whole(folder / CARD_TEXT, lambda path: path.write_text(text, encoding="utf-8"))
    return Bench(whole, judged, folder)

"""The whole bench, or some tests of it, from scratch or from where it was left."""

from collections.abc import Callable, Mapping, Sequence
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
from fer_jax.validation.verdict import Verdict, verdict_table
from fer_jax.validation.workshop import Tell, Workshop

CARD, CARD_TEXT = "card.parquet", "card.md"
VERDICTS, BY_FAMILY, PAIRS = "verdicts.parquet", "families.parquet", "pairs.parquet"
NOTHING = pd.DataFrame({"metric": [], "family": [], "group": [], "target": []})
"""The readings of a part that is not taken."""


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


Judge = Callable[..., list[Verdict]]


@dataclass(frozen=True)
class Test:
    """One test of the bench.

    Attributes:
        parts: what it reads, by name; tests may share a part.
        judge: what it makes of them, in that order.
    """

    parts: Mapping[str, Callable[[Workshop], pd.DataFrame]]
    judge: Judge


def _judge_families(found: pd.DataFrame) -> list[Verdict]:
    return judge_dials(by_family(found))


BENCH: dict[str, Test] = {
    "dials": Test({"dials": read_dials}, _judge_families),
    "trained": Test({"trained": read_trained_dials}, judge_trained_dials),
    "invariances": Test({"invariances": read_invariances}, judge_invariances),
    "controls": Test({"networks": read_groups}, judge_controls),
    "pairs": Test({"networks": read_groups}, judge_pairs),
    "stability": Test({"stability": read_stability}, judge_stability),
    "prediction": Test(
        {"prediction": read_prediction, "adaptation": read_adaptation}, judge_prediction
    ),
    "labels": Test({"labels": read_labels}, judge_labels),
}
"""Every test by name, in the order of `fer_jax.validation.card.TESTS`."""


def validate(
    folder: Path,
    *,
    quick: bool,
    tests: Sequence[str] = tuple(BENCH),
    tell: Tell = lambda what, done, of: None,
    **options: int,
) -> Bench:
    """Run the bench, or whatever is missing of it.

    Args:
        folder: for what is read and trained, and for the card; what is there is not made again.
        quick: all of it at toy size, to see that it works. That is no card.
        tests: names of those that are taken; the card says which were not. What was read for
            others is kept.
        tell: told what is being done, and how far it is.
        options: of the `Workshop`: processes.

    Returns:
        What was found. The folder holds it as `card.parquet`, `card.md`, `verdicts.parquet`,
        `families.parquet`, `pairs.parquet`, and the readings of each part as `<part>.parquet`.

    Raises:
        OSError: if the folder cannot be written.
        KeyError: if there is no test of a name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(folder, quick, tell, **options)
    readings: dict[str, pd.DataFrame] = {}
    verdicts: list[Verdict] = []
    for test in (BENCH[name] for name in sorted(set(tests), key=list(BENCH).index)):
        for name, read in test.parts.items():
            if name not in readings:
                readings[name] = read(workshop)
        verdicts += test.judge(*(readings[name] for name in test.parts))
    families = by_family(readings.get("dials", NOTHING))
    pairs = pair_table(readings.get("networks", NOTHING))
    judged = verdict_table(verdicts)
    whole = card(judged)
    for name in {name for test in BENCH.values() for name in test.parts}:
        path = folder / f"{name}.parquet"
        if name in readings:
            write_table(readings[name], path)
        else:
            # An earlier card's: it would be taken for a part of this one.
            path.unlink(missing_ok=True)
    write_table(families, folder / BY_FAMILY)
    write_table(pairs, folder / PAIRS)
    write_table(judged, folder / VERDICTS)
    write_table(whole, folder / CARD)
    text = as_markdown(whole, judged, families, pairs, quick=quick)
    write_whole(folder / CARD_TEXT, lambda path: path.write_text(text, encoding="utf-8"))
    return Bench(whole, judged, readings, folder)

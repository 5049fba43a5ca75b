"""The page of a bench: one file that opens from disk and holds all that it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fer_jax.errors import FerJaxError
from fer_jax.genome.originals import ORIGINALS
from fer_jax.metrics.registry import METRICS
from fer_jax.show import bench_pictures, network_pictures
from fer_jax.show.baselines_beside import as_well
from fer_jax.show.bench_metrics import HEADLINES
from fer_jax.show.bench_tables import card_rows, family_rows, pair_rows, verdict_tables
from fer_jax.show.bench_words import lead, standings
from fer_jax.show.embedded import EmbeddedGallery
from fer_jax.show.gallery import Picture
from fer_jax.show.template import template
from fer_jax.validation.bench import BY_FAMILY, CARD, VERDICTS
from fer_jax.validation.card import TESTS
from fer_jax.validation.card_text import QUICK
from fer_jax.validation.groups import SCRATCH
from fer_jax.validation.kept import read_table, write_whole
from fer_jax.validation.pair_table import pair_table

PAGE = "index.html"


@dataclass(frozen=True)
class Part:
    """Pictures under one heading.

    Attributes:
        id: its address on the page.
        heading: of the pictures.
        about: what they are, in words.
        pictures: at least one.
    """

    id: str
    heading: str
    about: str
    pictures: Sequence[Picture]


def write_validation_page(folder: Path, *, quick: bool) -> Path:
    """Draw a page about a bench, from what it has written.

    Args:
        folder: of the bench; see `fer_jax.validation.bench.validate`.
        quick: whether it is no card, which the page then says first.

    Returns:
        Path of the page.

    Raises:
        FerJaxError: in one line, if there is no card, or the page cannot be written.
    """
    names = (CARD, VERDICTS, BY_FAMILY)
    card, verdicts, families = (_table(folder / name) for name in names)
    if card is None or verdicts is None or families is None:
        raise FerJaxError(f"{folder}: holds no card; make one by fer-jax validate")
    trained = _readings(folder, "trained")
    networks = _readings(folder, "networks")
    equal = [each for name in HEADLINES for each in as_well(name, verdicts, families, trained)]
    standing = standings(card, verdicts, HEADLINES, equal)
    parts, left_out = _parts(folder, verdicts, trained, quick)
    text = template("validation.html").render(
        quick=QUICK if quick else "",
        lead=lead(standing, HEADLINES, equal),
        headlines=[METRICS[name] for name in HEADLINES],
        standing=standing,
        tests=[TESTS[test] for test in TESTS if test in card.columns],
        card=card_rows(card),
        parts=parts,
        left_out=left_out,
        tables=verdict_tables(verdicts),
        families=family_rows(families),
        pairs=pair_rows(pair_table(networks)) if networks is not None else ([], []),
    )
    try:
        write_whole(folder / PAGE, lambda path: path.write_text(text, encoding="utf-8"))
    except OSError as error:
        raise FerJaxError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return folder / PAGE


def _parts(
    folder: Path, verdicts: pd.DataFrame, trained: pd.DataFrame | None, quick: bool
) -> tuple[list[Part], list[str]]:
    """Every part that can be drawn, and a sentence on each that cannot."""
    gallery = EmbeddedGallery(folder)
    dials, networks = _readings(folder, "dials"), _readings(folder, "networks")
    drawn: list[tuple[str, str, str, list[Picture]]] = []
    left_out: list[str] = []
    if dials is None:
        left_out.append(f"Dial curves: {_missing(folder, 'dials')}.")
    else:
        drawn.append((*_DIALS, bench_pictures.dial_pictures(gallery, dials)))
    if trained is None:
        left_out.append(f"Trained dials: {_missing(folder, 'trained')}.")
    else:
        drawn.append((*_TRAINED, bench_pictures.trained_pictures(gallery, trained)))
    if networks is None:
        left_out.append(f"Nulls, controls and ROC curves: {_missing(folder, 'networks')}.")
    else:
        drawn.append((*_CONTROLS, network_pictures.control_pictures(gallery, networks)))
        drawn.append((*_ROC, network_pictures.roc_pictures(gallery, networks)))
        left_out += _not_fetched(networks, quick)
    if (folder / "prediction.parquet").is_file():
        rows = verdicts[verdicts["test"] == "prediction"]
        drawn.append((*_PREDICTION, bench_pictures.prediction_pictures(gallery, rows)))
    taken = set(verdicts["test"])
    untaken = [title for test, title in TESTS.items() if test not in taken]
    left_out += [f"Test {title}: this bench has not taken it." for title in untaken]
    left_out += [
        f"{heading}: the readings hold nothing of it."
        for _, heading, _, shown in drawn
        if not shown
    ]
    return [Part(*each) for each in drawn if each[-1]], left_out


_DIALS = (
    "dials",
    "Dials of known truth",
    "Genomes made so that all of them draw the same picture: one dial sets how fractured they are, "
    "the other how entangled. A reading should rise with its own dial, and be the same whatever "
    "the other one says.",
)
_TRAINED = (
    "trained",
    "Trained dials",
    "Networks of equal size, of which a known share is tied, trained to one picture and loss.",
)
_CONTROLS = (
    "controls",
    "Nulls and controls",
    "What else may move a reading: gain, basis, noise, density, smoothness, and the wiring alone.",
)
_ROC = (
    "roc",
    "Good networks against worse ones",
    "A curve along the upper left edge tells all of them apart. Few networks make coarse curves.",
)
_PREDICTION = (
    "prediction",
    "Prediction",
    "Whether a reading says how well a network adapts to related pictures, beyond the baselines.",
)


def _not_fetched(networks: pd.DataFrame, quick: bool) -> list[str]:
    there = set(networks.loc[networks["group"] == SCRATCH, "target"])
    absent = [name for name in ORIGINALS if name not in there]
    if quick or not absent:
        return []
    names = ", ".join(absent)
    return [
        f"Networks that draw {names}: no readings, since the original genomes were not there. "
        "`fer-jax data fetch` gets them; the same bench goes on with them."
    ]


def _missing(folder: Path, part: str) -> str:
    return f"{part}.parquet is not in {folder}, or holds no reading by present definitions"


def _readings(folder: Path, part: str) -> pd.DataFrame | None:
    """The readings of a part by present definitions, or None."""
    table = _table(folder / f"{part}.parquet")
    if table is not None and "version" in table:
        versions: Mapping[str, str] = {name: metric.version for name, metric in METRICS.items()}
        table = table[table["version"] == table["metric"].map(versions)]
    return table if table is not None and len(table) else None


def _table(path: Path) -> pd.DataFrame | None:
    table = read_table(path)
    if table is None or "metric" not in table:
        return None
    return table[table["metric"].isin(list(METRICS))]

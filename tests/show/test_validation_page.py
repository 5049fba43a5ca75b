"""The page of a bench says what it found, and where a baseline found as much."""

import itertools
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_jax.errors import FerJaxError
from fer_jax.genome.dials import LEVELS
from fer_jax.metrics.registry import METRICS
from fer_jax.show.baselines_beside import as_well
from fer_jax.show.bench_metrics import HEADLINES, chosen
from fer_jax.show.dial_curves import dial_means, draw_dial_curves
from fer_jax.show.embedded import EmbeddedGallery
from fer_jax.show.network_pictures import control_rows
from fer_jax.show.roc import roc_curve
from fer_jax.show.validation_page import write_validation_page
from fer_jax.validation.card import card
from fer_jax.validation.controls import judge_controls
from fer_jax.validation.dials import by_family, judge_dials
from fer_jax.validation.groups import GENOME, SCRATCH, UNTRAINED, WIRING
from fer_jax.validation.pairs import judge_pairs
from fer_jax.validation.separation import auc
from fer_jax.validation.verdict import Verdict, verdict_table

READ = (*HEADLINES, "total_variation")
HOSTILE = '</script><b onclick="x">$\\frac & {{ 7 * 7 }}'


def dials() -> pd.DataFrame:
    """Made up: headlines follow their dials, and the baseline neither."""
    rows = [
        ("mirror", draw, f, e, name, METRICS[name].version, value + 0.01 * draw)
        for draw in range(2)
        for f, e in itertools.product(LEVELS, LEVELS)
        for name, value in zip(READ, (f, e, 1.0), strict=True)
    ]
    columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
    return pd.DataFrame(rows, columns=columns)


def networks(target="skull", baseline=2.0) -> pd.DataFrame:
    """Made up: the headlines tell all networks from the genome; the baseline reads 1.0 on it."""
    members = [
        (target, GENOME, "genome", 0.0, True, (0.2, 0.2, 1.0)),
        *((target, SCRATCH, str(i), 1e-3, False, (0.7, 0.8, baseline)) for i in range(8)),
        (target, WIRING, "0", np.nan, False, (0.4, 0.4, 1.0)),
        (target, "rotated", "0", 0.0, True, (0.2, 0.2, 1.0)),
        (target, "pruned to 5%", "0", 1e-3, False, (0.5, 0.5, 1.0)),
        (target, "pruned to 5%", "1", 1e-2, False, (0.1, 0.1, 1.0)),
        ("", UNTRAINED, "tanh:4x1 gain 0.5 draw 0", np.nan, False, (0.9, 0.9, 1.0)),
        ("", UNTRAINED, "tanh:4x1 gain 0.5 draw 1", np.nan, True, (0.1, 0.1, 1.0)),
    ]
    rows = [
        (*about, name, METRICS[name].version, value)
        for *about, values in members
        for name, value in zip(READ, values, strict=True)
    ]
    columns = ["target", "group", "member", "loss", "symmetric", "metric", "version", "value"]
    return pd.DataFrame(rows, columns=columns)


def written(folder: Path, *more: Verdict, **tables: pd.DataFrame) -> Path:
    """A folder as a bench leaves it."""
    families = by_family(tables.get("dials", dials()))
    verdicts = [*judge_dials(families), *more]
    if "networks" in tables:
        verdicts += [*judge_controls(tables["networks"]), *judge_pairs(tables["networks"])]
    judged = verdict_table([v for v in verdicts if v.metric in READ])
    whole = {"families": families, "verdicts": judged, "card": card(judged), **tables}
    for name, table in whole.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


class Page(HTMLParser):
    """Text and tags of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.raw = "", path.read_text(encoding="utf-8")
        self.feed(self.raw)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Page:
    """A page of all that can be drawn of a made-up bench with a hostile target."""
    folder = tmp_path_factory.mktemp("bench")
    found = Verdict("prediction", "fracture", HOSTILE, 0.4, "> 0", True, 0.1, 0.6, n=30)
    tables = {
        "dials": dials(),
        "networks": networks(HOSTILE),
        "prediction": pd.DataFrame({"metric": ["fracture"]}),
    }
    return Page(write_validation_page(written(folder, found, **tables), quick=False))


def test_it_names_every_test_and_headline(whole):
    for name in (*HEADLINES, "1 dials", "3 controls", "4 pairs", "6 prediction"):
        assert name in whole.text
    assert {"dials", "controls", "roc", "prediction"} <= {a.get("id") for a in whole.all("section")}
    assert "no card" not in whole.text
    assert len(whole.all("details")) == 6  # the tests taken, the pairs and the families


def test_nothing_of_it_is_elsewhere(whole):
    pictures = [tag["src"] for tag in whole.all("img")] + [s["srcset"] for s in whole.all("source")]
    assert pictures
    assert all(source.startswith("data:image/png;base64,") for source in pictures)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in whole.tags}
    assert all(a["href"].startswith("#") for a in whole.all("a"))
    assert "url(" not in whole.raw
    assert all(tag["alt"] for tag in whole.all("img"))


def test_whatever_a_table_holds_is_text(whole):
    assert HOSTILE in whole.text
    assert not whole.all("b")


def test_a_baseline_that_does_as_well_is_said_first(whole):
    said = whole.text[whole.text.index("Do the metrics mean") :]
    assert said.index("total_variation, separates all pairs as fully") < said.index("passes test")


def test_what_is_missing_is_left_out_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(EmbeddedGallery, "keep", lambda gallery, figure, file: "data:,")
    page = Page(write_validation_page(written(tmp_path, networks=networks()), quick=True))
    assert "no card" in page.text
    assert page.text.index("no card") < page.text.index("passes test")
    sections = {a.get("id") for a in page.all("section")}
    assert "controls" in sections
    assert not {"dials", "trained", "prediction"} & sections
    for why in ("Dial curves: dials.parquet", "trained.parquet is not in", "Test 6 prediction"):
        assert why in page.text
    assert "fer-jax data fetch" not in page.text  # a quick bench has no need of the originals
    page = Page(write_validation_page(tmp_path, quick=False))
    assert "draw apple, butterfly" in page.text
    assert "fer-jax data fetch" in page.text


def test_a_folder_without_a_card(tmp_path):
    with pytest.raises(FerJaxError, match="holds no card"):
        write_validation_page(tmp_path, quick=False)


@pytest.mark.parametrize(("baseline", "found"), [(2.0, (False,)), (0.5, (True,)), (1.0, ())])
def test_a_baseline_does_as_well_in_either_direction(tmp_path, baseline, found):
    table = networks(baseline=baseline)
    judged = verdict_table([v for v in judge_pairs(table) if v.metric in READ])
    equal = as_well("fracture", judged, by_family(dials()), None)
    assert tuple(each.turned for each in equal if each.test == "pairs") == found
    assert not any(each.test == "dials" for each in equal)


def test_a_definition_is_drawn_once():
    assert chosen("fracture")[0] == "fracture"
    assert "one_sidedness" not in chosen("fracture")


def test_curves_have_a_line_per_level_of_the_other_dial():
    figure = draw_dial_curves(dial_means(dials()), ["fracture", "entanglement"], "fracture")
    own, other = figure.axes[:2]
    assert len(own.lines) == len(LEVELS)
    assert own.lines[0].get_ydata() == pytest.approx(np.array(LEVELS) + 0.005)
    assert np.ptp(other.lines[2].get_ydata()) == 0


def test_what_does_not_count_is_told_apart():
    found = networks()
    loose = found["group"] == UNTRAINED
    counts = {row.label: row.counts.tolist() for row in control_rows(found[~loose], found[loose])}
    assert counts["pruned to 5%"] == [True, False]
    assert counts["gain 0.5"] == [True, False]
    assert all(counts["from random weights"])


def test_what_is_undefined_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(EmbeddedGallery, "keep", lambda gallery, figure, file: "data:,")
    found = networks()
    blank = (found["group"] == SCRATCH) & (found["metric"] == "fracture") & (found["member"] < "3")
    table = found.assign(value=found["value"].mask(blank))
    page = Page(write_validation_page(written(tmp_path, networks=table), quick=True))
    assert "fracture 3 in from random weights" in page.text
    assert "3 of 8 undefined" in page.text


def test_the_area_below_a_curve_is_its_auc():
    random = np.random.default_rng(0)
    better, worse = random.integers(0, 6, 9) / 5, random.integers(1, 8, 14) / 5
    area = np.trapezoid(*roc_curve(better, worse)[::-1])
    assert area == pytest.approx(auc(pd.Series(better), pd.Series(worse)))

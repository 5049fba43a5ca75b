"""The bench judges what is known to pass and to fail, and goes on where it was left."""

import itertools

import numpy as np
import pandas as pd
import pytest

from fer_jax.genome.dials import LEVELS, dial_genome, dial_regions
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.scoring import measure
from fer_jax.validation import dials
from fer_jax.validation.bench import validate
from fer_jax.validation.card import as_markdown, card
from fer_jax.validation.dials import DialTest, judge, read_picture

SETTINGS = list(itertools.product(LEVELS, LEVELS))


def readings(values: dict, family="mirror") -> pd.DataFrame:
    """Made up: a value of each metric from the dials."""
    rows = [
        (family, 0, f, e, metric, METRICS[metric].version, value(f, e))
        for metric, value in values.items()
        for f, e in SETTINGS
    ]
    columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
    return pd.DataFrame(rows, columns=columns)


def verdicts(values: dict) -> dict:
    judged = judge(readings(values))
    return dict(zip(judged["metric"], judged["passes"], strict=True))


def test_what_follows_its_own_dial_alone_passes():
    assert verdicts(
        {
            "one_sidedness": lambda f, e: f,
            "mirror_sharing": lambda f, e: -f,
            "spread": lambda f, e: e,
            "total_variation": lambda f, e: 1.0,
        }
    ) == {"one_sidedness": True, "mirror_sharing": True, "spread": True, "total_variation": True}


def test_what_follows_the_other_dial_or_the_wrong_way_fails():
    assert verdicts(
        {
            "one_sidedness": lambda f, e: f + e,
            "mirror_sharing": lambda f, e: f,
            "spread": lambda f, e: np.nan if (f, e) == (0, 0) else e,
            "total_variation": lambda f, e: f,
        }
    ) == dict.fromkeys(("one_sidedness", "mirror_sharing", "spread", "total_variation"), False)


def test_nothing_is_asked_of_a_report():
    judged = judge(readings({"still_pixels": lambda f, e: f}))
    assert judged["passes"].isna().all()


def test_one_family_that_fails_fails_the_card():
    good = readings({"one_sidedness": lambda f, e: f})
    bad = readings({"one_sidedness": lambda f, e: e}, family="scale")
    judged = judge(pd.concat([good, bad]))
    (row,) = card(judged).to_dict("records")
    assert not row["passes"]
    assert row["rho_fracture"] == pytest.approx(0.0)
    text = as_markdown(card(judged), judged, quick=True)
    assert "| one_sidedness | 1 | fracture |" in text
    assert "no card" in text


@pytest.fixture
def counted(monkeypatch):
    """A bench whose metrics cost nothing, and the pictures that it reads."""
    read = []

    def fake(family, draw, size):
        read.append((family, draw))
        values = dict.fromkeys(METRICS, lambda f, e: f + draw)
        return readings(values, family).assign(draw=draw)

    monkeypatch.setattr(dials, "read_picture", fake)
    monkeypatch.setattr(dials.os, "cpu_count", lambda: 1)
    return read


def test_it_goes_on_and_reads_another_definition_anew(counted, tmp_path, monkeypatch):
    test = DialTest(("mirror",), draws=3)
    first = test.read(tmp_path)
    assert counted == [("mirror", 0), ("mirror", 1), ("mirror", 2)]
    (tmp_path / "mirror-1-48.parquet").write_bytes(b"torn")
    told = []
    again = test.read(tmp_path, lambda done, of: told.append((done, of)))
    assert counted[3:] == [("mirror", 1)]
    assert told == [(2, 3), (3, 3)]
    pd.testing.assert_frame_equal(first, again)
    from dataclasses import replace

    newer = {**METRICS, "spread": replace(METRICS["spread"], version="2")}
    monkeypatch.setattr(dials, "METRICS", newer)
    test.read(tmp_path)
    assert len(counted) == 7


def test_what_it_writes(counted, tmp_path):
    found = validate(tmp_path, quick=True)
    assert list(pd.read_parquet(tmp_path / "card.parquet")["metric"]) == list(METRICS)
    assert len(pd.read_parquet(tmp_path / "dials.parquet")) == len(METRICS) * 25 * 2
    assert "no card" in (tmp_path / "card.md").read_text()
    assert not list(tmp_path.rglob("*.part"))
    assert found.folder == tmp_path


@pytest.mark.slow
def test_real_readings_follow_the_dials():
    """A corner of the bench, by the real metrics on real genomes."""
    found = read_picture("mirror", 0, 16)
    assert set(found["metric"]) == set(METRICS)
    judged = judge(found).set_index("metric")
    assert judged.loc["one_sidedness", "rho_fracture"] > 0.9
    assert judged.loc["spread", "rho_entanglement"] > 0.9


@pytest.mark.parametrize("metric", ["one_sidedness", "spread"])
def test_each_follows_its_dial_and_not_the_other(metric):
    regions = dial_regions("translation", 1, 32)

    def value(fracture, entanglement):
        genome = dial_genome("translation", fracture, entanglement, 1)
        return measure(genome, [metric], size=24, regions=regions)[0].value

    along = {
        "fracture": [value(f, 0.5) for f in (0.0, 1.0)],
        "entanglement": [value(0.5, e) for e in (0.0, 1.0)],
    }
    own = along.pop(METRICS[metric].kind)
    (other,) = along.values()
    steps = np.diff(own)
    assert (steps > 0).all()
    assert np.ptp(other) < 0.2 * steps.min()

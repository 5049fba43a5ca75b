"""The card that the documentation tells is of the metrics as they are defined now."""

from pathlib import Path

import pandas as pd
import pytest

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.card import TESTS

CARD = Path(__file__).parents[2] / "docs" / "card"


def test_every_metric_is_on_it_in_its_present_version():
    card = pd.read_parquet(CARD / "card.parquet")
    assert dict(zip(card["metric"], card["version"], strict=True)) == {
        name: metric.version for name, metric in METRICS.items()
    }
    assert set(TESTS) <= set(card.columns)


@pytest.mark.parametrize(
    "part", ["dials", "trained", "invariances", "networks", "stability", "prediction", "locked"]
)
def test_what_was_read_was_read_by_these_versions(part):
    read = pd.read_parquet(CARD / f"{part}.parquet")
    versions = read.drop_duplicates(["metric", "version"]).set_index("metric")["version"]
    assert versions.to_dict() == {name: METRICS[name].version for name in versions.index}


def test_the_page_tells_the_same():
    text = (CARD.parent / "report-card.md").read_text(encoding="utf-8")
    for name, metric in METRICS.items():
        assert f"| {name} | {metric.version} | {metric.kind} |" in text

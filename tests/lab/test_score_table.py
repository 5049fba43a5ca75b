import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from fer_jax.lab.tables import score_table
from fer_jax.lab.tables.score_table import score_json
from fer_jax.metrics.reading import Reading
from fer_jax.metrics.registry import METRICS


@pytest.fixture
def many(monkeypatch):
    """Readings of twice as many metrics as there are, every third undefined."""
    more = {f"another_{name}": replace(m, name=f"another_{name}") for name, m in METRICS.items()}
    monkeypatch.setattr(score_table, "METRICS", {**METRICS, **more})
    return [
        Reading(name, "1", None, 0.25)
        if index % 3
        else Reading(name, "1", None, math.nan, "the picture is [b]constant[/b]")
        for index, name in enumerate([*METRICS, *more])
    ]


def printed(readings, width):
    console = Console(width=width, markup=False, highlight=False)
    with console.capture() as caught:
        console.print(score_table.score_table("hill", 48, readings, width))
    return caught.get()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_name_value_and_calibration_can_be_read_at_any_width(many, width):
    text = printed(many, width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    joined = " ".join(text.split())
    for reading in many:
        metric = score_table.METRICS[reading.metric]
        row = next(line for line in lines if line.split()[:1] == [reading.metric])
        assert row.split()[1] == ("-" if reading.reason else "0.250")
        if width in (80, 200) and metric.calibration != "none":
            assert metric.calibration in joined
    assert joined.count("[b]constant[/b]") < len(many) / 3  # once for all that need the same
    assert lines.index("Undefined") > next(i for i, line in enumerate(lines) if "Reports" in line)


def test_headlines_come_first_whatever_was_asked_first():
    readings = [Reading(name, "1", None, 0.5) for name in ("still_pixels", "spread", "fracture")]
    firsts = [line.split()[0] for line in printed(readings, 80).splitlines() if line.strip()]
    order = ("Headlines", "fracture", "Entanglement", "spread", "Reports", "still_pixels")
    places = [firsts.index(word) for word in order]
    assert places == sorted(places)


def test_the_json_holds_what_a_metric_says_of_itself():
    undefined = Reading("spread", "1", None, math.nan, "one concept")
    content = json.loads(score_json("hill", 48, [undefined, Reading("spread", "1", 2, 0.5)]))
    assert set(content["versions"]) == {"fer-jax", "jax"}
    whole, layer = content["readings"]
    assert (whole["value"], whole["reason"], whole["version"]) == (None, "one concept", "1")
    assert (layer["value"], layer["reason"], layer["layer"]) == (0.5, "", 2)
    for name in ("calibration", "needs", "basis_free", "reference"):
        assert whole[name] == getattr(METRICS["spread"], name)

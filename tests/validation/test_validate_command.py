"""`fer-jax validate`, with readings that cost nothing."""

import itertools

import pandas as pd
import pytest

from fer_jax import cli
from fer_jax.genome.dials import LEVELS
from fer_jax.lab import machine
from fer_jax.metrics.registry import METRICS
from fer_jax.show.embedded import EmbeddedGallery
from fer_jax.validation import bench


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    def fake(workshop):
        # As a real part of the bench, which makes the folder in which it keeps what it reads.
        (workshop.folder / "read").mkdir(parents=True)
        rows = [
            ("mirror", 0, f, e, name, metric.version, e if metric.kind == "entanglement" else f)
            for name, metric in METRICS.items()
            for f, e in itertools.product(LEVELS, LEVELS)
        ]
        columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
        return pd.DataFrame(rows, columns=columns)

    monkeypatch.setattr(bench, "read_dials", fake)
    for part in ("trained_dials", "invariances", "groups", "stability"):
        monkeypatch.setattr(bench, f"read_{part}", lambda workshop: pd.DataFrame())
    for part in ("trained_dials", "invariances", "controls", "pairs", "stability"):
        monkeypatch.setattr(bench, f"judge_{part}", lambda found: [])
    monkeypatch.setattr(machine, "prepare", lambda **_: None)
    monkeypatch.setattr(EmbeddedGallery, "keep", lambda gallery, figure, file: "data:,")


def rows(text):
    return {line.split()[0]: line.rstrip() for line in text.splitlines() if line.strip()}


def test_the_card_is_printed_and_kept_and_the_page_named(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["validate", "--quick"]) == 0
    told = capsys.readouterr().out
    out = rows(told)
    assert out["spread"].endswith("yes")
    assert out["mirror_sharing"].endswith("no")  # sharing falls as fracture rises, not so here
    assert out["total_variation"].endswith("no")
    assert "no card" in out["A"]
    folder = tmp_path / "validation" / "quick"
    assert (folder / "card.md").is_file()
    assert told.splitlines()[-1] == "validation/quick/index.html"
    page = (folder / "index.html").read_text()
    assert "no card" in page
    # On this made-up bench, baselines follow the dial of fracture as closely as it does.
    assert "follows its dial as closely as fracture" in page


def test_a_folder_that_cannot_be_written(capsys, tmp_path):
    (tmp_path / "taken").write_text("")
    assert cli.main(["validate", "--quick", "-o", str(tmp_path / "taken")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot be written" in told

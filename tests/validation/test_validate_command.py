"""`fer-jax validate`, with readings that cost nothing."""

import itertools

import pandas as pd
import pytest

from fer_jax import cli
from fer_jax.genome.dials import LEVELS
from fer_jax.lab import machine
from fer_jax.metrics.registry import METRICS
from fer_jax.validation import dials


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    def fake(family, draw, size):
        rows = [
            (family, draw, f, e, name, metric.version, e if metric.kind == "entanglement" else f)
            for name, metric in METRICS.items()
            for f, e in itertools.product(LEVELS, LEVELS)
        ]
        columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
        return pd.DataFrame(rows, columns=columns)

    monkeypatch.setattr(dials, "read_picture", fake)
    monkeypatch.setattr(dials.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(machine, "prepare", lambda **_: None)


def rows(text):
    return {line.split()[0]: line.rstrip() for line in text.splitlines() if line.strip()}


def test_the_card_is_printed_and_kept(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["validate", "--quick"]) == 0
    out = rows(capsys.readouterr().out)
    assert out["spread"].endswith("yes")
    assert out["mirror_sharing"].endswith("no")  # sharing falls as fracture rises, not so here
    assert out["total_variation"].endswith("no")
    assert "no card" in out["A"]
    assert (tmp_path / "validation" / "quick" / "card.md").is_file()


def test_a_folder_that_cannot_be_written(capsys, tmp_path):
    (tmp_path / "taken").write_text("")
    assert cli.main(["validate", "--quick", "-o", str(tmp_path / "taken")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot be written" in told

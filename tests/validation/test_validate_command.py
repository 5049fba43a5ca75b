"""`fer-jax validate`, with readings that cost nothing."""

import itertools
from dataclasses import replace

import pandas as pd
import pytest

from fer_jax import cli
from fer_jax.commands.validate import BENCH_TESTS
from fer_jax.genome.dials import LEVELS
from fer_jax.lab.launch import machine
from fer_jax.metrics.registry import METRICS
from fer_jax.validation import bench
from fer_jax.validation.card import TESTS


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """The dials alone, with readings that are made up."""

    def fake(workshop):
        rows = [
            ("mirror", 0, f, e, name, m.version, e if m.kind == "entanglement" else f, "")
            for name, m in METRICS.items()
            for f, e in itertools.product(LEVELS, LEVELS)
        ]
        columns = ["family", "draw", "fracture", "entanglement", "metric", "version"]
        return pd.DataFrame(rows, columns=[*columns, "value", "reason"])

    for name, test in bench.BENCH.items():
        parts = dict.fromkeys(test.parts, lambda workshop: bench.NOTHING)
        made_up = replace(test, parts=parts, judge=lambda *readings: [])
        monkeypatch.setitem(bench.BENCH, name, made_up)
    made_up = replace(bench.BENCH["dials"], parts={"dials": fake}, judge=bench._judge_families)
    monkeypatch.setitem(bench.BENCH, "dials", made_up)
    monkeypatch.setattr(machine, "prepare", lambda **_: None)


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


def test_some_tests_alone(capsys, tmp_path):
    assert cli.main(["validate", "--quick", "-o", str(tmp_path)]) == 0
    assert (tmp_path / "quick" / "dials.parquet").is_file()
    assert cli.main(["validate", "--quick", "--tests", "pairs", "-o", str(tmp_path)]) == 0
    assert not (tmp_path / "quick" / "dials.parquet").exists()
    assert "not here: 1 dials" in (tmp_path / "quick" / "card.md").read_text()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        cli.main(["validate", "--tests", "pear"])
    assert "invalid choice: 'pear'" in capsys.readouterr().err


def test_the_tests_that_can_be_named_are_those_of_the_bench():
    assert BENCH_TESTS == tuple(bench.BENCH) == tuple(TESTS)

import pandas as pd
import pytest

from fer_jax.cli import main
from fer_jax.lab.runs.runner import execute
from tests.lab.sealing import seal
from tests.lab.small_runs import METRIC, fake_config


@pytest.fixture
def runs(tmp_path, fake_method):
    """A genome, three seeds, and a failed run of four."""
    execute(fake_config(tmp_path, method="genome"))
    execute(fake_config(tmp_path))
    before = set((tmp_path / "outputs").iterdir())
    execute(fake_config(tmp_path, seeds=4))
    (failed,) = set((tmp_path / "outputs").iterdir()) - before
    seal(failed, state="failed", error="tired")
    return tmp_path


def command(capsys, *argv):
    capsys.readouterr()
    status = main(["collect", *map(str, argv)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_summary_is_written_where_one_is_asked_for(runs, capsys):
    outputs, path = runs / "outputs", runs / "summary.csv"
    asked = ("--by", "target,method", "--against", "method=genome", "--metrics", METRIC)
    status, out, err = command(capsys, outputs, *asked, "-o", path)
    assert status == 0
    assert f"2 rows of a summary of 2 runs: {path}" in out
    assert "1 (4 seeds)" in out
    assert "tired" in err
    summary = pd.read_csv(path)
    assert summary["test"].tolist() == ["sign", "the reference"]
    assert summary["failed_seeds"].tolist() == [4, 0]
    assert summary["metric"].tolist() == [METRIC] * 2
    # Without, it is the tidy table.
    status, out, _ = command(capsys, outputs, "--metrics", METRIC, "-o", runs / "table.csv")
    assert "4 readings of 2 runs" in out
    assert len(pd.read_csv(runs / "table.csv")) == 4


def test_a_mistake_is_one_line(runs, capsys):
    outputs = runs / "outputs"
    for argv, told in (
        (["--by", "archs"], "--by names the column 'archs'; did you mean 'arch'"),
        (["--by", ","], "--by names no column; name some"),
        (["--metrics", "still_pixel"], f"of which no run has a reading; did you mean '{METRIC}'"),
        (["--against", "method=neat"], "--against method=neat: there is no such run"),
        (["-o", "table.xls"], "table.xls: a table is written as .parquet, .csv, .md, .tex"),
    ):
        status, out, err = command(capsys, outputs, *argv)
        (line,) = [line for line in err.splitlines() if not line.startswith("left out")]
        assert (status, out) == (2, "")
        assert line.startswith("fer-jax: ")
        assert told in line

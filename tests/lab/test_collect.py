import shutil

import numpy as np
import pandas as pd
import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.console import number
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.tables.collect import (
    CONFIG_COLUMNS,
    collect,
    read_table,
    summarize,
    varying,
    write_table,
)
from fer_jax.lab.tables.summary_table import summary_table
from tests.lab.sealing import seal
from tests.lab.small_runs import METRIC, fake_config


def row(frame, method, metric=METRIC):
    return frame[(frame["method"] == method) & (frame["metric"] == metric)].iloc[0]


@pytest.fixture
def runs(tmp_path, fake_method):
    """A genome, and four seeds of which one has diverged."""
    fake_method["diverge"] = (1,)
    execute(fake_config(tmp_path, method="genome"))
    execute(fake_config(tmp_path, seeds=4))
    return tmp_path


def test_the_table_is_tidy(runs):
    table = read_table(runs)
    assert list(table.columns) == [*METRIC_COLUMNS, "seed_status", *CONFIG_COLUMNS]
    assert len(table) == 2 + 2 * 4
    assert set(table["target"]) == {"hill"}
    genome = table[table["method"] == "genome"]
    assert genome["seed"].isna().all()
    assert genome["steps"].isna().all()
    assert set(genome["arch"]) == set(genome["seed_status"]) == {""}
    trained = table[table["method"] == "fake"]
    assert set(trained["arch"]) == {"relu:2x1"}
    assert set(trained["steps"]) == {40}
    assert trained["seed_status"].tolist().count("diverged") == 2
    assert str(table["seed"].dtype) == "Int64"


def test_diverged_seeds_are_counted_and_left_out_of_the_mean(runs):
    summary = summarize(read_table(runs))
    trained = row(summary, "fake")
    values = read_table(runs).query(f"method == 'fake' and metric == '{METRIC}'")["value"].dropna()
    assert (trained["n"], trained["diverged"], trained["undefined"]) == (3, 1, 0)
    assert trained["mean"] == pytest.approx(values.mean())
    assert trained["low"] <= trained["mean"] <= trained["high"]
    genome = row(summary, "genome")
    assert (genome["n"], genome["diverged"]) == (1, 0)
    assert np.isnan(genome["low"])


def test_undefined_readings_are_counted(runs):
    table = read_table(runs)
    table.loc[(table["seed"] == 0) & (table["metric"] == METRIC), "value"] = float("nan")
    trained = row(summarize(table), "fake")
    assert (trained["n"], trained["diverged"], trained["undefined"]) == (2, 1, 1)


def test_readings_of_single_layers_are_left_out_of_the_summary(runs):
    table = read_table(runs)
    layers = table.assign(layer=pd.array([1] * len(table), dtype="Int64"), value=99.0)
    both = pd.concat([table, layers], ignore_index=True)
    pd.testing.assert_frame_equal(summarize(both), summarize(table))


def test_a_seed_in_two_runs_counts_once(runs, fake_method):
    execute(fake_config(runs, seeds=6))
    shutil.copytree(runs / "outputs", runs / "copy")
    collected = collect(runs)
    trained = row(summarize(collected.table), "fake")
    assert (trained["n"], trained["diverged"]) == (5, 1)
    assert collected.repeated == 2 * (1 + 4 + 4 + 6)


def test_settings_that_vary_are_told_apart(runs):
    assert varying(read_table(runs)) == ()
    execute(fake_config(runs, seeds=4, steps=41))
    table = read_table(runs)
    assert varying(table) == ("steps",)
    assert [column.header for column in summary_table(table).columns].count("steps") == 1
    with pytest.raises(RunFolderError, match="the table has no column 'width'"):
        summarize(table, ("width",))


def test_what_cannot_be_read_is_named_and_skipped(runs, capsys):
    execute(fake_config(runs, seeds=2))
    broken = sorted((runs / "outputs").glob("fake-*"))[0]
    (broken / "metrics.parquet").write_bytes(b"PAR1")
    collected = collect(runs)
    assert collected.runs == 2
    assert str(broken / "metrics.parquet") in collected.corrupt[0]
    read_table(runs)
    assert str(broken / "metrics.parquet") in capsys.readouterr().err
    seal(broken, state="failed", error="tired")
    assert collect(runs).unfinished == [f"{broken}: failed: tired"]


def test_an_odd_configuration_is_named_and_skipped(runs):
    config = next((runs / "outputs").glob("fake-*")) / "config.yaml"
    config.write_text(config.read_text().replace("steps: 40", "steps: [many]"))
    seal(config.parent)
    collected = collect(runs)
    assert collected.runs == 1
    assert "steps is \"['many']\" in its configuration" in collected.corrupt[0]


def test_no_runs(tmp_path):
    with pytest.raises(RunFolderError, match="holds no run folder"):
        collect(tmp_path)


def test_only_unfinished_runs_give_an_empty_table(runs):
    for path in (runs / "outputs").iterdir():
        seal(path, state="running")
    table = read_table(runs)
    assert list(table.columns) == [*METRIC_COLUMNS, "seed_status", *CONFIG_COLUMNS]
    assert table.empty
    assert summarize(table).empty
    assert varying(table) == ()


def test_written_tables_hold_every_reading(runs, tmp_path):
    table = read_table(runs)
    write_table(table, tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), table)
    write_table(table, tmp_path / "table.csv")
    csv = pd.read_csv(tmp_path / "table.csv")
    # Early versions of pandas read the last digit otherwise; what is written is exact.
    np.testing.assert_allclose(csv["value"], table["value"], rtol=1e-15)
    assert list(csv.columns) == list(table.columns)
    write_table(table, tmp_path / "table.md")
    lines = (tmp_path / "table.md").read_text().splitlines()
    assert len(lines) == 2 + len(table)
    assert lines[0].startswith("| run | seed | layer |")


def test_a_pipe_in_a_name_does_not_break_markdown(tmp_path):
    write_table(pd.DataFrame({"a|b": ["c|d"]}), tmp_path / "table.md")
    assert (tmp_path / "table.md").read_text() == "| a\\|b |\n| --- |\n| c\\|d |\n"


def test_a_path_that_cannot_be_written(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(RunFolderError, match=r"t.xls: a table is written as .parquet, .csv, .md"):
        write_table(frame, tmp_path / "t.xls")
    with pytest.raises(RunFolderError, match="cannot be written: No such file"):
        write_table(frame, tmp_path / "nowhere" / "t.csv")


def test_numbers_are_short():
    assert [number(value) for value in (0.0, -0.5, 1234.5, 1e-9, float("nan"))] == [
        "0.000",
        "-0.500",
        "1234.5",
        "1.00e-09",
        "-",
    ]


def test_settings_that_are_alike_share_their_memory_until_one_is_changed(tmp_path, fake_method):
    execute(fake_config(tmp_path))
    table = collect(tmp_path).table
    table.loc[0, "l1"] = 1.0
    assert table["l2"].isna().all()
    assert table["l1"].notna().sum() == 1

import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from fer_jax.errors import RunFolderError
from fer_jax.lab.tables import summary_table as printing
from fer_jax.lab.tables.columns import CONFIG_COLUMNS
from fer_jax.lab.tables.summary import summarize
from fer_jax.lab.tables.summary_table import shown, summary_table
from fer_jax.statistics import summarize_sample
from fer_jax.statistics.bootstrap import interval_of_mean
from tests.lab.small_tables import genome, tidy

DRAWS = np.random.default_rng(0)
ONE, OTHER, THIRD = (DRAWS.normal(middle, 0.1, size=8).tolist() for middle in (0.3, 0.6, 0.9))


def printed(table, columns=100):
    console = Console(width=columns, color_system=None, file=io.StringIO())
    console.print(table)
    return console.file.getvalue()


def failures(*rows):
    kinds = {"run": "str", "seeds": "Int64", **CONFIG_COLUMNS}
    return tidy(rows).assign(seeds=[row["seeds"] for row in rows]).astype(kinds)[list(kinds)]


def test_a_cell_is_summed_up_as_a_sample():
    (told,) = summarize(tidy([{"values": ONE}])).to_dict("records")
    for name in ("n", "mean", "median", "iqm", "low", "high"):
        assert told[name] == pytest.approx(getattr(summarize_sample(ONE), name), rel=1e-12)
    assert (told["bootstrap"], told["targets"], told["pooled"]) == ("seeds", 1, "")


def test_a_cell_of_several_targets_resamples_targets_first():
    table = tidy([{"values": ONE, "target": "a"}, {"values": OTHER, "target": "b"}])
    (told,) = summarize(table, ["method"]).to_dict("records")
    (low,), (high,) = interval_of_mean(np.array([sorted(ONE) + sorted(OTHER)]), [8, 8])
    assert (told["low"], told["high"]) == (low, high)
    assert (told["bootstrap"], told["targets"]) == ("targets, then seeds", 2)
    alone = summarize_sample(ONE + OTHER)
    assert high - low > 1.3 * (alone.high - alone.low)


def test_the_order_of_rows_does_not_matter():
    rows = [
        {"values": ONE, "target": "a", "arch": "relu:4x1"},
        {"values": OTHER, "target": "b", "arch": "relu:4x1"},
        {"values": THIRD, "target": "b", "arch": "relu:8x1"},
        genome(0.4, target="a"),
        genome(0.5, target="b"),
    ]
    table = tidy(rows)
    by = ["method", "arch"]
    whole = summarize(table, by, against={"method": "genome"}).sort_values(by)
    mixed = summarize(table.sample(frac=1, random_state=1), by, against={"method": "genome"})
    pd.testing.assert_frame_equal(
        whole.reset_index(drop=True), mixed.sort_values(by).reset_index(drop=True)
    )


def test_versions_of_a_metric_are_never_mixed():
    table = tidy([{"values": ONE}, {"values": OTHER, "metric_version": "2"}])
    summary = summarize(table, ["method"])
    assert summary["n"].tolist() == [8, 8]
    assert summary["metric_version"].tolist() == ["3", "2"]
    assert "fracture (2)" in printed(shown(summary, ["method"]))


def test_what_a_cell_pools_is_told():
    table = tidy([{"values": ONE, "steps": 10}, {"values": OTHER, "steps": 20}])
    summary = summarize(table, ["method"])
    assert summary["pooled"].tolist() == ["steps"]
    assert "runs that differ in steps" in printed(shown(summary, ["method"]))
    assert summarize(table, ["steps"])["pooled"].tolist() == ["", ""]


def test_failed_runs_are_counted_where_they_would_have_been():
    table = tidy([{"values": ONE, "arch": "a"}, {"values": ONE, "metric": "loss", "arch": "a"}])
    failed = failures(
        {"arch": "a", "seeds": 8}, {"arch": "a", "seeds": 4}, {"arch": "b", "seeds": 2}
    )
    summary = summarize(table, ["arch"], failed=failed)
    assert summary["failed_runs"].tolist() == [2, 2, 1]
    assert summary["failed_seeds"].tolist() == [12, 12, 2]
    assert summary["arch"].tolist() == ["a", "a", "b"]
    # No metric was read of the runs that would be the third cell.
    assert summary["metric"].tolist() == ["fracture", "loss", ""]
    assert summary["n"].tolist() == [8, 8, 0]
    assert np.isnan(summary["mean"].iloc[2])
    assert "2 (12 seeds)" in printed(shown(summary, ["arch"]))
    compared = summarize(table, ["arch"], failed=failed, against={"arch": "a"})
    assert compared["test"].tolist() == ["the reference", "the reference", ""]


def test_a_column_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(RunFolderError, match="no column 'archs'; did you mean 'arch'"):
        summarize(tidy([{"values": ONE}]), ["archs"])


def test_a_summary_can_be_read_at_100_columns():
    rows = [
        {"values": [*ONE, float("nan")], "target": target, "arch": arch}
        for target in ("butterfly", "skull")
        for arch in ("relu:64x6", "12/cache:15/gaussian:4/identity:2/sin:1")
    ]
    table = tidy([*rows, genome(0.4, target="butterfly"), genome(0.2, target="skull")])
    by = ["target", "arch", "method"]
    text = {
        "default": printed(summary_table(table)),
        "compared": printed(
            shown(summarize(table, by, against={"method": "genome"}), by, {"method": "genome"})
        ),
    }
    for told in text.values():
        assert max(map(len, told.splitlines())) <= 100
        assert "…" not in told
        assert "undefined" in told
        assert "diverged" not in told
    assert "Cliff's delta" in text["compared"]
    assert "corrected for 4 tests" in " ".join(text["compared"].split())


def test_a_very_long_summary_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(printing, "MOST", 5)
    table = summary_table(tidy({"values": [1.0, 2.0], "steps": steps} for steps in range(7)))
    assert table.row_count == 5
    assert "The first 5 rows" in printed(table)

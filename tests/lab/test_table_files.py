from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fer_jax
from fer_jax.errors import RunFolderError
from fer_jax.lab.tables import files as table_files
from fer_jax.lab.tables.columns import COLUMNS
from fer_jax.lab.tables.files import SUMMARY, write_table
from fer_jax.lab.tables.summary import summarize
from tests.lab.small_tables import genome, tidy

TABLE = tidy([{"values": [1.0, 2.0], "steps": 10, "arch": "relu:4x1"}, genome(0.5)])


def test_a_written_table_is_read_as_it_was(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(TABLE, path)
    assert pq.read_schema(path).metadata[b"fer_jax.schema"] == b"2"
    pd.testing.assert_frame_equal(fer_jax.read_table(path), TABLE)
    pd.testing.assert_frame_equal(pd.read_parquet(path), TABLE)


def test_a_large_table_is_written_in_parts(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    monkeypatch.setattr(table_files, "_ROWS", 2)
    write_table(TABLE, path)
    assert pq.ParquetFile(path).num_row_groups == 2
    pd.testing.assert_frame_equal(fer_jax.read_table(path), TABLE)
    write_table(TABLE.head(0), path)
    assert list(fer_jax.read_table(path).columns) == list(TABLE.columns)


def test_a_table_of_the_first_schema_is_read(tmp_path):
    path = tmp_path / "table.parquet"
    # It had plain texts, fewer columns, and said nothing of itself.
    old = TABLE.astype({"arch": "str", "method": "str", "metric": "str"})
    old.drop(columns=["branching", "session_steps", "way"]).to_parquet(path, index=False)
    pd.testing.assert_frame_equal(fer_jax.read_table(path), TABLE)


def test_what_is_no_tidy_table_is_told_in_one_line(tmp_path):
    path = tmp_path / "table.parquet"
    table = pa.table({"a": [1]})
    pq.write_table(table.replace_schema_metadata({"fer_jax.schema": "3"}), path)
    with pytest.raises(RunFolderError, match=r"newer fer_jax, in version 3 .* reads up to 2"):
        fer_jax.read_table(path)
    pq.write_table(table, path)
    with pytest.raises(RunFolderError, match="is no tidy table"):
        fer_jax.read_table(path)
    write_table(summarize(TABLE), path, SUMMARY)
    with pytest.raises(RunFolderError, match="is no tidy table"):
        fer_jax.read_table(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RunFolderError, match="is no whole Parquet table") as caught:
        fer_jax.read_table(path)
    assert "\n" not in str(caught.value)


def test_latex_is_escaped(tmp_path):
    frame = pd.DataFrame({"a_b%": ["x&y_$#{}~^\\"], "v": [0.123456]})
    write_table(frame, tmp_path / "table.tex")
    text = (tmp_path / "table.tex").read_text()
    assert r"a\_b\% & v \\" in text
    assert r"x\&y\_\$\#\{\}\textasciitilde \textasciicircum \textbackslash  & 0.1235 \\" in text
    assert "booktabs" in text.splitlines()[0]
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 1


def test_every_column_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "tables.md").read_text()
    missing = [name for name in COLUMNS if f"| `{name}` |" not in text]
    summary = summarize(TABLE, ["method"], against={"method": "genome"})
    missing += [name for name in summary if f"| `{name}` |" not in text]
    assert missing == []

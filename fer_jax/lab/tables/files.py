"""Tables in files."""

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.atomic import write_bytes
from fer_jax.lab.tables.columns import COLUMNS, SCHEMA, TEXT

READINGS, SUMMARY = "readings", "summary"
"""What a table holds, as a Parquet file says of itself."""

_WHAT, _SCHEMA = b"fer_jax.table", b"fer_jax.schema"

_ROWS = 2**18
"""Of a part of a Parquet file."""

_LATEX_DIGITS = "%.4g"


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str], what: str = READINGS) -> None:
    """Write a table as .parquet, .csv, .md or .tex, whole or not at all.

    Args:
        frame: the table.
        path: where to; its suffix says how. Numbers are exact, but in .tex, which is for people.
        what: what it holds, for a Parquet file's own record.

    Raises:
        RunFolderError: in one line, for another suffix or a path that cannot be written.
    """
    path = Path(path)
    check_suffix(path)
    try:
        write_bytes(path, _WRITERS[path.suffix](frame, what))
    except OSError as error:
        raise RunFolderError(f"{path}: cannot be written: {error.strerror}") from None


def check_suffix(path: Path) -> None:
    """Refuse a path whose suffix says nothing.

    Raises:
        RunFolderError: in one line.
    """
    if path.suffix not in _WRITERS:
        raise RunFolderError(
            f"{path}: a table is written as {', '.join(_WRITERS)}; give such a path"
        )


def read_parquet(path: Path) -> pd.DataFrame:
    """A tidy table that was written as .parquet, by this version or an earlier one.

    Raises:
        RunFolderError: in one line, if it is no such table, or a newer version's.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        told = " ".join(str(error).split())[:120]
        raise RunFolderError(f"{path}: is no whole Parquet table: {told}") from None
    said: dict[bytes, bytes] = table.schema.metadata or {}
    # Tables of the first version do not say which they are.
    version = said.get(_SCHEMA, b"1").decode(errors="replace")
    if version.isdigit() and int(version) > SCHEMA:
        raise RunFolderError(
            f"{path}: was written by a newer fer_jax, in version {version} of its schema; this one "
            f"reads up to {SCHEMA}: upgrade by pip install -U fer-jax"
        )
    if said.get(_WHAT, READINGS.encode()) != READINGS.encode() or not _is_tidy(table):
        raise RunFolderError(
            f"{path}: is no tidy table, with a reading a row; fer-jax collect DIR -o FILE.parquet "
            f"writes one"
        )
    return _present(table)


def _is_tidy(table: pa.Table) -> bool:
    return {"metric", "metric_version", "value", "method", "target"} <= set(table.column_names)


def _present(table: pa.Table) -> pd.DataFrame:
    """With all columns of today: what an earlier version did not know is empty."""
    frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get, ignore_metadata=True)
    columns: dict[str, Any] = {}
    for name, kind in COLUMNS.items():
        if name not in frame:
            empty = "" if kind == TEXT else pd.NA if kind != "float64" else float("nan")
            columns[name] = pd.Series([empty], dtype=kind).iloc[[0] * len(frame)].array
        else:
            columns[name] = frame[name].array
    known = pd.DataFrame(columns).astype(
        {name: "category" if kind == TEXT else kind for name, kind in COLUMNS.items()}
    )
    return pd.concat([known, frame[[name for name in frame if name not in COLUMNS]]], axis=1)


def _parquet(frame: pd.DataFrame, what: str) -> bytes:
    # In parts, since the whole of a large table would be held twice.
    parts = [frame.iloc[begin : begin + _ROWS] for begin in range(0, len(frame), _ROWS)] or [frame]
    schema = pa.Table.from_pandas(parts[0], preserve_index=False).schema
    marked = {_WHAT: what.encode(), _SCHEMA: str(SCHEMA).encode()}
    schema = schema.with_metadata({**(schema.metadata or {}), **marked})
    file = io.BytesIO()
    # Statistics would tell nothing of readings, which hold every metric in each part.
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    with pq.ParquetWriter(file, schema, use_dictionary=texts, write_statistics=False) as writer:
        for part in parts:
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))
    return file.getvalue()


def _csv(frame: pd.DataFrame, what: str) -> bytes:
    return frame.to_csv(index=False).encode("utf-8")


def _markdown(frame: pd.DataFrame, what: str) -> bytes:
    def told(cell: object) -> str:
        # A summary is read by people; readings are exact in every format.
        return f"{cell:.4g}" if isinstance(cell, float) and what != READINGS else str(cell)

    def line(cells: Sequence[object]) -> str:
        texts = ["" if cell is pd.NA or cell != cell else told(cell) for cell in cells]
        return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |\n"

    lines = [line(list(frame.columns)), line(["---"] * len(frame.columns))]
    lines += [line(row) for row in frame.itertuples(index=False, name=None)]
    return "".join(lines).encode("utf-8")


def _latex(frame: pd.DataFrame, what: str) -> bytes:
    text = frame.to_latex(index=False, escape=True, float_format=_LATEX_DIGITS, na_rep="")
    return ("% needs \\usepackage{booktabs}\n" + text).encode("utf-8")


_WRITERS = {".parquet": _parquet, ".csv": _csv, ".md": _markdown, ".tex": _latex}

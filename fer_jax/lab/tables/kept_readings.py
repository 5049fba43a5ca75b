"""The readings of many runs in one file beside them, so that they are read once.

It lies, hidden, in the folder that is collected: it goes where the runs go, and with them, and
whoever may write there may keep one. Each run's status is read every time; what is kept spares
reading and checking its other files, its configuration among them. A run's rows are taken from it
only while its status says the same, and no file of the run has another size, time or place on the
disk than when it was found whole.
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fer_jax.lab.folders.atomic import write_bytes
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS, RunFolder
from fer_jax.lab.tables.columns import CONFIG_COLUMNS
from fer_jax.lab.tables.run_rows import RunRows, schema_of

NAME = ".fer_jax_readings"
VERSION = 2
FEWEST = 50
"""Fewer runs are read as quickly, and nothing is left beside them."""

_MANIFEST = b"fer_jax_runs"
_SETTINGS = dict(CONFIG_COLUMNS)
"""Of which a copy must hold each: one of before a column came has nothing to put into it."""


Marks = list[Any]
"""What tells that no file of a run has changed."""


def marks_of(folder: RunFolder) -> Marks:
    """Of what its status says, and of each of its files: size, time and place on the disk."""
    told = json.dumps(folder.status, sort_keys=True).encode()
    marks: Marks = [_digest(told).decode()]
    path = str(folder.path)
    for name in sorted(folder.status["files"]):
        try:
            about = os.stat(os.path.join(path, name))
        except OSError:
            marks.append(None)
        else:
            marks.append([about.st_size, about.st_mtime_ns, about.st_ino])
    return marks


class KeptReadings:
    """The rows that are kept of the runs below a folder.

    Args:
        root: the folder that is collected. What is kept there and is damaged, or of another
            version, is nothing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._of: dict[str, Any] = {}
        self._table = schema_of(METRIC_COLUMNS).empty_table()
        try:
            data = (root / NAME).read_bytes()
        except OSError:
            return
        digest, _, content = data.partition(b"\n")
        if digest != _digest(content):
            return
        table = pq.read_table(io.BytesIO(content))
        manifest = json.loads((table.schema.metadata or {}).get(_MANIFEST, b"{}"))
        table = table.replace_schema_metadata()
        of_now = manifest.get("version") == VERSION and manifest.get("settings") == _SETTINGS
        if of_now and table.schema == self._table.schema:
            self._of, self._table = manifest["runs"], table

    def get(self, folder: RunFolder, marks: Marks) -> RunRows | None:
        """The rows of a run, or None if they are not kept, or may be others by now."""
        entry = self._of.get(self._name(folder))
        if entry is None or entry["marks"] != marks:
            return None
        readings = self._table.slice(entry["begin"], entry["rows"])
        about = entry["about"] | {"path": str(folder.path)}
        return RunRows(readings, about, entry["asked"], folder.seed_status)

    def keep(self, whole: Mapping[RunFolder, tuple[Marks, RunRows]]) -> None:
        """Keep the rows of these runs, and of no others.

        Where the folder cannot be written, nothing is kept. Of two processes at once, the later
        one's file stays.

        Args:
            whole: runs of which no file is damaged, with their rows, and the marks that they had
                before any file was read.
        """
        runs, begin = {}, 0
        for folder, (marks, rows) in whole.items():
            about = {name: told for name, told in rows.about.items() if name != "path"}
            count = rows.readings.num_rows
            own = {"marks": marks, "begin": begin, "rows": count}
            runs[self._name(folder)] = own | {"about": about, "asked": rows.asked}
            begin += count
        if runs == self._of or len(runs) < FEWEST:
            return
        told = {"version": VERSION, "settings": _SETTINGS, "runs": runs}
        manifest = json.dumps(told).encode()
        table = pa.concat_tables([rows.readings for _, rows in whole.values()])
        table = table.unify_dictionaries()
        file = io.BytesIO()
        texts = [name for name in table.column_names if name != "value"]
        pq.write_table(
            table.replace_schema_metadata({_MANIFEST: manifest}), file, use_dictionary=texts
        )
        content = file.getvalue()
        try:
            write_bytes(self._root / NAME, _digest(content) + b"\n" + content)
        except OSError:
            return

    def _name(self, folder: RunFolder) -> str:
        return folder.path.relative_to(self._root).as_posix()


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()

"""From run folders to one tidy table of the scores along training."""

import os
import sys

import pandas as pd

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.run_folder import ALONG_COLUMNS
from fer_jax.lab.folders.scan import scan
from fer_jax.lab.tables.joined import joined
from fer_jax.lab.tables.run_rows import readings_along_of, rows_of


def read_table_along(root: str | os.PathLike[str]) -> pd.DataFrame:
    """The readings of every snapshot and ancestor of every finished run at or below a folder.

    Corrupt run folders, and damaged tables, are named on stderr and left out.

    Args:
        root: a run folder, the `output_dir` of one or many sweeps, or any folder above.

    Returns:
        A reading a row, with the columns of `read_table` and `step`: how many steps had been taken;
        of an ancestor, the generation of its birth. A seed that several runs hold counts once. No
        rows if no run was asked for snapshots.

    Raises:
        RunFolderError: if there is no such folder, or no run folder in it.

    Example:
        >>> import tempfile
        >>> from fer_jax.lab.settings.config import RunConfig
        >>> from fer_jax.lab.runs.runner import execute
        >>> config = RunConfig(
        ...     "sgd", "sunrise", arch="relu:2x1", seeds=1, steps=3, snapshots=2, size=8,
        ...     metrics=["still_pixels"], score_size=8, output_dir=tempfile.mkdtemp(),
        ... )
        >>> _ = execute(config)
        >>> table = read_table_along(config.output_dir)
        >>> table.loc[table["metric"] == "still_pixels", "step"].tolist()
        [0, 1]
    """
    found = scan(root)
    if not found.folders and not found.corrupt:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    runs, left_out = [], list(found.corrupt)
    for folder in found.folders:
        try:
            readings = readings_along_of(folder) if folder.state == "done" else None
            if readings is not None:
                runs.append(rows_of(folder, readings))
        except RunFolderError as error:
            left_out.append(str(error))
    for told in left_out:
        print(f"left out: {told}", file=sys.stderr)
    return joined(runs, ALONG_COLUMNS)[0]

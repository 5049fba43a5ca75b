"""A scaling plot as files: the picture, and beside it what it shows, as CSV."""

import io
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.atomic import write_bytes
from fer_jax.lab.tables.collect import write_table
from fer_jax.show.figure import save_png
from fer_jax.show.scaling_data import Asked, Shown
from fer_jax.show.scaling_fit import PowerLaw

SUFFIXES = (".png", ".svg", ".pdf")

_PRINT = 3
"""Pixels of a PNG per pixel of a page: 300 to an inch."""


def check_path(path: Path) -> None:
    """Refuse a path to which no picture can be written.

    Raises:
        RunFolderError: for another suffix, or a folder that does not exist.
    """
    if path.suffix not in SUFFIXES:
        raise RunFolderError(
            f"{path}: a picture is written as {', '.join(SUFFIXES)}; give such a path"
        )
    if not path.parent.is_dir():
        raise RunFolderError(f"{path}: there is no folder {path.parent}; make it first")


def write_scaling(figure: Figure, shown: Shown, asked: Asked, path: Path) -> list[Path]:
    """Write the picture, the value of each dot, and the means.

    Args:
        figure: of `draw_scaling`.
        shown: what it shows.
        asked: what was asked for.
        path: of the picture, with a suffix of `SUFFIXES`.

    Returns:
        What was written: the picture, `NAME.csv` with a row per dot, `NAME-means.csv`.

    Raises:
        RunFolderError: if one of them cannot be written.
    """
    check_path(path)
    seeds, means = path.with_suffix(".csv"), path.with_name(f"{path.stem}-means.csv")
    try:
        write_bytes(path, _picture(figure, path.suffix))
    except OSError as error:
        raise RunFolderError(f"{path}: cannot be written: {error.strerror}") from None
    write_table(_named(shown.values, asked), seeds)
    write_table(means_of(shown, asked), means)
    return [path, seeds, means]


def means_of(shown: Shown, asked: Asked) -> pd.DataFrame:
    """The means as a table, with the exponents of what is fitted."""
    means = shown.means
    if shown.laws:
        keys = zip(means["panel"], means["line"], means["x"], strict=True)
        nothing = PowerLaw(np.nan, np.nan, np.nan, np.nan, 0)
        laws = [
            nothing if pd.isna(x) else shown.laws.get((panel, line), nothing)
            for panel, line, x in keys
        ]
        means = means.assign(
            exponent=[law.exponent for law in laws],
            exponent_low=[law.low for law in laws],
            exponent_high=[law.high for law in laws],
            factor=[law.factor for law in laws],
        )
    return _named(means, asked)


def _named(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The axes under their own names; the panel is the target, where there are panels."""
    frame = frame.rename(columns={"panel": "target"}) if "target" not in frame else frame
    for axis, name in (("x", asked.x), ("y", asked.y.partition("@")[0])):
        if axis in frame:
            frame = (
                frame.drop(columns=axis) if name in frame else frame.rename(columns={axis: name})
            )
    frame = frame.drop(columns="panel", errors="ignore")
    return frame.drop(columns="target") if (frame["target"] == "").all() else frame


def _picture(figure: Figure, suffix: str) -> bytes:
    file = io.BytesIO()
    if suffix == ".png":
        save_png(figure, file, sharpness=_PRINT)
        return file.getvalue()
    # Neither a date nor a drawn name: the same data give the same bytes.
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[suffix]
    with warnings.catch_warnings(), mpl.rc_context({"svg.hashsalt": "fer_jax"}):
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(file, format=suffix[1:], facecolor=figure.get_facecolor(), metadata=undated)
    return file.getvalue()

"""What a scaling plot shows: the values of seeds, and their means, by panel, line and x."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.errors import MetricError, RunFolderError, nearest
from fer_jax.lab.tables.collect import CONFIG_COLUMNS
from fer_jax.lab.tables.derived import SIZES, SPEED, speed_rows, with_seed_counts, with_sizes
from fer_jax.show.groups import distinct, method_rank
from fer_jax.show.scaling_fit import PowerLaw, laws_of
from fer_jax.show.wording import joined, plain
from fer_jax.statistics import summarize_sample

COLUMNS = tuple(name for name in CONFIG_COLUMNS if name not in ("path", "target_hash"))
"""Of the table, what can be an axis or tell lines apart, beside `SIZES`."""


@dataclass(frozen=True)
class Asked:
    """What is to be plotted.

    Attributes:
        y: a metric of the table, "loss" or `SPEED`; of several versions `NAME@VERSION` names one.
        x: a column of `COLUMNS` or `SIZES`.
        by: the columns that tell lines apart.
        targets: those that are shown; () for all. Each has a panel, unless `by` or x tells them.
        log: the axes that are logarithmic, such as ("x", "y"); None: what suits the values.
        fit: whether a power law is fitted to each line.
    """

    y: str
    x: str
    by: tuple[str, ...] = ("method",)
    targets: tuple[str, ...] = ()
    log: tuple[str, ...] | None = None
    fit: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that can be asked for."""
        return (*SIZES, *COLUMNS)


@dataclass(frozen=True, eq=False)
class Shown:
    """What is plotted.

    Attributes:
        values: a row per dot: panel, line, method, x, y, seed, run, seed_status, reason and the
            columns of `by`. y of a diverged seed is NaN.
        means: a row per panel, line and x: n, mean, low, high (95% bootstrap interval), diverged
            and undefined. A line whose runs have no such x, such as a genome's, has one row, with
            x missing: it is drawn level.
        lines: the names of the lines, in order.
        panels: the names of the panels, in order.
        mixed: columns in which runs of one line at one x differ: their mean mixes experiments.
        version: of the metric.
        laws: the power laws, by (panel, line); none unless a fit is asked for.
    """

    values: pd.DataFrame
    means: pd.DataFrame
    lines: list[str]
    panels: list[str]
    mixed: list[str]
    version: str
    laws: dict[tuple[str, str], PowerLaw]


def shown_of(table: pd.DataFrame, asked: Asked) -> Shown:
    """Choose what is asked for, and sum it up over seeds.

    Args:
        table: as `fer_jax.lab.tables.collect.read_table` gives it.
        asked: what is to be plotted.

    Returns:
        What is plotted.

    Raises:
        MetricError: for an unknown metric, several versions of it, or a fit that cannot be made.
        RunFolderError: for an unknown column or target, or if there is nothing to be plotted.
    """
    for name in (asked.x, *asked.by):
        if name not in asked.known:
            raise RunFolderError(f"{name!r} is no column of runs; {nearest(name, asked.known)}")
    rows = with_sizes(_rows(_of_targets(table, asked.targets), asked))
    if "seeds" in (asked.x, *asked.by):
        rows = with_seed_counts(rows)
    if rows[asked.x].isna().all() or (rows[asked.x] == "").all():
        differ = [name for name in asked.known if name in rows and rows[name].nunique() > 1]
        raise RunFolderError(
            f"no run that reads {asked.y} has a {asked.x}; between these runs differ: "
            f"{', '.join(differ) or 'no columns at all'}"
        )
    values = _values(rows, asked)
    means = _means(values)
    return Shown(
        values=values,
        means=means,
        lines=_ordered_lines(values, asked.by),
        panels=distinct(values["panel"]),
        mixed=_mixed(rows, values, asked),
        version=str(rows["metric_version"].iloc[0]),
        laws=laws_of(values) if asked.fit else {},
    )


def is_categorical(values: pd.Series) -> bool:
    """Whether the values of an axis are names and not numbers."""
    return not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)


def _of_targets(table: pd.DataFrame, targets: Sequence[str]) -> pd.DataFrame:
    there = distinct(table["target"])
    for name in targets:
        if name not in there:
            raise RunFolderError(f"no run has the target {name!r}; {nearest(name, there)}")
    return table[table["target"].isin(targets)] if targets else table


def _rows(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The readings of whole networks of what is asked for, in one version."""
    name, _, version = asked.y.partition("@")
    whole = table[table["layer"].isna()]
    rows = speed_rows(table) if name == SPEED else whole[whole["metric"] == name]
    if rows.empty:
        known = [*distinct(whole["metric"]), SPEED]
        raise MetricError(f"no run reads {name!r}; {nearest(name, known)}")
    versions = distinct(rows["metric_version"])
    if version and version not in versions:
        raise MetricError(
            f"no run reads {name} in version {version!r}; {nearest(version, versions)}"
        )
    if not version and len(versions) > 1:
        raise MetricError(
            f"runs read {name} in versions {' and '.join(versions)}, which do not compare; "
            f"choose one: {name}@{versions[-1]}"
        )
    rows = rows[rows["metric_version"] == version] if version else rows
    # As texts: groups are made of those that there are, in an order that no other rows decide.
    kinds = rows.select_dtypes("category").columns
    return rows.astype(dict.fromkeys(kinds, "str"))


def _values(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    across = rows[asked.x]
    if is_categorical(across):
        told = across.astype("str")
        across = told.where(across.notna() & (told != ""))
    alone = "target" in (asked.x, *asked.by)
    level = across.isna()
    lines = []
    for record, is_level in zip(rows.to_dict("records"), level, strict=True):
        named = [_told(name, record[name]) for name in asked.by]
        # A level line is told by its method: what tells the others apart, it may not have.
        extra = [str(record["method"])] if is_level and "method" not in asked.by else []
        lines.append(joined([*extra, *named]))
    diverged = rows["seed_status"] == "diverged"
    by = {name: rows[name] for name in asked.by if name not in ("method", asked.x)}
    values = pd.DataFrame(
        {
            "panel": "" if alone else rows["target"],
            "line": lines,
            "method": rows["method"],
            **by,
            "x": across,
            "y": rows["value"].where(~diverged).astype(float),
            "seed": rows["seed"],
            "run": rows["run"],
            "seed_status": rows["seed_status"],
            "reason": rows["reason"],
        }
    )
    return values.reset_index(drop=True)


def _told(name: str, value: Any) -> str:
    """A column's value as a part of a line's name: numbers say what they are of."""
    text = plain(value)
    return text if not text or isinstance(value, str) else f"{name} {text}"


def _means(values: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (panel, line, x), cell in values.groupby(["panel", "line", "x"], dropna=False, sort=True):
        diverged = cell["seed_status"] == "diverged"
        summary = summarize_sample(cell.loc[~diverged, "y"].to_numpy(dtype=float))
        rows.append(
            {"panel": panel, "line": line, "method": "/".join(distinct(cell["method"])), "x": x}
            | {"n": summary.n, "mean": summary.mean, "low": summary.low, "high": summary.high}
            | {"diverged": int(diverged.sum()), "undefined": summary.undefined}
        )
    means = pd.DataFrame(rows)
    return means.assign(x=means["x"].astype(values["x"].dtype))


def _ordered_lines(values: pd.DataFrame, by: Sequence[str]) -> list[str]:
    first = values.drop_duplicates("line")
    key = [
        (method_rank(row["method"]), *[_sortable(row.get(name)) for name in by], row["line"])
        for row in first.to_dict("records")
    ]
    return [str(name) for _, name in sorted(zip(key, first["line"], strict=True))]


def _sortable(value: Any) -> tuple[float, str]:
    number = value is not None and not isinstance(value, str) and not pd.isna(value)
    return (float(value), "") if number else (np.inf, plain(value))


def _mixed(rows: pd.DataFrame, values: pd.DataFrame, asked: Asked) -> list[str]:
    """Columns that differ within a line at one x, what they decide left out."""
    cells = [values["panel"].to_numpy(), values["line"].to_numpy(), values["x"].to_numpy()]
    names = [name for name in CONFIG_COLUMNS if name not in ("path", asked.x, *asked.by)]
    count = rows[names].groupby(cells, dropna=False).nunique(dropna=False)
    mixed = [name for name in names if (count[name] > 1).any()]
    # With the method differs what only one of them uses; with the name of a target its content.
    for name, decided in (("method", names), ("target", ["target_hash"])):
        if name in mixed:
            mixed = [other for other in mixed if other == name or other not in decided]
    return mixed

"""The cells of a summary against a reference among them."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.errors import ArchError, RunFolderError, nearest
from fer_jax.lab.tables.cells import Cells
from fer_jax.lab.tables.columns import CONFIG_COLUMNS, KINDS, plain_column, typed
from fer_jax.statistics.comparison import NOTHING, Sample, compare, holm

REFERENCE_COLUMNS = (
    "reference",
    "reference_n",
    "reference_mean",
    "difference",
    "delta",
    "p",
    "p_holm",
    "test",
    "compared_targets",
)

REFERENCE = "the reference"
"""What "test" says in the reference's own rows."""

_Samples = list[dict[int, Sample]]
"""Of each cell, the values of each target."""


def columns_of(text: str) -> dict[str, str]:
    """A reference as it was typed, of each column the text of its value.

    Raises:
        RunFolderError: in one line, if it is no such text, or names no setting.

    Example:
        >>> columns_of("arch=12/cache:15,method=sgd")
        {'arch': '12/cache:15', 'method': 'sgd'}
    """
    columns = {}
    # A comma within a value, as in an architecture, is followed by no name.
    for part in re.split(r",(?=\w+=)", text):
        name, equals, value = part.partition("=")
        if not equals:
            raise RunFolderError(
                f"--against is {text[:80]!r}; expected a column and its value, such as "
                f"--against method=genome"
            )
        if name not in CONFIG_COLUMNS:
            raise RunFolderError(
                f"--against names the column {name[:80]!r}; {nearest(name, CONFIG_COLUMNS)}"
            )
        columns[name] = value
    return columns


def reference_of(text: str, table: pd.DataFrame) -> dict[str, Any]:
    """A reference among the runs of a table.

    Args:
        text: such as "method=genome" or "arch=relu:16x3,method=sgd".
        table: the tidy table.

    Returns:
        Of each column its value.

    Raises:
        RunFolderError: in one line, if it is no such text, or no run is like that.
    """
    reference = {name: _value(name, told, table) for name, told in columns_of(text).items()}
    here = np.ones(len(table), dtype=bool)
    for name, value in reference.items():
        here &= (table[name] == value).fillna(False).to_numpy(dtype=bool)
    if not here.any():
        raise RunFolderError(
            f"--against {text[:80]}: there are runs with each of these, but none with all"
        )
    return reference


def compare_cells(cells: Cells, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Compare each cell with the one that is like it but for the reference's settings.

    What the reference's method does not use, it need not share: a genome has no architecture.

    Args:
        cells: of a table; `cells.by` holds the reference's columns.
        reference: as `reference_of` gives it.

    Returns:
        `REFERENCE_COLUMNS`, `(cells,)` each. Where nothing is like it they are empty; in the
        reference's own rows "test" says so.
    """
    is_reference, partner = _partners(cells, reference)
    samples = _samples(cells)
    told = [NOTHING] * cells.count
    held: list[np.ndarray] = [np.empty(0)] * cells.count
    for cell in np.flatnonzero(partner >= 0):
        other = samples[partner[cell]]
        told[cell] = compare(samples[cell], other)
        held[cell] = np.concatenate(
            [np.empty(0), *(other[key].values for key in samples[cell] if key in other)]
        )
    name = ",".join(f"{name}={value}" for name, value in reference.items())
    p = np.array([one.p for one in told], dtype=float)
    tests = [
        REFERENCE if its_own else one.test for its_own, one in zip(is_reference, told, strict=True)
    ]
    columns = (
        pd.Series([name if one.strata else "" for one in told], dtype="str"),
        np.array([len(values) for values in held], dtype=np.int64),
        np.array([values.mean() if len(values) else np.nan for values in held], dtype=float),
        np.array([one.difference for one in told], dtype=float),
        np.array([one.delta for one in told], dtype=float),
        p,
        holm(p),
        pd.Series(tests, dtype="str"),
        np.array([one.strata for one in told], dtype=np.int64),
    )
    return dict(zip(REFERENCE_COLUMNS, columns, strict=True))


def _value(name: str, text: str, table: pd.DataFrame) -> Any:
    """A value of a column, of which there must be runs."""
    kind = CONFIG_COLUMNS[name]
    try:
        value = typed(text, kind)
    except (ValueError, OverflowError):
        raise RunFolderError(f"--against {name}={text[:80]}: expected {KINDS[kind]}") from None
    known = plain_column(table[name].dropna()).unique().tolist()
    if value in known:
        return value
    if name == "arch":
        from fer_jax.genome.arch_names import resolve_arch  # it brings JAX

        try:
            spelled = resolve_arch(text).spelling
        except ArchError:
            spelled = text
        if spelled in known:
            return spelled
    texts = [str(one) for one in known if one != ""]
    near = nearest(text, texts) if texts else "no run uses it"
    raise RunFolderError(f"--against {name}={text[:80]}: there is no such run; {near}")


def _partners(cells: Cells, reference: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Whether each cell is the reference's, and which one it is compared with; -1: none."""
    is_reference = np.ones(cells.count, dtype=bool)
    for name, value in reference.items():
        is_reference &= (cells.keys[name] == value).fillna(False).to_numpy(dtype=bool)
    others = [name for name in cells.by if name not in reference]
    always = ["metric", "metric_version"]
    rows = cells.keys[[*others, *always]].to_dict("records")
    like: dict[tuple[str, ...], dict[tuple[Any, ...], int]] = {}
    for cell in np.flatnonzero(is_reference):
        used = tuple(name for name in others if _is_used(rows[cell][name]))
        key = tuple(rows[cell][name] for name in (*used, *always))
        like.setdefault(used, {})[key] = int(cell)
    partner = np.full(cells.count, -1)
    for cell in np.flatnonzero(~is_reference):
        for used in sorted(like, key=len, reverse=True):
            key = tuple(rows[cell][name] for name in (*used, *always))
            if key in like[used]:
                partner[cell] = like[used][key]
                break
    return is_reference, partner


def _is_used(value: Any) -> bool:
    return not (value is None or value is pd.NA or value != value or value == "")


def _samples(cells: Cells) -> _Samples:
    valid = np.flatnonzero(~cells.diverged & np.isfinite(cells.value))
    order = valid[np.lexsort((cells.value[valid], cells.target[valid], cells.cell[valid]))]
    cell, target, value = cells.cell[order], cells.target[order], cells.value[order]
    changes = (np.diff(cell, prepend=-1) != 0) | (np.diff(target, prepend=-1) != 0)
    starts = np.flatnonzero(changes)
    samples: _Samples = [{} for _ in range(cells.count)]
    for begin, end in zip(starts, [*starts[1:], len(order)], strict=True):
        is_fixed = not cells.has_seed[order[begin:end]].any()
        samples[cell[begin]][int(target[begin])] = Sample(value[begin:end], is_fixed)
    return samples

"""The columns of the tidy table, and what a configuration says in them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fer_jax.lab.folders.run_folder import METRIC_COLUMNS

SCHEMA = 2
"""Of the tidy table and the summary; see `docs/tables.md` for what each version changed."""

CONFIG_COLUMNS = {
    "method": "str",
    "target": "str",
    "target_hash": "str",
    "arch": "str",
    "wiring": "str",
    "size": "Int64",
    "steps": "Int64",
    "learning_rate": "float64",
    "init_scale": "float64",
    "normalize_gradient": "boolean",
    "optimizer": "str",
    "schedule": "str",
    "weight_decay": "float64",
    "l1": "float64",
    "l2": "float64",
    "smoothness": "float64",
    "loss": "str",
    "init": "str",
    "prune": "float64",
    "prune_rounds": "Int64",
    "batch_size": "Int64",
    "target_loss": "float64",
    "es": "str",
    "es_options": "str",
    "preset": "str",
    "population_size": "Int64",
    "fitness": "str",
    "way": "str",
    "quality": "str",
    "descriptors": "str",
    "bins": "str",
    "regularity_weight": "float64",
    "session_steps": "Int64",
    "branching": "float64",
    "precision": "str",
    "score_size": "Int64",
    "score_key": "Int64",
    "path": "str",
}
"""What each row says of its run, with types; what the run's method does not use is "" or NaN."""

COLUMNS = {**METRIC_COLUMNS, "seed_status": "str", **CONFIG_COLUMNS}
"""All columns of the tidy table, with types. Texts, which repeat, are categorical."""

WHOLE_NUMBER, NUMBER, TRUTH_VALUE, TEXT = "Int64", "float64", "boolean", "str"
KINDS = {
    WHOLE_NUMBER: "a whole number",
    NUMBER: "a number",
    TRUTH_VALUE: "true or false",
    TEXT: "a text",
}
"""The types in words."""

_TRUTH = {"true": True, "false": False}


def typed(value: Any, kind: str) -> Any:
    """A setting as its column holds it.

    Args:
        value: from a configuration, or as it was typed.
        kind: the column's type, one of `KINDS`.

    Returns:
        A str, int, float or bool; None, or "" as a text, where there is nothing.

    Raises:
        ValueError: if it is none of that kind.

    Example:
        >>> typed(3, "Int64"), typed("3e-3", "float64"), typed([4, 8], "str"), typed(None, "str")
        (3, 0.003, '4,8', '')
    """
    if kind == TEXT:
        if isinstance(value, dict):
            return options_told(value)
        if isinstance(value, list):
            return ",".join(map(str, value))
        return "" if value is None else str(value)
    if value is None:
        return None
    if kind == TRUTH_VALUE:
        value = _TRUTH.get(str(value).lower(), value)
        if isinstance(value, bool):
            return value
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        number = float(value)
        if kind == NUMBER:
            return number
        if number == (whole := int(number)):
            return whole
    raise ValueError(f"{value!r} is not {KINDS[kind]}")


def options_told(options: Mapping[str, object]) -> str:
    """Options by name, as one text.

    Example:
        >>> options_told({"std_init": 0.1, "optimizer": "adam"})
        'optimizer=adam std_init=0.1'
    """
    return " ".join(f"{name}={value}" for name, value in sorted(options.items()))


def column_of(values: list[Any], kind: str, index: np.ndarray) -> pd.Series:
    """A column in which each of a few values stands in many rows.

    Args:
        values: as `typed` gives them.
        kind: their type.
        index: of each row, the number of its value.

    Returns:
        The column, `(rows,)`; of texts a categorical one.
    """
    if kind == TEXT:
        few = pd.Categorical(values)
        many = pd.Categorical.from_codes(few.codes[index], dtype=few.dtype, validate=False)
        return pd.Series(many, copy=False)
    return pd.Series(pd.Series(values, dtype=kind).array.take(index), copy=False)


def plain_column(column: pd.Series) -> pd.Series:
    """The column with texts in place of categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.dtype.categories.dtype)
    return column

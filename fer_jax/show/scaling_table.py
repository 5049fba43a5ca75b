"""What a scaling plot shows, as a table for people."""

import numpy as np
import pandas as pd
from rich.table import Table

from fer_jax.lab.console import plain_table
from fer_jax.show.scaling_axes import short
from fer_jax.show.scaling_data import Asked, Shown
from fer_jax.show.scaling_fit import DEFINITION
from fer_jax.show.scaling_lines import law_told
from fer_jax.show.wording import number


def means_table(shown: Shown, asked: Asked) -> Table:
    """The means with their intervals; below each line the power law that is fitted to it."""
    title = f"{asked.y} (version {shown.version}) against {asked.x}: mean with its 95% interval"
    table = plain_table(f"{title}; fit: {DEFINITION}" if asked.fit else title)
    for name in ("target", "line"):
        table.add_column(name, no_wrap=True)
    for name in (asked.x, "n", "mean", "95% interval", "diverged", "undefined"):
        table.add_column(name, justify="right", no_wrap=True)
    for panel in shown.panels:
        for line in shown.lines:
            rows = shown.means[(shown.means["panel"] == panel) & (shown.means["line"] == line)]
            for row in rows.to_dict("records"):
                bounded = np.isfinite(row["low"])
                table.add_row(
                    panel,
                    line or "all runs",
                    _x(row["x"]),
                    str(row["n"]),
                    number(row["mean"]),
                    f"{number(row['low'])} ... {number(row['high'])}" if bounded else "-",
                    str(row["diverged"]),
                    str(row["undefined"]),
                )
            if (panel, line) in shown.laws:
                told = law_told(shown.laws[panel, line], asked.x)
                table.add_row(panel, line or "all runs", "fit", "", "", told, "", "")
            if len(rows):
                table.add_section()
    return table


def _x(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "-"
    return value if isinstance(value, str) else short(float(value))  # type: ignore[arg-type]

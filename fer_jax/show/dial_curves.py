"""What metrics read along a dial, with a line for each level of the other dial."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from fer_jax.show.figure import place_axes, place_text
from fer_jax.show.groups import distinct
from fer_jax.show.panels import WIDTH, new_panels, say_nothing_there, set_heights
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.statistics import summarize_sample

OTHER = {"fracture": "entanglement", "entanglement": "fracture"}
"""The other dial of each."""

_MARKERS = "osD^v"


def dial_means(found: pd.DataFrame) -> pd.DataFrame:
    """The mean over draws of what each metric reads at each setting of the dials.

    Args:
        found: of `fer_jax.validation.dials.read_dials`.

    Returns:
        Columns metric, family, fracture, entanglement, mean, low, high (its 95% bootstrap
        interval) and undefined.
    """
    keys = ["metric", "family", "fracture", "entanglement"]
    rows = []
    for at, values in found.groupby(keys, sort=False)["value"]:
        sample = summarize_sample(values.to_numpy(dtype=float))
        rows.append((*at, sample.mean, sample.low, sample.high, sample.undefined))
    return pd.DataFrame(rows, columns=[*keys, "mean", "low", "high", "undefined"])


def draw_dial_curves(
    means: pd.DataFrame,
    metrics: Sequence[str],
    dial: str,
    *,
    shared: bool = True,
    height: float = 120,
    theme: Theme = LIGHT,
) -> Figure:
    """A row per metric, a column per family: the reading against one dial.

    Args:
        means: of `dial_means`.
        metrics: by name, the order of the rows.
        dial: "fracture" or "entanglement".
        shared: one scale for all panels of a row; otherwise each is centred on what it holds, and
            only the length of the scale is the same.
        height: of a panel, in pixels of a page.
        theme: the colours.

    Returns:
        The figure: a line per level of the other dial, its 95% interval shaded.
    """
    other, families = OTHER[dial], distinct(means["family"])
    levels = sorted(means[other].unique())
    figure, axes = new_panels(metrics, families, x_label=f"{dial} dial", height=height, theme=theme)
    for metric, row in zip(metrics, axes, strict=True):
        drawn = []
        for family, here in zip(families, row, strict=True):
            cell = means[(means["metric"] == metric) & (means["family"] == family)]
            _draw_panel(here, cell, dial, levels, theme)
            drawn.append(cell[["mean", "low", "high"]].to_numpy().ravel())
        set_heights(row, drawn, shared=shared)
    _draw_key(figure, f"{other} dial", levels, theme)
    return figure


def _draw_panel(
    axes: Axes, cell: pd.DataFrame, dial: str, levels: Sequence[float], theme: Theme
) -> None:
    axes.set(xlim=(-0.06, 1.06), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
    if not cell["mean"].notna().any():
        say_nothing_there(axes, theme)
    for index, level in enumerate(levels):
        line = cell[cell[OTHER[dial]] == level].sort_values(dial)
        color = _color(index, len(levels), theme)
        axes.fill_between(
            line[dial], line["low"], line["high"], color=color, alpha=0.12, linewidth=0
        )
        axes.plot(
            line[dial], line["mean"], color=color, linewidth=1.5, markersize=3.4,
            marker=_MARKERS[index % len(_MARKERS)], markeredgewidth=0,
        )  # fmt: skip


def _color(index: int, count: int, theme: Theme) -> tuple[float, ...]:
    ends = [theme.method_color(name) for name in ("genome", "neat", "sgd")]
    return LinearSegmentedColormap.from_list("levels", ends)(index / max(count - 1, 1))


def _draw_key(figure: Figure, title: str, levels: Sequence[float], theme: Theme) -> None:
    left = WIDTH - 68.0 * len(levels)
    place_text(figure, left - 8, 10, title, ha="right", color=theme.faint)
    for index, level in enumerate(levels):
        axes = place_axes(figure, left + 68 * index, 2, 26, 16)
        axes.set_axis_off()
        axes.plot(
            [0, 0.5, 1], [0, 0, 0], color=_color(index, len(levels), theme), linewidth=1.5,
            marker=_MARKERS[index % len(_MARKERS)], markevery=[1], markersize=4.5,
        )  # fmt: skip
        place_text(figure, left + 68 * index + 30, 10, f"{level:g}", ha="left", color=theme.faint)

"""Training curves of all seeds, with their median and quartiles."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import joined, shortened

MAX_POINTS = 1200
"""Points drawn of one curve; a longer one is thinned out evenly along the axis."""

_WIDTH = 1136
_LOWEST = 1e-12


@dataclass(frozen=True, eq=False)
class CurveSet:
    """The losses of the seeds of one run.

    Attributes:
        label: what to call the run, such as its architecture.
        losses: `(seeds, steps)` float; not finite from where a seed diverged.
        diverged_at: `(seeds,)` int, the step at which a seed diverged, or -1.
        method: whose colour to use.
        unit: what one step is called.
    """

    label: str
    losses: np.ndarray
    diverged_at: np.ndarray
    method: str = "sgd"
    unit: str = "step"


def draw_curves(
    sets: Sequence[CurveSet],
    *,
    log_steps: bool = False,
    theme: Theme = LIGHT,
) -> Figure:
    """One panel per run, side by side on one scale: all seeds, their median and quartiles.

    Args:
        sets: the runs, at least one.
        log_steps: a logarithmic axis of steps.
        theme: the colours.

    Returns:
        The figure. A diverged seed ends in a cross.
    """
    columns = min(len(sets), 3)
    rows = -(-len(sets) // columns)
    panel, height = (_WIDTH - 62) / columns, 320
    figure = new_figure(_WIDTH, rows * height, theme)
    low, high = _range(sets)
    for index, curves in enumerate(sets):
        row, column = divmod(index, columns)
        left, top = 62 + column * panel, row * height + 40
        axes = place_axes(figure, left, top, panel - 26, height - 92)
        style_axes(axes, theme)
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        if high / low < 100:
            axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        _draw_seeds(axes, curves, log_steps, theme)
        if column:
            axes.tick_params(axis="y", labelleft=False)
        else:
            axes.set_ylabel("loss (mean squared error)", fontsize=8.5, color=theme.faint)
        axes.set_xlabel(curves.unit, fontsize=8.5, color=theme.faint)
        label = shortened(curves.label, int(panel / 8))
        place_text(figure, left, top - 24, label, ha="left", color=theme.ink, weight="bold")
        diverged = int((curves.diverged_at >= 0).sum())
        told = joined([f"n = {len(curves.losses)}", f"{diverged} diverged" if diverged else ""])
        place_text(figure, left, top - 9, told, ha="left", color=theme.faint)
    return figure


def _draw_seeds(axes: Axes, curves: CurveSet, log_steps: bool, theme: Theme) -> None:
    count, length = curves.losses.shape
    steps = np.arange(1, length + 1)
    if length > MAX_POINTS:
        space = np.geomspace if log_steps else np.linspace
        steps = np.unique(space(1, length, MAX_POINTS).round().astype(int))
    losses = np.asarray(curves.losses, dtype=np.float64)[:, steps - 1]
    losses = np.where(np.isfinite(losses), np.maximum(losses, _LOWEST), np.nan)
    color = theme.method_color(curves.method)
    axes.plot(
        steps, losses.T, color=color, alpha=float(np.clip(4 / count, 0.08, 0.4)), linewidth=0.8
    )
    for seed in np.flatnonzero(curves.diverged_at >= 0):
        finite = np.flatnonzero(np.isfinite(losses[seed]))
        if len(finite):
            at = finite[-1]
            axes.plot(
                steps[at], losses[seed, at], "x", color=theme.alarm, markersize=7,
                markeredgewidth=1.8, zorder=5, clip_on=False,
            )  # fmt: skip
    if count > 1:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="All-NaN slice")
            lower, median, upper = np.nanquantile(losses, [0.25, 0.5, 0.75], axis=0)
        axes.fill_between(steps, lower, upper, color=color, alpha=0.22, linewidth=0)
        axes.plot(steps, median, color=color, linewidth=2.0)
    if log_steps:
        axes.set_xscale("log")
    axes.set_xlim(1, max(length, 2))
    axes.minorticks_off()


def _range(sets: Sequence[CurveSet]) -> tuple[float, float]:
    """Limits that hold every finite loss of every run, with a little room."""
    finite = [curves.losses[np.isfinite(curves.losses)] for curves in sets]
    values = np.concatenate([*finite, np.empty(0)])
    if not len(values):
        return 1e-4, 1.0
    low, high = max(float(values.min()), _LOWEST), max(float(values.max()), _LOWEST)
    return low / 1.3, high * 1.3

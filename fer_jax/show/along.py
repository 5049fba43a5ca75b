"""Scores along a run: every seed, and the mean of all, beside what the genome reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_jax.lab.runs.readings import HEADLINES, LOSS
from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import joined, shortened
from fer_jax.statistics import summarize_sample

_WIDTH, _ROW = 1136, 268
_LEFT, _ABOVE, _BELOW, _GAP = 62, 56, 46, 56


@dataclass(frozen=True, eq=False)
class Course:
    """One metric along one run.

    Attributes:
        metric: its name.
        version: of its definition.
        seeds: `(seeds,)` int.
        steps: `(steps,)` int, ascending: all at which any seed was scored.
        values: `(seeds, steps)` float; NaN where it is undefined, or was not read.
        read: `(seeds, steps)` bool: where it was. Networks are kept at the same steps of all seeds;
            ancestors are born whenever they are.
        reason: why it is, most often; "" if it is never.
    """

    metric: str
    version: str
    seeds: np.ndarray
    steps: np.ndarray
    values: np.ndarray
    read: np.ndarray
    reason: str

    @property
    def undefined(self) -> int:
        """How many values are."""
        return int((self.read & ~np.isfinite(self.values)).sum())

    @cached_property
    def mean(self) -> np.ndarray:
        """`(3, steps)`: over seeds the mean, and the ends of its 95% bootstrap interval.

        What was read of a seed holds until the next reading.
        """
        last = np.maximum.accumulate(np.where(self.read, np.arange(len(self.steps)), -1), axis=1)
        held = np.where(last < 0, np.nan, np.take_along_axis(self.values, last, axis=1))
        summaries = [summarize_sample(column) for column in held.T]
        return np.array([(s.mean, s.low, s.high) for s in summaries]).T


@dataclass(frozen=True, eq=False)
class Along:
    """One run along its way.

    Attributes:
        label: what to call the run, such as its architecture.
        courses: of the loss, and of one metric after the other.
        method: whose colour to use.
        genome: what the target's genome reads, by (metric, version).
        unit: what its steps are: "step" or "generation".
        bred: whether ancestors were scored, at the generation of their birth, and not networks that
            were kept on the way.
    """

    label: str
    courses: tuple[Course, ...]
    method: str
    genome: Mapping[tuple[str, str], float]
    unit: str = "step"
    bred: bool = False


def courses_of(table: pd.DataFrame) -> tuple[Course, ...]:
    """The courses that are drawn of a run.

    Args:
        table: the run's readings, as `RunFolder.metrics_along` gives them.

    Returns:
        Those of the loss and of the headlines; where no headline was read, of what was read first.
    """
    whole = table[table["layer"].isna()]
    read = list(dict.fromkeys(whole["metric"]))
    others = [name for name in read if name != LOSS][: len(HEADLINES)]
    wanted = (LOSS, *([name for name in HEADLINES if name in read] or others))
    return tuple(_course(whole[whole["metric"] == name]) for name in wanted if name in read)


def draw_along(
    runs: Sequence[Along], *, worse: Mapping[str, str] | None = None, theme: Theme = LIGHT
) -> Figure:
    """One row per run, one column per metric, on one scale.

    Args:
        runs: at least one, of the same metrics.
        worse: which end of a metric is worse: "higher", "lower" or "neither".
        theme: the colours.

    Returns:
        The figure. A thin line is one seed, its marks are what was scored; the thick line is the
        mean over seeds, the band its 95% interval, the level line the genome.
    """
    names = list(dict.fromkeys(course.metric for run in runs for course in run.courses))
    panel = (_WIDTH - _LEFT - 14 - (len(names) - 1) * _GAP) / max(len(names), 1)
    figure = new_figure(_WIDTH, len(runs) * _ROW, theme)
    limits = {name: _limits(name, runs) for name in names}
    last = {
        bred: max((c.steps[-1] for run in runs if run.bred == bred for c in run.courses), default=1)
        for bred in {run.bred for run in runs}
    }
    for row, run in enumerate(runs):
        top = row * _ROW + _ABOVE
        count = max((len(course.seeds) for course in run.courses), default=0)
        label = joined([shortened(run.label, int(_WIDTH / 9)), f"n = {count}"])
        place_text(figure, _LEFT, top - 40, label, ha="left", color=theme.ink, weight="bold")
        for course in run.courses:
            column = names.index(course.metric)
            left = _LEFT + column * (panel + _GAP)
            axes = place_axes(figure, left, top, panel, _ROW - _ABOVE - _BELOW)
            style_axes(axes, theme)
            axes.set_yscale("log" if course.metric == LOSS else "linear")
            axes.set_ylim(limits[course.metric])
            genome = run.genome.get((course.metric, course.version), np.nan)
            _draw_course(axes, course, run.method, genome, theme)
            if not run.bred:
                # Linear below 1, so that step 0 has a place on an axis that is logarithmic beyond.
                axes.set_xscale("symlog", linthresh=1, linscale=0.4)
            axes.set_xlim(0, max(last[run.bred], 2) * 1.04)
            axes.minorticks_off()
            axes.set_xlabel(run.unit, fontsize=8.5, color=theme.faint)
            end = (worse or {}).get(course.metric, "neither")
            hint = f"{end} is worse" if end in ("higher", "lower") else ""
            told = joined([course.metric, hint, f"{course.undefined} undefined"])
            told = told if course.undefined else joined([course.metric, hint])
            place_text(figure, left, top - 14, told, ha="left", color=theme.faint)
    return figure


def _draw_course(axes: Axes, course: Course, method: str, genome: float, theme: Theme) -> None:
    color, count = theme.method_color(method), len(course.seeds)
    for values, read in zip(course.values, course.read, strict=True):
        axes.plot(
            course.steps[read], np.where(np.isfinite(values), values, np.nan)[read], "o-",
            color=color, alpha=float(np.clip(4 / count, 0.1, 0.4)),
            linewidth=0.8, markersize=2.4, markeredgewidth=0,
        )  # fmt: skip
    if count > 1:
        mean, low, high = course.mean
        axes.fill_between(course.steps, low, high, color=color, alpha=0.22, linewidth=0)
        axes.plot(course.steps, mean, color=color, linewidth=2.0)
    if np.isfinite(genome):
        color = theme.method_color("genome")
        axes.axhline(genome, color=color, linewidth=1.6, linestyle=(0, (5, 2)), zorder=3)
        axes.annotate(
            "genome", (1, genome), xycoords=axes.get_yaxis_transform(), xytext=(-3, 3),
            textcoords="offset points", ha="right", va="bottom", fontsize=8, color=color,
        )  # fmt: skip


def _limits(metric: str, runs: Sequence[Along]) -> tuple[float, float]:
    """Of all runs' values and genomes, with a little room; a score's hold 0 and 1."""
    parts = [np.empty(0)]
    for run in runs:
        for course in run.courses:
            if course.metric == metric:
                genome = run.genome.get((metric, course.version), np.nan)
                parts += [course.values.ravel(), np.array([genome])]
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    if metric == LOSS:
        values = values[values > 0]
        low, high = (values.min(), values.max()) if len(values) else (1e-4, 1.0)
        return float(low) / 1.4, float(high) * 1.4
    ends = (
        np.concatenate([values, [0.0, 1.0]]) if metric in HEADLINES or not len(values) else values
    )
    room = 0.04 * float(ends.max() - ends.min()) or 0.1
    return float(ends.min()) - room, float(ends.max()) + room


def _course(rows: pd.DataFrame) -> Course:
    values = rows.pivot(index="seed", columns="step", values="value")
    read = rows.assign(read=1.0).pivot(index="seed", columns="step", values="read")
    reasons = rows.loc[rows["reason"] != "", "reason"].value_counts()
    return Course(
        metric=str(rows["metric"].iloc[0]),
        version=str(rows["metric_version"].iloc[0]),
        seeds=values.index.to_numpy(dtype=int),
        steps=values.columns.to_numpy(dtype=int),
        values=values.to_numpy(dtype=float),
        read=read.notna().to_numpy(),
        reason=str(reasons.index[0]) if len(reasons) else "",
    )

"""The axes of a scaling plot: what they are called, whether they are logarithmic, their ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, NullLocator

from fer_jax.errors import MetricError
from fer_jax.lab.runs.reports import REPORTS
from fer_jax.lab.tables.derived import SIZES, SPEED
from fer_jax.metrics.registry import METRICS
from fer_jax.show.groups import distinct
from fer_jax.show.scaling_data import Asked, Shown, is_categorical
from fer_jax.show.wording import joined, shortened

LEAST_RATIO = 4.0
"""Between the largest and the smallest x, from which on its axis is logarithmic unless told."""

_LOGARITHMIC = ("loss", SPEED)
_UNITS = MappingProxyType(
    {
        **SIZES,
        "steps": "of each seed",
        "size": "pixels along one side",
        "score_size": "pixels along one side",
        "batch_size": "pixels a step",
    }
)


@dataclass(frozen=True)
class Across:
    """The horizontal axis.

    Attributes:
        log: whether it is logarithmic.
        places: where the values of x lie on it, in ascending order.
        names: what the ticks there say.
        gap: between neighbours, in decades on a logarithmic axis.
        is_categorical: whether the values are names; they lie at 0, 1, 2 ...
    """

    log: bool
    places: tuple[float, ...]
    names: tuple[str, ...]
    gap: float
    is_categorical: bool

    def place(self, x: object) -> float:
        """Where a value lies."""
        return float(self.names.index(str(x))) if self.is_categorical else float(x)  # type: ignore[arg-type]

    def moved(self, place: float | np.ndarray, by: float | np.ndarray) -> np.ndarray:
        """Places moved to the right by some part of the gap."""
        shift = np.asarray(by) * self.gap
        return np.asarray(place * 10.0**shift if self.log else place + shift)


def across_of(shown: Shown, asked: Asked) -> Across:
    """The horizontal axis of what is shown.

    Raises:
        MetricError: if it is to be logarithmic and a value is not above 0.
    """
    column = shown.means["x"].dropna()
    if is_categorical(column):
        names = tuple(distinct(sorted(map(str, column))))
        if asked.log and "x" in asked.log:
            raise MetricError(f"--log x: {asked.x} holds names, not numbers; leave x out")
        return Across(False, tuple(map(float, range(len(names)))), names, 1.0, True)
    places = np.unique(column.to_numpy(dtype=float))
    if asked.log is None:
        log = bool(places[0] > 0 and places[-1] / places[0] >= LEAST_RATIO)
    else:
        log = "x" in asked.log
    if log and places[0] <= 0:
        raise MetricError(f"--log x: {asked.x} holds {places[0]:g}, which is not above 0")
    at = np.log10(places) if log else places
    gaps = np.diff(at)
    span = float(at[-1] - at[0]) or (0.3 if log else abs(float(at[0])) or 1.0)
    gap = float(np.clip(gaps.min() if len(gaps) else span, span / 40, span / 3))
    return Across(log, tuple(places), tuple(map(short, places)), gap, False)


def is_log_up(shown: Shown, asked: Asked) -> bool:
    """Whether the vertical axis is logarithmic.

    Raises:
        MetricError: if it is to be and the value of a seed is not above 0.
    """
    drawn = shown.values.loc[shown.values["x"].notna(), "y"]
    drawn = drawn[np.isfinite(drawn)]
    positive = bool(len(drawn) and (drawn > 0).all())
    if asked.log is None:
        return positive and (asked.fit or asked.y.partition("@")[0] in _LOGARITHMIC)
    if "y" in asked.log and not positive:
        told = f"holds {drawn.min():g}, which is not above 0" if len(drawn) else "has no value"
        raise MetricError(f"--log y: {asked.y} {told}; leave y out")
    return "y" in asked.log


def x_label(asked: Asked) -> str:
    """What the horizontal axis is called.

    Example:
        >>> x_label(Asked("fracture", "width")), x_label(Asked("loss", "optimizer"))
        ('width (neurons per hidden layer)', 'optimizer')
    """
    unit = _UNITS.get(asked.x, "")
    return f"{asked.x.replace('_', ' ')} ({unit})" if unit else asked.x.replace("_", " ")


def y_label(asked: Asked, limit: int = 44) -> str:
    """What the vertical axis is called: its name, and below that its range and what is worse.

    Example:
        >>> print(y_label(Asked("loss", "width")))
        loss
        mean squared error of RGB · higher is worse
    """
    name = asked.y.partition("@")[0]
    if name == SPEED:
        return "seed-steps/s\nwithout compiling and scoring"
    if name == "loss":
        return "loss\nmean squared error of RGB · higher is worse"
    told = name.replace("_", " ")
    if name in METRICS:
        metric = METRICS[name]
        worse = "" if metric.worse == "neither" else f"{metric.worse} is worse"
        return f"{told}\n{shortened(joined([metric.range, worse]), limit)}"
    return f"{told}\n{REPORTS[name].range}" if name in REPORTS else told


def short(value: float) -> str:
    """A number of a tick, as short as it can be read.

    Example:
        >>> [short(value) for value in (0.003, 48, 1896, 28320, 2.5e6)]
        ['0.003', '48', '1,896', '28.3k', '2.5M']
    """
    for least, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= least:
            return f"{value / (1e3 if unit == 'k' else least):.3g}{unit}"
    return f"{value:,.0f}" if value == round(value) else f"{value:.4g}"


def set_across(axes: Axes, across: Across, width: float) -> None:
    """Scale, limits and ticks of the horizontal axis of a panel.

    Args:
        axes: of the panel.
        across: the axis.
        width: of the panel, in pixels of a page.
    """
    axes.set_xscale("log" if across.log else "linear")
    first, last = across.places[0], across.places[-1]
    span = np.log10(last / first) if across.log else last - first
    room = max(0.06 * float(span), 0.55 * across.gap)
    limits = (first / 10**room, last * 10**room) if across.log else (first - room, last + room)
    axes.set_xlim(*map(float, limits))
    ends = np.log10(limits) if across.log else np.asarray(limits)
    at = np.log10(across.places) if across.log else np.asarray(across.places)
    pixels = (at - ends[0]) / (ends[1] - ends[0]) * width
    limit = max(int(width / len(at) / 6.6), 4) if across.is_categorical else 24
    names = [shortened(name, limit) for name in across.names]
    kept = _apart(pixels, names)
    axes.xaxis.set_major_locator(FixedLocator([across.places[index] for index in kept]))
    axes.xaxis.set_major_formatter(FixedFormatter([names[index] for index in kept]))
    axes.xaxis.set_minor_locator(NullLocator())


def set_up(axes: Axes, log: bool, values: Sequence[float]) -> None:
    """Scale, limits and ticks of the vertical axis, which holds all the values."""
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite) & ((finite > 0) | (not log))]
    if not len(finite):
        axes.set_ylim(0, 1)
        return
    low, high = float(finite.min()), float(finite.max())
    if not log:
        room = 0.06 * (high - low) or 0.1 * abs(high) or 0.1
        axes.set_ylim(low - room, high + room)
        axes.locator_params(axis="y", nbins=6)
        return
    axes.set_yscale("log")
    axes.set_ylim(low / (high / low) ** 0.06 / 1.05, high * (high / low) ** 0.06 * 1.05)
    axes.yaxis.set_minor_locator(NullLocator())
    if high / low < 100:
        subs = tuple(map(float, range(1, 10))) if high / low < 4 else (1.0, 2.0, 5.0)
        axes.yaxis.set_major_locator(LogLocator(subs=subs))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def _apart(pixels: np.ndarray, names: Sequence[str]) -> list[int]:
    """Which ticks are named so that no name runs into the next; the last one always is."""
    half = [3.4 * len(name) + 4 for name in names]
    kept = [len(names) - 1]
    for index in range(len(names) - 2, -1, -1):
        if pixels[kept[-1]] - pixels[index] >= half[kept[-1]] + half[index]:
            kept.append(index)
    return kept[::-1]

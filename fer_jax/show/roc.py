"""ROC curves: how well a reading tells worse networks from better ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_jax.show.figure import new_figure, place_axes, place_text, style_axes
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import shortened

WIDTH = 1136
_PITCH, _LEFT, _TOP, _SIDE, _KEY = WIDTH / 3, 52, 44, 296, 19

_LOOKS = (("genome", "-"), ("sgd", (0, (3, 1))))
"""The second one is dashed, so that the first is seen beneath it."""

_THIN = (
    ("es", (0, (5, 2))),
    ("neat", (0, (1, 1.5))),
    ("open_ended", (0, (4, 1.5, 1, 1.5))),
    ("other", (0, (8, 2))),
    ("es", (0, (1, 3))),
    ("neat", (0, (6, 1, 1, 1, 1, 1))),
)


@dataclass(frozen=True, eq=False)
class RocPanel:
    """One target.

    Attributes:
        title: its name.
        told: which networks, in words.
        better: of each metric, readings of the better networks, turned so that higher is worse.
        worse: of the worse ones.
        auc: of each metric; NaN if it has none.
    """

    title: str
    told: str
    better: Mapping[str, np.ndarray]
    worse: Mapping[str, np.ndarray]
    auc: Mapping[str, float]


def roc_curve(better: np.ndarray, worse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of both groups that read at least as much as a threshold, over all thresholds.

    Args:
        better: readings, turned so that higher is worse; those that are NaN are left out.
        worse: of the other group.

    Returns:
        The share of the better and the share of the worse, from 0 to 1; ties are a slope, so that
        the area below is the AUC.

    Example:
        >>> [share.tolist() for share in roc_curve(np.array([0.2, 0.4]), np.array([0.3, 0.5]))]
        [[0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0]]
    """
    better, worse = better[np.isfinite(better)], worse[np.isfinite(worse)]
    thresholds = np.unique(np.concatenate([better, worse]))[::-1]
    shares = [
        np.concatenate([[0.0], (group[None] >= thresholds[:, None]).mean(axis=1)])
        for group in (better, worse)
    ]
    return shares[0], shares[1]


def draw_roc(panels: Sequence[RocPanel], headlines: Sequence[str], theme: Theme = LIGHT) -> Figure:
    """A square per target, a curve per metric, the AUC of each below.

    Args:
        panels: the targets, three in a row.
        headlines: metrics that are drawn thick; the others are thin and dashed.
        theme: the colours.

    Returns:
        The figure.
    """
    lines = max(len(panel.auc) for panel in panels)
    high = _TOP + _SIDE + 52 + lines * _KEY + 14
    figure = new_figure(WIDTH, -(-len(panels) // 3) * high, theme)
    for index, panel in enumerate(panels):
        row, column = divmod(index, 3)
        left, top = column * _PITCH + _LEFT, row * high + _TOP
        axes = place_axes(figure, left, top, _SIDE, _SIDE)
        style_axes(axes, theme)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.set_xlabel("share of better networks that read as much", fontsize=8.5)
        axes.set_ylabel("share of worse ones", fontsize=8.5)
        axes.xaxis.label.set_color(theme.faint)
        axes.yaxis.label.set_color(theme.faint)
        axes.plot([0, 1], [0, 1], color=theme.line, linewidth=1.2)
        title = shortened(panel.title, 40)
        place_text(figure, left, top - 27, title, ha="left", color=theme.ink, weight="bold")
        place_text(figure, left, top - 12, panel.told, ha="left", color=theme.faint, fontsize=8)
        for rank, metric in enumerate(_ordered(panel.auc, headlines)):
            _draw_metric(axes, panel, metric, _look(rank, metric, headlines, theme))
            key = top + _SIDE + 52 + rank * _KEY
            place = place_axes(figure, left, key - 6, 34, 12)
            place.set_axis_off()
            place.plot([0, 1], [0, 0], **_look(rank, metric, headlines, theme))
            auc = panel.auc[metric]
            area = "no AUC" if np.isnan(auc) else f"AUC {auc:.2f}"
            told = f"{metric}  {area}{_left_out(panel, metric)}"
            weight = "bold" if metric in headlines else "normal"
            place_text(figure, left + 42, key, told, ha="left", color=theme.ink, weight=weight)
    return figure


def _left_out(panel: RocPanel, metric: str) -> str:
    """How many networks have no place on the curve."""
    both = np.concatenate([panel.better[metric], panel.worse[metric]])
    count = int(np.isnan(both).sum())
    return f", {count} undefined" if count else ""


def _ordered(auc: Mapping[str, float], headlines: Sequence[str]) -> list[str]:
    return [*headlines, *(metric for metric in auc if metric not in headlines)]


def _look(rank: int, metric: str, headlines: Sequence[str], theme: Theme) -> dict[str, Any]:
    thick = metric in headlines
    looks = _LOOKS if thick else _THIN
    method, dashes = looks[(rank if thick else rank - len(headlines)) % len(looks)]
    return {
        "color": theme.method_color(method),
        "linestyle": dashes,
        "linewidth": 2.6 if thick else 1.4,
    }


def _draw_metric(axes: Axes, panel: RocPanel, metric: str, look: dict[str, Any]) -> None:
    if not np.isnan(panel.auc[metric]):
        axes.plot(
            *roc_curve(panel.better[metric], panel.worse[metric]), **look, zorder=3, clip_on=False
        )

"""The target beside what each network draws instead of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from fer_jax.show.figure import new_figure, place_axes, place_text
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.wording import shortened

MAX_REPRODUCTIONS = 24
"""Pictures shown; how many more there are is stated."""

_COLUMNS = 8
_TILE, _GAP, _LABELS, _PAUSE = 112, 10, 40, 26


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A picture that a network drew.

    Attributes:
        label: what to call it, such as "seed 3".
        image: `(size, size, 3)` float RGB in [0, 1].
        loss: mean squared error against the target; NaN where it is not known.
        diverged_at: the step at which training broke down, or -1.
    """

    label: str
    image: np.ndarray
    loss: float = float("nan")
    diverged_at: int = -1


def draw_reproductions(
    target: np.ndarray,
    reproductions: Sequence[Reproduction],
    *,
    target_label: str = "target",
    theme: Theme = LIGHT,
) -> Figure:
    """The target on the left, the reproductions to its right, the loss under each.

    Args:
        target: `(size, size, 3)` float RGB in [0, 1].
        reproductions: in the order in which they are shown; the first `MAX_REPRODUCTIONS` are.
        target_label: what to call the target.
        theme: the colours.

    Returns:
        The figure. A seed that diverged is dimmed and crossed out, and says at which step.
    """
    shown = list(reproductions[:MAX_REPRODUCTIONS])
    columns = max(1, min(len(shown), _COLUMNS))
    rows = max(1, -(-len(shown) // columns))
    step = _TILE + _GAP
    left_out = len(reproductions) - len(shown)
    width = 2 * _GAP + _TILE + _PAUSE + columns * step
    height = _GAP + rows * (_TILE + _LABELS) + (20 if left_out else 0)
    figure = new_figure(width, height, theme)
    _draw_picture(figure, _GAP, _GAP, target, theme.ink, dimmed=False)
    place_text(
        figure, _GAP + _TILE / 2, _GAP + _TILE + 13, shortened(target_label, 18),
        ha="center", color=theme.ink, weight="bold",
    )  # fmt: skip
    start = _GAP + _TILE + _PAUSE
    for index, reproduction in enumerate(shown):
        row, column = divmod(index, columns)
        x, y = start + column * step, _GAP + row * (_TILE + _LABELS)
        diverged = reproduction.diverged_at >= 0
        frame = theme.alarm if diverged else theme.line
        _draw_picture(figure, x, y, reproduction.image, frame, dimmed=diverged)
        color, text = theme.faint, _loss_text(reproduction.loss)
        if diverged:
            color, text = theme.alarm, f"diverged at {reproduction.diverged_at:,}"
        middle = x + _TILE / 2
        label = shortened(reproduction.label, 18)
        place_text(figure, middle, y + _TILE + 13, label, ha="center", color=theme.ink)
        place_text(figure, middle, y + _TILE + 28, text, ha="center", color=color, fontsize=8)
    if left_out:
        place_text(
            figure, start, height - 14, f"and {left_out} more, not shown",
            ha="left", color=theme.faint,
        )  # fmt: skip
    return figure


def _draw_picture(
    figure: Figure, x: float, y: float, image: np.ndarray, frame: str, *, dimmed: bool
) -> None:
    axes = place_axes(figure, x, y, _TILE, _TILE)
    picture = np.clip(np.nan_to_num(image, nan=0.5), 0.0, 1.0)
    axes.imshow(picture, interpolation="auto", aspect="auto", alpha=0.35 if dimmed else 1.0)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=frame, linewidth=1.0)
    if dimmed:
        axes.plot([0, 1], [0, 1], color=frame, linewidth=1.4, transform=axes.transAxes)


def _loss_text(loss: float) -> str:
    return f"loss {loss:.2g}" if np.isfinite(loss) else "loss unknown"

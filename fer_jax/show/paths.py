"""Paths of pictures: ancestors of what was bred, and networks that were kept in training.

Source: Kumar et al., arXiv 2505.11581, figures 8 and 17.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from fer_jax.cppn.render import Model
from fer_jax.lab.methods.method import Found
from fer_jax.lab.runs.stages import Stage, evenly, stages_of
from fer_jax.show.along import Course
from fer_jax.show.figure import new_figure, place_text
from fer_jax.show.theme import LIGHT, Theme
from fer_jax.show.tiles import COLUMNS, GAP, LINE, place_tile
from fer_jax.show.wording import number

MAX_PATHS = 6
"""Seeds of a run whose paths are shown, the first ones."""

MAX_LINE = COLUMNS - 1
"""Pictures of a path, evenly chosen, the first and the last among them; the target is beside."""

_TILE, _LEFT = 78, 92


@dataclass(frozen=True, eq=False)
class Path:
    """What one seed was at some stages.

    Attributes:
        seed: of the run.
        stages: how many there are; those shown are some of them.
        steps: of those shown, how many steps had been taken, or the generation of birth.
        models: the network or genome of each.
        scores: by metric, what each reads; NaN where that is undefined, None where none was read.
    """

    seed: int
    stages: int
    steps: tuple[int, ...]
    models: tuple[Model, ...]
    scores: dict[str, tuple[float | None, ...]]


def paths_of(found: Found, courses: Sequence[Course]) -> tuple[Path, ...]:
    """The paths that are shown of a run.

    Args:
        found: its lines of descent, or its networks and snapshots.
        courses: what its stages read.

    Returns:
        One for each of the first `MAX_PATHS` seeds; none if there are neither lines nor snapshots.
        Stages that were scored are shown first of all; what a seed was once it had diverged is not.
    """
    seeds = [one.seed for one in found.evolution if one.line]
    seeds += found.snapshots.seeds if found.snapshots else ()
    paths = []
    for seed in seeds[:MAX_PATHS]:
        stages = [stage for stage in stages_of(found, seeds=[seed]) if stage.model is not None]
        read = [_reading(course, seed) for course in courses]
        chosen = _chosen(stages, {step for values in read for step in values})
        paths.append(
            Path(
                seed=seed,
                stages=len(stages),
                steps=tuple(stage.step for stage in chosen),
                models=tuple(stage.model for stage in chosen if stage.model is not None),
                scores={
                    course.metric: tuple(values.get(stage.step) for stage in chosen)
                    for course, values in zip(courses, read, strict=True)
                },
            )
        )
    return tuple(paths)


def draw_paths(
    paths: Sequence[Path],
    images: Sequence[Float[np.ndarray, "stages size size 3"]],
    target: np.ndarray,
    *,
    unit: str,
    theme: Theme = LIGHT,
) -> Figure:
    """One row per seed, from its first picture to its last, what each reads under it.

    Args:
        paths: at least one.
        images: what the models of each draw, RGB in [0, 1].
        target: `(size, size, 3)` RGB in [0, 1], the end of every row; without pixels if there was
            none.
        unit: what `steps` are called: "step" or "generation".
        theme: the colours.

    Returns:
        The figure.
    """
    names = [unit, *paths[0].scores]
    height = _TILE + len(names) * LINE + 2 * GAP
    columns = max(len(path.steps) for path in paths) + bool(target.size)
    figure = new_figure(_LEFT + columns * (_TILE + GAP), GAP + len(paths) * height, theme)
    for row, (path, drawn) in enumerate(zip(paths, images, strict=True)):
        top = GAP + row * height
        place_text(
            figure, GAP, top + _TILE / 2, f"seed {path.seed}",
            ha="left", color=theme.ink, weight="bold",
        )  # fmt: skip
        for at, name in enumerate(names):
            place_text(
                figure, GAP, top + _TILE + 12 + at * LINE, name,
                ha="left", color=theme.faint, fontsize=8,
            )  # fmt: skip
        for place, image in enumerate(drawn):
            told = [f"{path.steps[place]:,}"]
            told += [_told(values[place]) for values in path.scores.values()]
            place_tile(figure, _LEFT + place * (_TILE + GAP), top, _TILE, image, told, theme)
        if target.size:
            x = _LEFT + (columns - 1) * (_TILE + GAP)
            place_tile(figure, x, top, _TILE, target, ["target"], theme)
    return figure


def _chosen(stages: Sequence[Stage], scored: Collection[int]) -> list[Stage]:
    """Evenly of those that were scored, and of the others as many as there is room for."""
    chosen: list[Stage] = []
    for of in (
        [stage for stage in stages if stage.step in scored],
        [stage for stage in stages if stage.step not in scored],
    ):
        chosen += [of[place] for place in evenly(len(of), MAX_LINE - len(chosen))]
    return sorted(chosen, key=lambda stage: stage.step)


def _reading(course: Course, seed: int) -> dict[int, float]:
    """What one seed reads, by step."""
    if seed not in course.seeds:
        return {}
    own = course.seeds.tolist().index(seed)
    read = course.read[own]
    return dict(zip(course.steps[read].tolist(), course.values[own][read].tolist(), strict=True))


def _told(value: float | None) -> str:
    return "" if value is None else "–" if np.isnan(value) else number(value)

"""The scores along the runs of a page, and what is said of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fer_jax.show.along import Along, draw_along
from fer_jax.show.gallery import Gallery
from fer_jax.show.groups import Group, distinct
from fer_jax.show.report_pictures import Section, Shown, by_target
from fer_jax.show.wording import joined, number

_MARKS = {
    False: "a kept network",
    True: "an ancestor of what was bred, at the generation of its birth",
}


def along_sections(
    gallery: Gallery, runs: Sequence[Shown], groups: Sequence[Group], metrics: Mapping[str, Any]
) -> list[Section]:
    """The scores along each target's runs, of which snapshots or ancestors were scored."""
    worse = {name: metric.worse for name, metric in metrics.items()}
    sections = []
    for target, members in by_target(runs):
        genome = {
            (group.metric, group.version): group.mean
            for group in groups
            if group.target == target and group.method == "genome"
        }
        drawn = [
            Along(run.called, run.courses, run.method, genome, run.unit, bool(run.evolution))
            for run in members
            if run.courses
        ]
        if not drawn:
            continue
        told = "; ".join(f"{run.label}: {joined(_course_told(run))}" for run in drawn)
        picture = gallery.add(
            f"along {target}",
            partial(draw_along, drawn, worse=worse),
            alt=f"Scores along the way for {target}. {told}.",
            caption=_along_caption(drawn),
        )
        sections.append(Section(target, (picture,)))
    return sections


def _course_told(run: Along) -> list[str]:
    return [
        f"mean {course.metric} {number(float(course.mean[0, 0]))} at {run.unit} "
        f"{course.steps[0]:,}, {number(float(course.mean[0, -1]))} at {run.unit} "
        f"{course.steps[-1]:,}"
        for course in run.courses
    ]


def _along_caption(runs: Sequence[Along]) -> str:
    """How to read the picture, and how many values are missing from it."""
    bred = {run.bred for run in runs}
    marks = [what for kind, what in _MARKS.items() if kind in bred]
    read = f"Each mark is {' or '.join(marks)}: every seed thin, the mean over those with a value "
    read += "thick, its 95% bootstrap interval shaded"
    read += "; steps are logarithmic from 1 on." if False in bred else "."
    if True in bred:
        read += " In the mean an ancestor counts until the next one is born."
    if any((c.metric, c.version) in run.genome for run in runs for c in run.courses):
        read += " The dashed line is the genome that draws the target."
    missing = []
    for metric in distinct(course.metric for run in runs for course in run.courses):
        courses = [course for run in runs for course in run.courses if course.metric == metric]
        undefined, total = sum(c.undefined for c in courses), sum(c.read.sum() for c in courses)
        if undefined:
            why = next(course.reason for course in courses if course.undefined)
            missing.append(f"{metric} for {undefined:,} of {total:,} networks (such as: {why})")
    told = (
        f"Undefined, and left as gaps: {'; '.join(missing)}." if missing else "None is undefined."
    )
    return f"{read} {told}"

"""The report: one static page on a tree of saved runs. It opens from disk, without a server."""

import os
from collections.abc import Sequence
from pathlib import Path

from fer_jax.errors import FerJaxError, RunFolderError
from fer_jax.lab.folders.atomic import write_text
from fer_jax.lab.folders.scan import scan
from fer_jax.lab.runs.reports import REPORTS
from fer_jax.lab.tables.collect import GROUPS, collect_folders, summarize, varying
from fer_jax.metrics.registry import METRICS
from fer_jax.show.gallery import Gallery
from fer_jax.show.groups import Group, distinct, groups_of
from fer_jax.show.page import PAGE, Listed, MetricEntry, render_page
from fer_jax.show.report_pictures import Shown
from fer_jax.show.saved import asked, environment_of, listed_of, pictured, read_shown

FOLDER = "report"


def write_report(root: str | os.PathLike[str]) -> Path:
    """Draw a page about every run at or below a folder, from what is saved there.

    Args:
        root: the `output_dir` of one or many sweeps, or any folder above.

    Returns:
        Path of the page, `root/report/index.html`; its pictures lie beside it.

    Raises:
        RunFolderError: in one line, if there is no such folder, no run folder in it, or the page
            cannot be written.
    """
    root = Path(root)
    found = scan(root)
    if not found.folders and not found.corrupt:
        raise RunFolderError(f"{root}: holds no run folder; name the output_dir of a run")
    collected = collect_folders(found)
    also = varying(collected.table)
    groups = groups_of(collected.table, summarize(collected.table, (*GROUPS, *also)), also)
    shown: list[Shown] = []
    unreadable = list(collected.corrupt)
    for run in pictured(found.folders):
        try:
            shown.append(read_shown(run, also))
        except FerJaxError as error:
            unreadable.append(str(error))
    listed = [listed_of(run, root) for run in found.folders]
    listed += [Listed("unreadable", told=told) for told in distinct(unreadable)]
    folder = root / FOLDER
    gallery = Gallery(folder)
    try:
        folder.mkdir(exist_ok=True)
        text = render_page(
            gallery,
            title=root.resolve().name or str(root),
            runs=shown,
            listed=listed,
            groups=groups,
            study=asked(found.folders),
            metrics=METRICS,
            entries=_definitions(groups),
            environment=environment_of(found.folders),
        )
        write_text(folder / PAGE, text)
        gallery.clear_others()
    except OSError as error:
        raise RunFolderError(f"{folder}: cannot be written: {error.strerror}") from None
    return folder / PAGE


def _definitions(groups: Sequence[Group]) -> list[MetricEntry]:
    """The registry's definition of every metric that was read, in the registry's order."""
    entries = []
    for name, metric in METRICS.items():
        versions = distinct(group.version for group in groups if group.metric == name)
        if versions:
            others = ", ".join(version for version in versions if version != metric.version)
            entries.append(
                MetricEntry(
                    name=name,
                    kind=metric.kind,
                    version=metric.version,
                    worse=metric.worse,
                    range=metric.range,
                    summary=metric.summary,
                    others=others,
                )
            )
    read = {group.metric for group in groups} - set(METRICS)
    entries += [
        MetricEntry(name, "report", one.version, "neither", one.range, one.summary)
        for name, one in REPORTS.items()
        if name in read
    ]
    return entries

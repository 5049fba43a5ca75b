"""The readings of one network or genome, for people and as JSON."""

import json
import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fer_jax.lab.console import WIDE, number
from fer_jax.lab.folders.environment import version_of
from fer_jax.lab.runs.readings import HEADLINES
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Reading
from fer_jax.metrics.registry import METRICS

_HEADINGS = {
    "headline": "Headlines",
    "fracture": "Fracture",
    "entanglement": "Entanglement",
    "baseline": "Baselines, which a score must outdo",
    "report": "Reports",
}
_PLACES = 11
_WIDE_ENOUGH = 100
_LEGEND = (
    "# marks where a value lies from 0 to 1, < and > that it lies beyond. `fer-jax score --help` "
    "tells how to read it, `--json` what each metric needs."
)


def score_table(
    name: str, size: int, readings: Sequence[Reading], width: int = WIDE
) -> RenderableType:
    """The readings of one whole network or genome: headlines, then by kind, then what is undefined.

    Args:
        name: what the user calls it.
        size: pixels along one side at which it was looked at.
        readings: as `measure` gives them; those of single layers are left out.
        width: columns to print on. In few, what the ends of a scale stand for goes below the value.

    Returns:
        What is to be printed; 60 columns are enough.
    """
    whole = [reading for reading in readings if reading.layer is None]
    widest = max([6, *(len(reading.metric) for reading in whole)])
    is_wide = width >= _WIDE_ENOUGH
    heading = ["metric", "value", "0         1", "worse", "what the ends stand for"]
    head = _grid(widest, is_wide)
    head.add_row(*(heading if is_wide else heading[:-1]), style="dim")
    parts: list[RenderableType] = [Text(f"{name}, at {size} x {size} pixels", "italic"), head]
    groups = dict.fromkeys(_group_of(METRICS[reading.metric]) for reading in whole)
    for group in sorted(groups, key=_rank):
        parts.append(Text(_HEADINGS.get(group, group.capitalize()), "bold"))
        for reading in whole:
            if _group_of(METRICS[reading.metric]) == group:
                parts += _lines(reading, METRICS[reading.metric], widest, is_wide)
        parts.append(Text())
    return Group(*parts, *_undefined(whole), Text(_versions(whole), "dim"), Text(_LEGEND, "dim"))


def score_json(name: str, size: int, readings: Sequence[Reading]) -> str:
    """The readings as JSON; an undefined value is null, with a reason.

    Args:
        name: what the user calls it.
        size: pixels along one side at which it was looked at.
        readings: as `measure` gives them.

    Returns:
        An object: model, size, versions (of what computed it) and readings, each with all that its
        metric says of itself.
    """
    rows = []
    for reading in readings:
        metric = METRICS[reading.metric]
        value = reading.value if math.isfinite(reading.value) else None
        rows.append(
            {"metric": reading.metric, "value": value, "layer": reading.layer}
            | {"version": reading.version, "reason": reading.reason}
            | {"kind": metric.kind, "worse": metric.worse, "range": metric.range}
            | {"calibration": metric.calibration, "needs": metric.needs}
            | {"basis_free": metric.basis_free, "reference": metric.reference}
            | {"summary": metric.summary}
        )
    versions = {package: version_of(package) for package in ("fer-jax", "jax")}
    content = {"model": name, "size": size, "versions": versions, "readings": rows}
    return json.dumps(content, indent=2)


def track(value: float) -> str:
    """Where a value lies between 0 and 1, as a mark on a line.

    Example:
        >>> track(0.0), track(0.32), track(1.0)
        ('#··········', '···#·······', '··········#')
        >>> track(-3.0), track(1.5)
        ('<··········', '··········>')
    """
    if not math.isfinite(value):
        return ""
    place = round(min(max(value, 0.0), 1.0) * (_PLACES - 1))
    mark = "<" if value < 0 else ">" if value > 1 else "#"
    return "·" * place + mark + "·" * (_PLACES - 1 - place)


def _grid(widest: int, is_wide: bool) -> Table:
    """Columns of the same widths in every group; in a wide one, another takes what is left."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=is_wide)
    grid.add_column(width=widest + 2, no_wrap=True)
    grid.add_column(width=8, justify="right", no_wrap=True)
    grid.add_column(width=_PLACES, no_wrap=True)
    grid.add_column(width=6, no_wrap=True)
    if is_wide:
        grid.add_column(ratio=1, overflow="fold")
    return grid


def _lines(reading: Reading, metric: Metric, widest: int, is_wide: bool) -> list[RenderableType]:
    # Text, since what metrics say may hold what rich takes for markup.
    cells = [
        Text(f"  {reading.metric}"),
        Text(number(reading.value), "bold"),
        Text(track(reading.value) if metric.range.endswith("1") else ""),
        Text("" if metric.worse == "neither" else metric.worse),
    ]
    told = metric.calibration if metric.calibration != "none" else f"{metric.range}; no scale"
    ends = Text(told, "" if is_wide else "dim")
    grid = _grid(widest, is_wide)
    grid.add_row(*cells, *([ends] if is_wide else []))
    return [grid] if is_wide else [grid, Padding(ends, (0, 0, 0, 4))]


def _rank(group: str) -> int:
    """Where a group stands; kinds that are not known here come last."""
    return list(_HEADINGS).index(group) if group in _HEADINGS else len(_HEADINGS)


def _group_of(metric: Metric) -> str:
    return "headline" if metric.name in HEADLINES else metric.kind


def _undefined(readings: Sequence[Reading]) -> list[RenderableType]:
    """Why values are undefined, once for all metrics that say the same."""
    names: dict[tuple[str, str], list[str]] = {}
    for reading in readings:
        if reading.reason:
            needs = METRICS[reading.metric].needs
            names.setdefault((reading.reason, needs), []).append(reading.metric)
    told: list[RenderableType] = []
    for (reason, needs), metrics in names.items():
        told.append(Text(f"  {', '.join(metrics)}: {reason}"))
        told.append(Padding(Text(f"needs {needs}", "dim"), (0, 0, 0, 4)))
    return [Text("Undefined", "bold"), *told, Text()] if told else []


def _versions(readings: Sequence[Reading]) -> str:
    """Which metric is of which version; most are of one and the same.

    Example:
        >>> _versions([Reading("spread", "1", None, 0.5), Reading("fracture", "2", None, 0.5)])
        'Versions: 1 (spread), 2 (fracture).'
    """
    names: dict[str, list[str]] = {}
    for reading in readings:
        names.setdefault(reading.version, []).append(reading.metric)
    most = max(names, key=lambda version: len(names[version]), default="")
    if len(names) > 1 and len(names[most]) > 2:
        names[most] = ["all others"]
    told = [f"{version} ({', '.join(members)})" for version, members in names.items()]
    return f"Versions: {', '.join(told)}."

"""Test 2: changes that leave a network the same must leave its readings the same."""

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.readings import readings
from fer_jax.validation.same import EXACT, OTHERS, subject
from fer_jax.validation.verdict import Verdict
from fer_jax.validation.workshop import Workshop

NAME = "invariances"
EDITION = "1"

SHELF = ("heart", "moth")
DIALS = ("mirror", "rotation")


def read_invariances(workshop: Workshop) -> pd.DataFrame:
    """Read models and what should read the same.

    Returns:
        Columns subject, change, most, metric, version, value (of the changed model), before and
        reason.
    """
    subjects = [*(f"shelf {name}" for name in SHELF), *(f"dial {name}" for name in DIALS)]
    subjects = [*subjects, "random relu", "random mixed"]
    if workshop.quick:
        subjects = ["random mixed"]
    size = workshop.size
    pieces = {
        f"{name.replace(' ', '-')}-{size}": functools.partial(read_subject, name, size)
        for name in subjects
    }
    return workshop.read(NAME, EDITION, pieces)


def read_subject(name: str, size: int, metrics: Sequence[str]) -> pd.DataFrame:
    """What metrics read on one model, and on all that should read the same."""
    model, regions, same = subject(name, size)
    before = {
        at: readings(model, metrics, {}, size=at, regions=regions)["value"]
        for at in sorted({each.than for each in same})
    }
    found = []
    for each in same:
        most = np.nan if each.most is None else each.most
        about = {"subject": name, "change": each.change, "most": most}
        seen = each.regions or regions
        after = readings(each.model, metrics, about, size=each.size, regions=seen)
        found.append(after.assign(before=before[each.than]))
    return pd.concat(found, ignore_index=True)


def judge_invariances(found: pd.DataFrame) -> list[Verdict]:
    """The largest difference by any change of either sort, and by those that are reported only."""
    apart = (found["value"] - found["before"]).abs()
    # A metric that is undefined before must be so after, and the other way round.
    one_sided = found["value"].isna() != found["before"].isna()
    ranged = found["metric"].map(lambda name: METRICS[name].range.endswith("1"))
    scale = np.where(ranged, 1.0, found["before"].abs().clip(lower=1.0))
    found = found.assign(apart=np.where(one_sided, np.inf, apart / scale))
    verdicts = []
    for metric, group in found.groupby("metric", sort=False):
        for most, what in (
            (EXACT, "exact changes"),
            (OTHERS, "other changes"),
            (None, "duplicate"),
        ):
            rows = group[group["most"].isna() if most is None else group["most"] == most]
            if not len(rows):
                continue
            value = float(rows["apart"].max())
            defined = rows["apart"].notna()
            worst = rows[rows["apart"] == value].iloc[0] if defined.any() else None
            note = "" if worst is None else f"{worst['change']}, of {worst['subject']}"
            verdicts.append(
                Verdict(
                    NAME,
                    str(metric),
                    f"largest difference, {what}",
                    value,
                    "" if most is None else f"<= {most}",
                    None if most is None or not defined.any() else value <= most,
                    n=len(rows),
                    undefined=int((~defined).sum()),
                    note=note,
                )
            )
    return verdicts

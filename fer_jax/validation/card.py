"""The report card: a row per metric and per baseline, and what each test found of it."""

import math
from typing import Any

import pandas as pd

from fer_jax.metrics.registry import METRICS
from fer_jax.validation.dials import BASELINE, OTHER, OWN

QUICK = "A quick look at a few pictures, which is no card."


def card(judged: pd.DataFrame) -> pd.DataFrame:
    """One row per metric, from its rows per family.

    Args:
        judged: of `fer_jax.validation.dials.judge`.

    Returns:
        Columns metric, version, kind; over all families the weakest correlation with its own dial
        and the strongest with the other (of baselines and reports, the strongest with each);
        undefined and n; and passes, which is empty where nothing is asked.
    """
    rows = []
    for metric, group in judged.groupby("metric", sort=False):
        kind = METRICS[str(metric)].kind
        strongest = {
            dial: float(group[f"rho_{dial}"].abs().max()) for dial in ("fracture", "entanglement")
        }
        if kind in strongest:
            strongest[kind] = float(group[f"rho_{kind}"].min())
        passes = group["passes"]
        rows.append(
            {
                "metric": metric,
                "version": group["version"].iloc[0],
                "kind": kind,
                "rho_fracture": strongest["fracture"],
                "rho_entanglement": strongest["entanglement"],
                "undefined": int(group["undefined"].sum()),
                "n": int(group["n"].sum()),
                "passes": None if passes.isna().all() else bool(passes.all()),
            }
        )
    order = list(METRICS)
    rows.sort(key=lambda row: order.index(row["metric"]))
    return pd.DataFrame(rows).astype({"passes": "boolean"})


def as_markdown(whole: pd.DataFrame, judged: pd.DataFrame, *, quick: bool) -> str:
    """The card as a page.

    Args:
        whole: of `card`.
        judged: of `judge`.
        quick: whether it is no card.

    Returns:
        Markdown.
    """
    families = list(judged["family"].unique())
    by_pair = {(row["metric"], row["family"]): row for row in judged.to_dict("records")}
    lines = [
        "# Report card",
        "",
        *([f"**{QUICK}**", ""] if quick else []),
        f"Test 1, dials of known truth: {len(families)} families, "
        f"{int(judged['n'].iloc[0])} genomes each. Spearman's rank correlation, of the weakest "
        f"family with a metric's own dial (at least {OWN}) and of the strongest with the other "
        f"one (at most {OTHER}); of a baseline with either, at most {BASELINE}.",
        "",
        "| metric | version | kind | fracture dial | entanglement dial | undefined | passes |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row['metric']} | {row['version']} | {row['kind']} | {told(row['rho_fracture'])} "
            f"| {told(row['rho_entanglement'])} | {row['undefined']} of {row['n']} "
            f"| {verdict(row['passes'])} |"
            for row in whole.to_dict("records")
        ),
        "",
        "## By family: fracture dial / entanglement dial",
        "",
        f"| metric | {' | '.join(families)} |",
        "|---" * (len(families) + 1) + "|",
    ]
    for metric in whole["metric"]:
        rows = [by_pair[metric, family] for family in families]
        pairs = [f"{told(r['rho_fracture'])} / {told(r['rho_entanglement'])}" for r in rows]
        lines.append(f"| {metric} | {' | '.join(pairs)} |")
    return "\n".join(lines) + "\n"


def verdict(passes: Any) -> str:
    """A verdict in a word, or nothing where nothing is asked.

    Example:
        >>> verdict(True), verdict(pd.NA)
        ('yes', '')
    """
    return "" if pd.isna(passes) else "yes" if passes else "no"


def told(rho: float) -> str:
    """A correlation for people.

    Example:
        >>> told(0.98), told(float("nan"))
        ('+0.980', '–')
    """
    return "–" if math.isnan(rho) else f"{rho:+.3f}"

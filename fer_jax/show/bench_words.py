"""What the bench found of the headlines, in words."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from fer_jax.show.baselines_beside import COMPARED, AsWell
from fer_jax.validation import controls, dials, pairs, stability, trained_dials
from fer_jax.validation.card import TESTS
from fer_jax.validation.card_text import told, verdict
from fer_jax.validation.same import EXACT, OTHERS

ABOUT = {
    "dials": "Genomes that draw the same picture at every setting of two dials. A reading must "
    f"follow its own dial (rank correlation at least {dials.OWN} in every family) and not the "
    f"other (at most {dials.OTHER}); a baseline neither (at most {dials.BASELINE}).",
    "trained": "Networks with a known share of tied units, trained to the same picture and loss. "
    f"A reading must follow its own dial (at least {trained_dials.LEAST} for every picture).",
    "invariances": "Changes that leave a network the same must leave its readings the same: to "
    f"{EXACT:g} for exact changes, {OTHERS:g} for others.",
    "controls": "Untrained networks must not read as unified, and rotated, noisy, pruned or smooth "
    f"networks must not mislead (AUC at least {controls.LEAST}).",
    "pairs": "For each target, networks trained from random weights must read worse than the "
    f"genome (at least {pairs.LEAST} of them).",
    "stability": f"Another key may move a reading by {stability.MOST_SD} (standard deviation), "
    f"noise that nobody can see by {stability.MOST_MOVED}.",
    "prediction": "Does the reading predict how well a network adapts, beyond the baselines?",
    "labels": "Do groups of links found from effects agree with the labels that people gave?",
}
"""What each test asks."""


@dataclass(frozen=True)
class Found:
    """What a headline made of a test.

    Attributes:
        word: "yes", "no", or "" where nothing is asked of it or nothing was taken.
        met: such as "2 of 3".
        weakest: what it fails, with numbers, or "".
    """

    word: str
    met: str
    weakest: str


@dataclass(frozen=True)
class Standing:
    """A row of the list, test by test.

    Attributes:
        title: of the test.
        about: what it asks.
        found: of each headline.
        beside: which baselines do as well.
    """

    title: str
    about: str
    found: tuple[Found, ...]
    beside: tuple[str, ...]


def standings(
    card: pd.DataFrame, verdicts: pd.DataFrame, headlines: Sequence[str], equal: Sequence[AsWell]
) -> list[Standing]:
    """Test by test, what each headline made of it.

    Args:
        card: of the bench.
        verdicts: of the bench.
        headlines: by name.
        equal: baselines that do as well.
    """
    return [
        Standing(
            TESTS[test],
            ABOUT[test],
            tuple(_found(card, verdicts, name, test) for name in headlines),
            tuple(_beside(name, test, equal) for name in headlines if _beside(name, test, equal)),
        )
        for test in TESTS
        if test in card.columns
    ]


def _found(card: pd.DataFrame, verdicts: pd.DataFrame, metric: str, test: str) -> Found:
    of_test = verdicts[(verdicts["metric"] == metric) & (verdicts["test"] == test)]
    asked = of_test["passes"].dropna()
    failed = of_test[~of_test["passes"].fillna(True).astype(bool)]
    lines = [_told(row) for row in failed.to_dict("records")]
    more = [f"and {len(lines) - 3} more, below"] if len(lines) > 3 else []
    word = verdict(bool(asked.all()) if len(asked) else pd.NA)
    return Found(word, f"{int(asked.sum())} of {len(asked)}", "; ".join([*lines[:3], *more]))


def _told(row: Mapping[Hashable, Any]) -> str:
    """A number that is not what was asked."""
    missing = f"{row['undefined']} of {row['n']} undefined" if row["undefined"] else ""
    value = "" if math.isnan(row["value"]) else told(row["value"])
    return f"{row['what']}: {', '.join(filter(None, [value, missing])) or 'no value'}"


def _beside(headline: str, test: str, equal: Sequence[AsWell]) -> str:
    these = [each for each in equal if (each.headline, each.test) == (headline, test)]
    names = [f"{e.baseline} {e.own:.2f}{' turned' if e.turned else ''}" for e in these]
    return f"as {headline}, {these[0].headline_own:.2f}: {', '.join(names)}" if names else ""


def lead(
    standing: Sequence[Standing], headlines: Sequence[str], equal: Sequence[AsWell]
) -> list[str]:
    """Paragraphs: first where a baseline does as well, then what each headline passes and fails.

    Args:
        standing: of `standings`.
        headlines: by name.
        equal: baselines that do as well.
    """
    paragraphs = [_as_well(standing, equal)]
    for index, name in enumerate(headlines):
        found = [(_short(each.title), each.found[index]) for each in standing]
        passes = [title for title, each in found if each.word == "yes"]
        fails = [f"{title[:-1]}: {each.met})" for title, each in found if each.word == "no"]
        nothing = [title for title, each in found if not each.word]
        parts = [
            f"passes {_tests(passes)}" if passes else "passes no test",
            f"fails {_tests(fails)}" if fails else "fails none",
            *([f"has nothing asked of it in {_tests(nothing)}"] if nothing else []),
        ]
        paragraphs.append(f"{name} {listed(parts)}.")
    return paragraphs


_DOES = {
    "dials": "follows its dial as closely as",
    "trained": "follows its dial as closely as",
    "controls": "meets as much of what is asked as",
    "pairs": "separates all pairs as fully as",
}


def _as_well(standing: Sequence[Standing], equal: Sequence[AsWell]) -> str:
    """Where a baseline does as well as a headline, or that none does."""
    if not equal:
        taken = {each.title for each in standing}
        where = [_short(TESTS[test]) for test in COMPARED if TESTS[test] in taken]
        return f"No baseline does as well as a headline that has a value ({_tests(where)})."
    sentences = []
    for test, does in _DOES.items():
        # Baselines that stand in for the same headlines share a sentence.
        those: dict[tuple[str, ...], list[str]] = {}
        here = [each for each in equal if each.test == test]
        for baseline in dict.fromkeys(each.baseline for each in here):
            as_these = tuple(each.headline for each in here if each.baseline == baseline)
            those.setdefault(as_these, []).append(baseline)
        for as_these, baselines in those.items():
            who = "a baseline" if len(baselines) == 1 else "each of the baselines"
            sentences.append(
                f"In test {_short(TESTS[test])} {who}, {listed(baselines)}, {does} "
                f"{listed(as_these)}."
            )
    return " ".join([*sentences, "There, a headline has shown no more than such a baseline."])


def _short(title: str) -> str:
    number, _, name = title.partition(" ")
    return f"{number} ({name})"


def _tests(titles: Sequence[str]) -> str:
    return f"{'test' if len(titles) == 1 else 'tests'} {listed(titles)}"


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence.

    Example:
        >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
        ('a, b and c', 'a', '')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))

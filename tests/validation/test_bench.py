"""The bench judges what is known to pass and to fail, and goes on where it was left."""

import functools
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_jax.genome.dials import LEVELS, dial_genome, dial_regions
from fer_jax.metrics.registry import METRICS
from fer_jax.metrics.scoring import measure
from fer_jax.validation import workshop
from fer_jax.validation.card import card
from fer_jax.validation.card_text import as_markdown
from fer_jax.validation.controls import judge_controls
from fer_jax.validation.dials import by_family, judge_dials, read_picture
from fer_jax.validation.groups import GENOME, SCRATCH, UNTRAINED, WIRING
from fer_jax.validation.invariances import judge_invariances
from fer_jax.validation.pair_table import over_targets, pair_table
from fer_jax.validation.pairs import judge_pairs
from fer_jax.validation.stability import judge_stability
from fer_jax.validation.verdict import verdict_table
from fer_jax.validation.workshop import Workshop

SETTINGS = list(itertools.product(LEVELS, LEVELS))


def on_dials(values: dict, family="mirror") -> pd.DataFrame:
    """Made up: a value of each metric from the dials."""
    rows = [
        (family, 0, f, e, metric, METRICS[metric].version, value(f, e))
        for metric, value in values.items()
        for f, e in SETTINGS
    ]
    columns = ["family", "draw", "fracture", "entanglement", "metric", "version", "value"]
    return pd.DataFrame(rows, columns=columns)


def passed(verdicts: list) -> dict:
    whole = card(verdict_table(verdicts))
    return dict(zip(whole["metric"], whole["passes"], strict=True))


def test_what_follows_its_own_dial_alone_passes():
    readings = on_dials(
        {
            "one_sidedness": lambda f, e: f,
            "mirror_sharing": lambda f, e: -f,
            "spread": lambda f, e: e,
            "total_variation": lambda f, e: 1.0,
        }
    )
    found = passed(judge_dials(by_family(readings)))
    assert found == dict.fromkeys(readings["metric"].unique(), True)


def test_what_follows_the_other_dial_or_the_wrong_way_fails():
    readings = on_dials(
        {
            "one_sidedness": lambda f, e: f + e,
            "mirror_sharing": lambda f, e: f,
            "spread": lambda f, e: np.nan if (f, e) == (0, 0) else e,
            "total_variation": lambda f, e: f,
        }
    )
    found = passed(judge_dials(by_family(readings)))
    assert found == dict.fromkeys(readings["metric"].unique(), False)


def test_nothing_is_asked_of_a_report():
    found = passed(judge_dials(by_family(on_dials({"still_pixels": lambda f, e: f}))))
    assert pd.isna(found["still_pixels"])


def test_one_family_that_fails_fails_the_card():
    good = on_dials({"one_sidedness": lambda f, e: f})
    bad = on_dials({"one_sidedness": lambda f, e: e}, family="scale")
    families = by_family(pd.concat([good, bad]))
    verdicts = verdict_table(judge_dials(families))
    (row,) = card(verdicts).to_dict("records")
    assert not row["passes"]
    assert row["dials_met"] == "0 of 2"
    pairs = pair_table(networks({GENOME: [0.3], SCRATCH: [0.5, 0.7, np.nan]}))
    text = as_markdown(card(verdicts), verdicts, families, pairs, quick=True)
    assert f"| one_sidedness | {METRICS['one_sidedness'].version} | 0.300 | 0.600 (0.5" in text
    assert "2, 1 undefined | 1.000 |" in text
    version = METRICS["one_sidedness"].version
    assert f"| one_sidedness | {version} | fracture | no, 0 of 2 | no |" in text
    assert "no card" in text
    assert "not here: 1 trained dials, 2 invariances" in text


def networks(values: dict, *, target="skull", loss=1e-3, symmetric=False) -> pd.DataFrame:
    """Made up: for each group, what one_sidedness reads on its members."""
    rows = [
        (target, group, str(i), loss, symmetric, "one_sidedness", value)
        for group, members in values.items()
        for i, value in enumerate(members)
    ]
    columns = ["target", "group", "member", "loss", "symmetric", "metric", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_pairs_are_told_by_target_and_over_all_of_them():
    found = pd.concat(
        [
            networks({GENOME: [0.3], SCRATCH: [0.4, 0.5, 0.6]}),
            networks({GENOME: [0.5], SCRATCH: [0.4, 0.6]}, target="apple"),
        ]
    )
    table = pair_table(found).set_index("target")
    assert table.loc["skull", ["n", "mean", "delta"]].tolist() == pytest.approx([3, 0.5, 1])
    assert table.loc["apple", ["n", "mean", "delta"]].tolist() == pytest.approx([2, 0.5, 0])
    assert table.loc["skull", "low"] < 0.5 < table.loc["skull", "high"]
    mean, low, high = over_targets(found, "one_sidedness")
    assert mean == pytest.approx(0.1)  # of 0.2 and 0: targets weigh alike, however many networks
    assert -0.1 <= low <= 0.0  # where only the apple is drawn
    assert 0.2 <= high <= 0.3
    assert np.isnan(over_targets(found, "spread")[0])


def of(verdicts: list, part: str):
    (found,) = (v for v in verdicts if v.metric == "one_sidedness" and part in v.what)
    return found


def test_pairs_ask_that_nearly_all_networks_read_worse():
    good = networks({GENOME: [0.3], SCRATCH: [0.5] * 8})
    verdict = of(judge_pairs(good), "skull")
    assert verdict.value == 1.0
    assert verdict.passes
    assert verdict.low == pytest.approx(0.6306, abs=1e-3)  # 0.025 ** (1 / 8)
    for members in ([0.5] * 7 + [0.2], [0.5] * 7 + [np.nan], [0.3] * 8):
        assert not of(judge_pairs(networks({GENOME: [0.3], SCRATCH: members})), "skull").passes


def test_controls_that_fool_a_metric_are_told():
    sound = {
        GENOME: [0.3],
        SCRATCH: [0.6, 0.7],
        WIRING: [0.4],
        "rotated": [0.3, 0.31],
        "finetuned": [0.4, 0.5],
        "pruned to 5%": [0.5, 0.4],
    }
    verdicts = judge_controls(pd.concat([networks(sound), untrained(0.8)]))
    assert all(v.passes for v in verdicts if v.metric == "one_sidedness" and v.asked)
    fooled = sound | {"rotated": [0.9, 0.9], "pruned to 5%": [0.1, 0.4]}
    verdicts = judge_controls(pd.concat([networks(fooled), untrained(0.1)]))
    for part, value in (("rotated", 0.0), ("pruned", 0.5), ("untrained", 1.0)):
        assert of(verdicts, part).value == value
        assert of(verdicts, part).passes is False
    # What is no more like the picture than that says nothing.
    poor = pd.concat([networks({k: fooled[k] for k in (GENOME, SCRATCH, WIRING)}),
                      networks({"pruned to 5%": [0.1]}, loss=0.1)])  # fmt: skip
    verdict = of(judge_controls(poor), "pruned")
    assert verdict.passes is None
    assert "1 of 1 left out" in verdict.note


def untrained(value: float) -> pd.DataFrame:
    seen = networks({UNTRAINED: [value]}, target="")
    mirror = networks({UNTRAINED: [0.0]}, target="", symmetric=True)
    return pd.concat([seen, mirror.assign(member="m")])


def changes(value: float, before: float, most: float | None = 1e-3) -> pd.DataFrame:
    about = {"subject": "s", "change": "c", "most": np.nan if most is None else most}
    return pd.DataFrame([{**about, "metric": "spread", "value": value, "before": before}])


def test_invariances_hold_to_their_bound_and_for_the_undefined():
    assert judge_invariances(changes(0.5, 0.5005))[0].passes
    assert not judge_invariances(changes(0.5, 0.503))[0].passes
    assert judge_invariances(changes(0.5, 0.503, most=0.03))[0].passes
    assert not judge_invariances(changes(np.nan, 0.5))[0].passes
    assert judge_invariances(changes(0.5, 0.9, most=None))[0].passes is None


def test_stability_is_of_keys_and_of_noise():
    def verdicts(keys, noise):
        rows = [("key", 0, value) for value in keys] + [("noise", 0, noise)]
        table = pd.DataFrame(rows, columns=["change", "draw", "value"])
        return judge_stability(table.assign(subject="s", metric="spread", before=keys[0]))

    assert [v.passes for v in verdicts([0.50, 0.51], 0.505)] == [True, True]
    assert [v.passes for v in verdicts([0.50, 0.60], 0.52)] == [False, False]


def counted(read: list, name: str, metrics) -> pd.DataFrame:
    read.append((name, tuple(metrics)))
    rows = [(metric, METRICS[metric].version, 0.5) for metric in metrics]
    return pd.DataFrame(rows, columns=["metric", "version", "value"])


def test_it_goes_on_and_reads_another_definition_anew(tmp_path, monkeypatch):
    read, told = [], []
    pieces = {name: functools.partial(counted, read, name) for name in ("a", "b", "c")}
    place = Workshop(tmp_path, tell=lambda what, done, of: told.append((done, of)), processes=1)
    first = place.read("part", "1", pieces)
    assert [name for name, _ in read] == ["a", "b", "c"]
    (tmp_path / "read" / "part-1" / "b.parquet").write_bytes(b"torn")
    told.clear()
    again = place.read("part", "1", pieces)
    assert read[3:] == [("b", tuple(METRICS))]
    assert told == [(2, 3), (3, 3)]
    pd.testing.assert_frame_equal(first, again)
    newer = {**METRICS, "spread": replace(METRICS["spread"], version="next")}
    monkeypatch.setattr(workshop, "METRICS", newer)
    place.read("part", "1", pieces)
    assert read[4:] == [(name, ("spread",)) for name in ("a", "b", "c")]
    place.read("part", "2", pieces)
    assert len(read) == 10
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.slow
def test_real_readings_follow_the_dials():
    """A corner of the bench, by the real metrics on real genomes."""
    found = read_picture("mirror", 0, 16, ["one_sidedness", "spread"])
    families = by_family(found).set_index("metric")
    assert families.loc["one_sidedness", "rho_fracture"] > 0.9
    assert families.loc["spread", "rho_entanglement"] > 0.9


@pytest.mark.parametrize("metric", ["one_sidedness", "spread"])
def test_each_follows_its_dial_and_not_the_other(metric):
    regions = dial_regions("translation", 1, 32)

    def value(fracture, entanglement):
        genome = dial_genome("translation", fracture, entanglement, 1)
        return measure(genome, [metric], size=24, regions=regions)[0].value

    along = {
        "fracture": [value(f, 0.5) for f in (0.0, 1.0)],
        "entanglement": [value(0.5, e) for e in (0.0, 1.0)],
    }
    own = along.pop(METRICS[metric].kind)
    (other,) = along.values()
    steps = np.diff(own)
    assert (steps > 0).all()
    assert np.ptp(other) < 0.2 * steps.min()

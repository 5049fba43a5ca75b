"""What predicts is told from what follows a baseline, and toy networks adapt."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, rankdata

from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome
from fer_jax.genome.layerize import layerize
from fer_jax.validation import adaptation
from fer_jax.validation.card import card
from fer_jax.validation.groups import GENOME, SCRATCH
from fer_jax.validation.networks import Subject, from_scratch
from fer_jax.validation.partial_rank import interval, partial_spearman
from fer_jax.validation.prediction import judge_prediction, read_prediction
from fer_jax.validation.related_targets import FAR, related_targets
from fer_jax.validation.verdict import verdict_table
from fer_jax.validation.workshop import Workshop

NETWORKS, TARGETS = 32, 6


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(0)
    return {
        name: random.normal(size=NETWORKS) for name in ("own", "baseline", "noise", "loss", "other")
    }


def test_partial_correlation_is_that_of_what_a_line_leaves(values):
    """With one thing known, there is a closed form."""
    one, known = values["own"], values["baseline"]
    other = one + known + values["noise"]
    ranks = [rankdata(x) for x in (one, other, known)]
    (ab, ac, bc) = (pearsonr(ranks[i], ranks[j])[0] for i, j in ((0, 1), (0, 2), (1, 2)))
    expected = (ab - ac * bc) / np.sqrt((1 - ac**2) * (1 - bc**2))
    assert partial_spearman(one, other, known[None]) == pytest.approx(expected)


def test_an_interval_is_wider_where_targets_differ(values):
    one, none = values["own"], np.zeros((0, NETWORKS))
    same = np.tile(one + values["noise"], (TARGETS, 1))
    differing = same + 3.0 * np.random.default_rng(1).normal(size=same.shape)
    widths = [np.subtract(*interval(one, costs, none)[::-1]) for costs in (same, differing)]
    assert 0.05 < widths[0] < widths[1] < 1.5


def judged(values, cost, how=adaptation.DENSE) -> dict:
    """Verdicts on made-up networks of a made-up cost."""
    score = values["own"]
    columns = {
        "spread": score,
        "mirror_sharing": -score,  # lower is worse
        "one_sidedness": values["baseline"] + 0.5 * values["other"],
        "total_variation": values["baseline"],
        "live_parameters": values["noise"],
    }
    found = pd.concat(
        pd.DataFrame(
            {
                **{"target": "skull", "member": [str(i) for i in range(NETWORKS)]},
                **{"metric": metric, "value": column, "loss": values["loss"]},
            }
        )
        for metric, column in columns.items()
    )
    random = np.random.default_rng(2)
    rows = [
        ("skull", f"related {t}", how, SCRATCH, str(i), 100.0, c + 0.1 * random.normal(), True)
        for t in range(TARGETS)
        for i, c in enumerate(cost)
    ] + [("skull", "related 0", how, GENOME, "genome", 7.0, np.log(7), False)]
    names = ["target", "relative", "how", "group", "member", "outcome", "cost", "reached"]
    verdicts = judge_prediction(found, pd.DataFrame(rows, columns=names))
    return {verdict.metric: verdict for verdict in verdicts}


def test_a_score_that_sets_the_steps_predicts_and_a_follower_does_not(values):
    found = judged(values, values["own"] + values["baseline"])
    for metric in ("spread", "mirror_sharing"):
        assert found[metric].value > 0.9
        assert found[metric].low > 0.6
        assert float(found[metric].note.split()[2].rstrip(";")) < 1e-6
        assert "same sign for 6 of 6" in found[metric].note
    # It follows the baseline alone, which is known.
    assert abs(found["one_sidedness"].value) < 0.4
    assert found["one_sidedness"].low < 0 < found["one_sidedness"].high
    assert float(found["one_sidedness"].note.split("plain ")[1].split(";")[0]) > 0.4
    assert found["spread"].passes is None
    assert "networks 100, genome 7 (1 of 1 fell short)" in found["spread"].note


def test_undefined_readings_are_counted(values):
    own, baseline = values["own"].copy(), values["baseline"].copy()
    own[:3] = baseline[2:5] = np.nan
    found = judged(values | {"own": own, "baseline": baseline}, values["own"])["spread"]
    assert (found.n, found.undefined) == (NETWORKS, 5)
    assert found.value > 0.9


@pytest.fixture(scope="module")
def heart():
    return load_genome("heart")


def test_related_pictures_are_equally_far_and_differ(heart):
    found = related_targets(heart, 32)
    own = render(heart, 32)
    far = np.array([np.mean((one.image - own) ** 2) for one in found])
    assert len(found) == 8
    # Some links and turns cannot take the heart that far.
    assert np.isclose(far, FAR, rtol=0.05).sum() >= 5
    assert (far < 1.05 * FAR).all()
    between = [np.mean((a.image - b.image) ** 2) for a in found for b in found if a is not b]
    assert min(between) > 1e-4


def test_mutations_help_where_one_weight_is_amiss(heart):
    network = layerize(heart)
    images = np.stack([one.image for one in related_targets(heart, 16)] + [render(network, 16)])
    shares = adaptation.helpful(network, images, 40, 0)
    assert shares[-1] == 0  # nothing is nearer to its own picture than it is
    assert 0 < shares.max() < 1


@pytest.mark.slow
def test_toy_networks_adapt_and_are_kept(tmp_path):
    place = Workshop(tmp_path, quick=True, processes=1)
    two = from_scratch(place, Subject("heart", quick=True))
    four = adaptation.networks_of(place, Subject("heart", quick=True))
    assert four.seeds[:2] == two.seeds == (0, 1)
    assert (four.networks[0].flat_params == two.networks[0].flat_params).all()
    outcomes = adaptation.read_adaptation(place)
    counts = outcomes.groupby(["how", "relative"]).size()
    assert dict(counts.groupby("how").size()) == {"dense": 2, "masked": 2, "mutated": 2}
    assert set(counts) == {4}
    files = sorted(path.name for path in tmp_path.rglob("*.safetensors"))
    pd.testing.assert_frame_equal(adaptation.read_adaptation(place), outcomes)
    assert sorted(path.name for path in tmp_path.rglob("*.safetensors")) == files
    found = read_prediction(place)
    assert set(found["metric"]) == set(place.metrics)
    verdicts = judge_prediction(found, outcomes)
    assert len(verdicts) == 3 * len(place.metrics)
    # Four networks are too few for a reading, their loss and one baseline, not for two of these.
    told = {verdict.metric for verdict in verdicts if "too few" in verdict.note}
    assert told == set(place.metrics) - {"live_parameters"}
    assert card(verdict_table(verdicts))["prediction"].isna().all()

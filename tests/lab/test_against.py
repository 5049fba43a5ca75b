import numpy as np
import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.tables.against import columns_of, reference_of
from fer_jax.lab.tables.summary import summarize
from fer_jax.statistics.comparison import cliffs_delta, holm
from tests.lab.small_tables import genome, tidy

DRAWS = np.random.default_rng(0)
ONE, OTHER, THIRD = (np.sort(DRAWS.normal(middle, 0.2, size=8)) for middle in (0.3, 0.6, 0.9))


def compared(rows, by, text):
    table = tidy(rows)
    return summarize(table, by, against=reference_of(text, table))


def test_each_target_has_its_own_genome():
    rows = [
        {"values": ONE, "target": "a", "arch": "relu:4x1"},
        {"values": OTHER, "target": "b", "arch": "relu:4x1"},
        genome(0.1, target="a"),
        genome(0.7, target="b"),
    ]
    summary = compared(rows, ["target", "arch", "method"], "method=genome")
    assert summary["reference_mean"].tolist()[:2] == [0.1, 0.7]
    assert summary["reference_n"].tolist() == [1, 1, 0, 0]
    for row, values, at in zip(summary.to_dict("records"), (ONE, OTHER), (0.1, 0.7), strict=False):
        assert row["difference"] == pytest.approx(values.mean() - at)
        assert row["delta"] == np.mean(values > at) - np.mean(values < at)
        assert (row["test"], row["reference"]) == ("sign", "method=genome")
    assert summary["test"].tolist()[2:] == ["the reference"] * 2
    np.testing.assert_array_equal(summary["p_holm"], holm(summary["p"].to_numpy()))

    over = compared(rows, ["method"], "method=genome").iloc[0]
    assert over["compared_targets"] == 2
    assert over["test"] == "Wilcoxon over targets"
    assert over["difference"] == pytest.approx((ONE.mean() - 0.1 + OTHER.mean() - 0.7) / 2)


def test_other_settings_have_to_match():
    rows = [
        {"values": ONE, "arch": "relu:16x3", "steps": 10},
        {"values": OTHER, "arch": "relu:16x3", "steps": 20},
        {"values": THIRD, "arch": "relu:32x3", "steps": 20},
        {"values": THIRD, "arch": "relu:32x3", "steps": 30},
        {"values": THIRD, "metric_version": "2", "arch": "relu:32x3", "steps": 20},
    ]
    summary = compared(rows, ["arch", "steps"], "arch=relu:16x3")
    assert summary["test"].tolist() == ["the reference"] * 2 + ["Mann-Whitney U", "", ""]
    row = summary.iloc[2]
    assert row["delta"] == cliffs_delta(THIRD, OTHER)
    assert row["reference_mean"] == pytest.approx(OTHER.mean())
    assert summary["reference"].tolist() == ["", "", "arch=relu:16x3", "", ""]
    assert summary["p"].isna().tolist() == [True, True, False, True, True]


def test_two_settings_make_a_reference_and_an_architecture_may_be_spelled_otherwise():
    rows = [
        {"values": ONE, "arch": "12/cache:15/sin:1"},
        {"values": OTHER, "arch": "12/cache:15/sin:1", "method": "es"},
    ]
    table = tidy(rows)
    reference = reference_of("arch=12;cache:15,sin:1,method=sgd", table)
    assert reference == {"arch": "12/cache:15/sin:1", "method": "sgd"}
    summary = summarize(table, ["arch", "method"], against={"method": "sgd"})
    assert summary["test"].tolist() == ["the reference", "Mann-Whitney U"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("genome", "--against is 'genome'; expected a column and its value"),
        ("methd=sgd", "--against names the column 'methd'; did you mean 'method'"),
        ("method=sdg", "--against method=sdg: there is no such run; did you mean 'sgd'"),
        ("steps=many", "--against steps=many: expected a whole number"),
        ("steps=11", "--against steps=11: there is no such run; known are 10, 20"),
        ("es=PGPE", "--against es=PGPE: there is no such run; no run uses it"),
        ("method=sgd,steps=20", "there are runs with each of these, but none with all"),
    ],
)
def test_a_reference_that_is_not_there_is_one_line(text, told):
    table = tidy([{"values": ONE, "steps": 10}, {"values": ONE, "steps": 20, "method": "neat"}])
    with pytest.raises(RunFolderError) as caught:
        reference_of(text, table)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_commas_within_values_part_nothing():
    assert columns_of("arch=12;cache:15,sin:1,method=sgd") == {
        "arch": "12;cache:15,sin:1",
        "method": "sgd",
    }

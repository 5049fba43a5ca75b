from types import SimpleNamespace

import numpy as np
import pytest

from fer_jax.show.comparison import compare, tally, verdict
from tests.show.test_charts import group

METRICS = {
    "entanglement": SimpleNamespace(worse="lower"),
    "fracture": SimpleNamespace(worse="higher"),
}


@pytest.mark.parametrize(
    ("genome", "worse", "expected"),
    [
        (0.1, "higher", "worse"),
        (0.9, "higher", "better"),
        (0.4, "higher", "undecided"),
        (0.1, "lower", "better"),
        (0.9, "lower", "worse"),
        (0.1, "neither", ""),
        (np.nan, "higher", ""),
    ],
)
def test_a_verdict_needs_the_whole_interval(genome, worse, expected):
    assert verdict(group(), group("genome", [genome]), worse) == expected


def test_there_is_no_verdict_without_an_interval_or_a_genome():
    assert verdict(group(values=[0.9]), group("genome", [0.1]), "higher") == ""
    assert verdict(group(), None, "higher") == ""
    assert verdict(group("genome", [0.1]), group("genome", [0.1]), "higher") == ""


def test_the_table_sets_the_genome_first_and_metrics_in_order():
    groups = [
        group(),
        group("genome", [0.1], arch=""),
        group(metric="entanglement", reading="entanglement"),
        group(metric="mine", reading="mine"),
        group(target="other", diverged=1),
    ]
    blocks = compare(groups, METRICS)
    assert [block.target for block in blocks] == ["hill", "other"]
    assert blocks[0].columns == (("genome", ""), ("sgd", "relu:4x1"))
    assert [row.metric for row in blocks[0].rows] == ["entanglement", "fracture", "mine"]
    assert blocks[0].rows[0].cells[0] is None
    assert blocks[0].rows[1].cells[1].verdict == "worse"
    assert blocks[1].rows[0].cells[0].counts == "n = 3 · 1 diverged"


def test_verdicts_are_counted_per_metric():
    groups = []
    for target, value in (("a", 0.1), ("b", 0.9), ("c", 0.4), ("d", 0.0)):
        groups += [group("genome", [value], target=target), group(target=target)]
    (entry,) = tally(compare(groups, METRICS))
    assert (entry.worse, entry.better, entry.undecided, entry.total) == (2, 1, 1, 4)

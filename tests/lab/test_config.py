import re
from dataclasses import fields

import pytest

from fer_jax.errors import ConfigError, nearest
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.key_help import key_help
from fer_jax.search.blocked_loss import PRECISIONS


def test_every_key_is_explained_once_and_no_other():
    rows = [row for _, keys in key_help() for row in keys]
    assert sorted(row[0] for row in rows) == sorted(key.name for key in fields(RunConfig))
    told = {row[:2] for row in rows}
    assert {("normalize_gradient", "true"), ("init_scale", "1.0"), ("target", "required")} <= told


@pytest.mark.parametrize(
    ("seeds", "expected"), [(3, (0, 1, 2)), ([5, 0, 7], (0, 5, 7)), ((2**32 - 1,), (2**32 - 1,))]
)
def test_seeds(seeds, expected):
    assert RunConfig(seeds=seeds).seed_list == expected


@pytest.mark.parametrize(
    "seeds", [0, -1, 2**21, True, "3", 1.5, [], [1, 1], [-1], [2**32], [1.0], None]
)
def test_impossible_seeds(seeds):
    with pytest.raises(ConfigError, match=r"^seeds is "):
        _ = RunConfig(seeds=seeds).seed_list


def test_metrics_by_name_by_list_or_all():
    assert RunConfig().metric_list is None
    assert RunConfig(metrics="fracture").metric_list == ("fracture",)
    assert RunConfig(metrics=["b", "a", "b"]).metric_list == ("b", "a")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("target", "???", "target is missing; name what to draw, such as target=sunrise"),
        ("target", "", "target is missing"),
        ("size", 1, "size is 1; expected 2 ... 4096 pixels"),
        ("score_size", 5000, "score_size is 5000"),
        ("steps", 0, "steps is 0; expected at least 1"),
        ("learning_rate", 0.0, "learning_rate is 0.0; expected a number above 0"),
        ("learning_rate", float("nan"), "learning_rate is nan"),
        ("init_scale", float("inf"), "init_scale is inf"),
        ("score_key", -1, "score_key is -1"),
        ("checkpoint_seconds", -1.0, "checkpoint_seconds is -1.0"),
        ("precision", "hihg", "precision is 'hihg'; did you mean 'high'?"),
        ("output_dir", "", "output_dir is empty"),
        ("metrics", [], "metrics is an empty list"),
        ("metrics", {"a": 1}, "metrics is {'a': 1}; expected names"),
        ("seeds", 0, "seeds is 0"),
    ],
)
def test_impossible_values_are_named(key, value, told):
    config = RunConfig(**{"target": "sunrise"} | {key: value})
    with pytest.raises(ConfigError, match=f"^{re.escape(told)}"):
        config.check()


def test_precisions_are_those_of_training():
    for precision in PRECISIONS:
        RunConfig(target="sunrise", precision=precision).check()


def test_nearest():
    assert nearest("zzz", ["steps"]) == "known are steps"

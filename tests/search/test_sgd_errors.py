import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.errors import ArchError, ConfigError, GenomeError, TargetError
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd

TARGET = np.zeros((8, 8, 3), np.float32)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": 0}, "seeds is empty; train at least one seed"),
        ({"seeds": []}, "seeds is empty"),
        ({"seeds": [1, 2, 1]}, r"seeds \[1, 2, 1\] has a seed twice; name each once"),
        ({"seeds": [-1]}, r"seeds \[-1\] must lie in 0 ... 2\^32 - 1"),
        ({"seeds": [2**32]}, r"must lie in 0 ... 2\^32 - 1"),
        ({"learning_rate": 0.0}, "learning_rate is 0; expected a number above 0"),
        ({"learning_rate": -1}, "learning_rate is -1; expected a number above 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan; expected a number above 0"),
        ({"learning_rate": float("inf")}, "learning_rate is inf; expected a number above 0"),
        ({"init_scale": 0}, "init_scale is 0; expected a number above 0"),
        ({"precision": "bf16"}, "precision is 'bf16'; one of default, high, highest"),
        ({"steps": 0}, "steps is 0; expected a whole number, at least 1"),
        (
            {"learning_rate": [1e-3] * 3},
            r"learning_rate has shape \(3,\) for 2 seed\(s\); give one",
        ),
        ({"learning_rate": [1e-3, -2]}, "learning_rate is -2; expected a number above 0"),
        ({"learning_rate": 1e-50}, "learning_rate is 1e-50; expected a number above 0"),
        ({"l2": 1e300}, r"l2 is 1e\+300; expected a number 0 or more"),
        ({"l1": -0.1}, "l1 is -0.1; expected a number 0 or more"),
        ({"weight_decay": -1}, "weight_decay is -1; expected a number 0 or more"),
        ({"target_loss": -1}, "target_loss is -1; expected a number 0 or more"),
        ({"normalize_gradient": [True]}, r"normalize_gradient is \[True\]; expected true or false"),
        ({"optimizer": "adm"}, "optimizer is 'adm'; did you mean 'adam'"),
        ({"schedule": "cosinus"}, "schedule is 'cosinus'; did you mean 'cosine'"),
        ({"init": "lecun_norml"}, "init is 'lecun_norml'; did you mean 'lecun_"),
        ({"snapshots": [0, 2]}, r"snapshots names \[0, 2\]; expected steps from 0 to 1"),
        ({"block_size": 48}, "block_size is 48, which does not divide 64 pixels; the nearest"),
        ({"seeds_in_flight": 0}, "seeds_in_flight is 0; expected at least 1"),
        ({"trainable": np.ones(14)}, r"trainable is float64 of shape \(14,\); expected booleans"),
        ({"trainable": np.ones(13, bool)}, r"trainable is bool of shape \(13,\); expected"),
        ({"initial_params": np.zeros(12)}, r"shape \(12,\); expected \(2, 14\) or \(14,\)"),
        ({"initial_params": np.zeros((3, 14))}, r"shape \(3, 14\); expected \(2, 14\) or \(14,\)"),
    ],
)
def test_one_thing_wrong(options, message):
    with pytest.raises(ConfigError, match=message):
        train_sgd("relu:2x1", TARGET, **{"seeds": 2, "steps": 1, **options})


@pytest.mark.usefixtures("unchecked_types")
def test_steps_that_are_no_whole_number():
    for steps in (2.5, "2", None):
        with pytest.raises(ConfigError, match="expected a whole number, at least 1"):
            train_sgd("relu:2x1", TARGET, seeds=2, steps=steps)


def test_arch_and_target_are_told_as_everywhere():
    with pytest.raises(ArchError, match="did you mean 'relu:2x1'"):
        train_sgd("rleu:2x1", TARGET)
    with pytest.raises(TargetError, match=r"got shape \(1, 8, 8, 3\)"):
        train_sgd("relu:2x1", TARGET[None])
    with pytest.raises(GenomeError, match="neither a file nor a name"):
        train_sgd("relu:2x1", "nowhere.zip")


def test_a_checkpoint_of_something_else():
    job = SgdSearch(Arch.parse("relu:2x1"), TARGET, (0, 1))
    saved = job.arrays(job.start())
    with pytest.raises(ConfigError, match=r"a checkpoint of this search holds .*; got"):
        job.restore(dict(list(saved.items())[1:]))
    other = SgdSearch(Arch.parse("relu:2x1"), TARGET, (0, 1, 2))
    with pytest.raises(ConfigError, match=r"has shape \(2, 14\); this training needs \(3, 14\)"):
        other.restore(saved)

"""What is composed for many runs at once is what Hydra composes for each."""

import pytest

from fer_jax.errors import ConfigError
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.compose_many import Composer

SWEEPS = [
    ("target=moth", "arch=relu:3x1", "learning_rate=0.01"),
    ("target=moth", "arch=relu:3x1", "learning_rate=1e-3"),
    ("experiment=demo", "method=genome", "target=moon", "output_dir=elsewhere"),
    ("target=moon", "method=es", "es_options={std_init: 0.1}", "seeds=[0,5]", "metrics=[fracture]"),
    ("method=open_ended", "bins=[4,4,4,4]", "timeout=null"),
    ("target=moth", "steps=${size}", "size=32"),
    ("method=neat", "target=moth", "method=es"),
]
WRONG = [
    ("target=moth", "steps=many"),
    ("target=moth", "learning_rate=fast"),
    ("target=moth", "size=null"),
]


def composed(overrides, compose_one):
    try:
        return compose_one(overrides)
    except ConfigError as error:
        return str(error)


@pytest.mark.parametrize("hydra", [(), ("hydra/launcher=devices", "hydra.launcher.workers=2")])
def test_it_is_what_hydra_composes(hydra):
    with compose.hydra():
        composer = Composer(hydra)
        for overrides in [*SWEEPS, *WRONG, *SWEEPS]:
            expected = composed(
                overrides,
                lambda one: compose.to_run_config(compose.compose_config([*hydra, *one])),
            )
            assert composed(overrides, composer.run_config) == expected
            assert isinstance(expected, str) == (overrides in WRONG)

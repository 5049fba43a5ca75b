"""What a configuration asks of SGD reaches it."""

import numpy as np
import pytest
import safetensors.numpy

from fer_jax.errors import FerJaxError
from fer_jax.genome.sparse_topology import sparse_topology
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from tests.lab.small_runs import genome_file, small_genome


@pytest.fixture
def config(tmp_path):
    def made(**options):
        given = {
            "target": str(genome_file(tmp_path)),
            "seeds": 2,
            "size": 8,
            "steps": 12,
            "metrics": ["still_pixels"],
            "score_size": 8,
            "output_dir": str(tmp_path / "outputs"),
        }
        return RunConfig(**given | options)

    return made


def weights(outcome):
    assert outcome.state == "done", outcome.error
    arrays = safetensors.numpy.load_file(f"{outcome.folder}/networks.safetensors")
    return arrays["flat_params"]


def test_a_genomes_own_links_from_random_weights(config):
    params = weights(execute(config(wiring="genome", init="picbreeder")))
    topology = sparse_topology(small_genome())
    assert 0 < topology.links < topology.arch.parameter_count
    for own in params:
        held = ~topology.trainable
        np.testing.assert_array_equal(own[held], topology.held[held])
    assert (params[:, topology.trainable] != 0).all()
    assert (params[0] != params[1]).sum() == topology.links


def test_every_objective_trains_otherwise(config):
    options = [
        {},
        {"loss": "hsv"},
        {"smoothness": 0.1},
        {"batch_size": 16},
        {"prune": 0.5, "prune_rounds": 2},
    ]
    found = [weights(execute(config(arch="sin:3x2", **option))) for option in options]
    assert len({params.tobytes() for params in found}) == len(options)
    assert ((found[-1] == 0).sum(axis=1) == round(0.5 * found[-1].shape[1])).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wiring": "genomes"}, "wiring is 'genomes'; did you mean 'genome'"),
        ({"wiring": "genome", "arch": "relu:2x1"}, "needs arch=null and a genome; got arch=relu"),
        ({"loss": "hvs"}, "loss is 'hvs'; did you mean 'hsv'"),
        ({"prune": 1.5}, "prune is 1.5; expected a share"),
        ({"prune": 0.5, "prune_rounds": 12}, "prune_rounds is 12 in 12 steps"),
        ({"batch_size": 65}, "batch_size is 65; expected 1 ... 64"),
        ({"seeds": 0}, "seeds is 0; expected a count of at least 1"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0; expected a number above 0"),
        ({"optimizer": "adm"}, "optimizer is 'adm'; did you mean 'adam'"),
        ({"arch": "relu:0x2"}, "at least 1 neuron"),
    ],
)
def test_bad_values_are_one_clear_line(config, options, message):
    def run():
        bad = config(**options)
        bad.check()
        execute(bad)

    with pytest.raises(FerJaxError, match=message) as told:
        run()
    assert "\n" not in str(told.value)

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import safetensors.numpy

from fer_jax.cppn.render import render
from fer_jax.errors import FerJaxError, NetworkError
from fer_jax.lab.folders.networks import (
    Networks,
    load_network,
    read_genomes,
    read_networks,
    write_genomes,
    write_networks,
)
from fer_jax.lab.runs.models import load_model
from tests.lab.small_runs import ARCH, genome_file, small_genome

PARAMS = np.arange(3 * ARCH.parameter_count, dtype=np.float32).reshape(3, -1)


def networks(status=("diverged", "ok", "ok")):
    return Networks(ARCH, (2, 7, 5), PARAMS, status)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "networks.safetensors"
    write_networks(path, networks())
    return path


def test_come_back_to_the_last_bit(file):
    came = read_networks(file)
    assert (came.arch, came.seeds, came.status) == (ARCH, (2, 7, 5), networks().status)
    np.testing.assert_array_equal(came.flat_params, PARAMS, strict=True)


def test_the_same_networks_are_the_same_bytes(file, tmp_path):
    for _ in range(5):
        write_networks(tmp_path / "again", networks())
        assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_by_default_the_lowest_seed_that_is_ok(file):
    np.testing.assert_array_equal(load_network(file).flat_params, PARAMS[2])
    np.testing.assert_array_equal(load_network(file.parent).flat_params, PARAMS[2])
    np.testing.assert_array_equal(load_network(file, seed=7).flat_params, PARAMS[1])
    np.testing.assert_array_equal(load_network(file, seed=2).flat_params, PARAMS[0])


def test_no_such_seed(file):
    with pytest.raises(NetworkError, match=r"there is no seed 1; the seeds are \[2, 7, 5\]"):
        load_network(file, seed=1)
    write_networks(file, networks(("diverged",) * 3))
    with pytest.raises(NetworkError, match="every seed has diverged"):
        load_network(file)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "foreign", "newer", "shape"])
def test_a_damaged_file_is_named(file, damage):
    data = file.read_bytes()
    if damage == "truncated":
        data = data[:-5]
    if damage == "flipped":
        data = data[:10] + bytes([data[10] ^ 255]) + data[11:]
    if damage == "empty":
        data = b""
    if damage == "foreign":
        data = safetensors.numpy.save({"flat_params": PARAMS})
    about = {"format": "fer_jax networks", "version": 1, "arch": str(ARCH)}
    about |= {"seeds": [2, 7, 5], "status": ["ok"] * 3}
    if damage == "newer":
        data = safetensors.numpy.save({}, {"fer_jax": json.dumps(about | {"version": 2})})
    if damage == "shape":
        data = safetensors.numpy.save({"flat_params": PARAMS[:2]}, {"fer_jax": json.dumps(about)})
    file.write_bytes(data)
    with pytest.raises(NetworkError, match=r"networks\.safetensors: ") as caught:
        load_network(file)
    assert "\n" not in str(caught.value)


def test_genomes_come_back(tmp_path):
    genomes = [small_genome("a"), small_genome("b", weight=2.0)]
    write_genomes(tmp_path / "genomes.json", genomes)
    assert read_genomes(tmp_path / "genomes.json") == genomes
    for text in ("", "{", "[]", '{"format": "fer_jax genomes", "version": 1}'):
        (tmp_path / "genomes.json").write_text(text)
        with pytest.raises(NetworkError, match=r"genomes\.json"):
            read_genomes(tmp_path / "genomes.json")


def test_a_run_of_a_genome_gives_its_layerized_network(tmp_path):
    write_genomes(tmp_path / "genomes.json", [small_genome()])
    image = render(small_genome(), 8)
    np.testing.assert_allclose(render(load_network(tmp_path), 8), image, atol=1e-5)
    assert load_model(tmp_path) == small_genome()


def test_an_authors_folder(tmp_path, monkeypatch):
    content = {"arch.pkl": str(ARCH), "params.pkl": PARAMS[0].astype(np.float64)}
    for name in content:
        (tmp_path / name).touch()
    reader = SimpleNamespace(read_inert_pickle=lambda path: content[path.name])
    monkeypatch.setitem(sys.modules, "fer_jax.lab.folders.inert_pickle", reader)
    network = load_network(tmp_path)
    assert network.arch == ARCH
    np.testing.assert_array_equal(network.flat_params, PARAMS[0], strict=True)
    with pytest.raises(NetworkError, match="one network without a seed"):
        load_network(tmp_path, seed=0)
    content["arch.pkl"] = PARAMS[0]
    with pytest.raises(NetworkError, match=r"expected a string in arch\.pkl"):
        load_network(tmp_path)


def test_nothing_there(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NetworkError, match="holds no network; expected a run folder"):
            load_network(path)


def test_models_by_file_and_by_folder(file, tmp_path):
    assert load_model(genome_file(tmp_path)) == small_genome()
    np.testing.assert_array_equal(load_model(file, 7).flat_params, PARAMS[1])
    with pytest.raises(FerJaxError, match="is a genome, which has no seeds"):
        load_model(tmp_path / "hill.json", 1)
    with pytest.raises(FerJaxError, match="neither a file nor a name"):
        load_model("nowhere")

"""Against the original study: its files, and numbers computed by its code (see PAPER.md there).

Source: Kumar, Clune, Lehman, Stanley, arXiv 2505.11581 and github.com/akarshkumar0101/fer, commit
23a9c452; the `.xml` genomes are of CPPN-X, arXiv 1704.05143. `tests.reference` says where they lie.
"""

import functools
from pathlib import Path

import imageio.v3 as iio
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.flat_params import from_flax
from fer_jax.cppn.network import Cppn, DenseCppn, DenseProgram
from fer_jax.cppn.render import feature_maps, render
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.files import load_genome
from fer_jax.genome.layerize import layerize
from fer_jax.genome.target import load_target
from fer_jax.lab.folders.networks import load_network
from fer_jax.search.plain_loss import image_loss
from fer_jax.search.sgd import SgdSearch
from fer_jax.search.train_sgd import train_sgd
from tests.reference import reference_dir

pytestmark = pytest.mark.golden

CPPNX = {"skull": "576_Skull", "butterfly": "4376_ButterflyColor", "apple": "5736_ShinyRedApple"}
# In the file and after the ink conversion, which adds two nodes and two links to a grey genome.
COUNTS = {"skull": (25, 59), "butterfly": (34, 108), "apple": (83, 264)}
TRAJECTORY_SEED = 2
"""The seed from which the recorded first steps of all three start."""

each_image = pytest.mark.parametrize("name", CPPNX)


@functools.cache
def data(kind: str, name: str) -> dict[str, np.ndarray]:
    with np.load(reference_dir() / f"{kind}_{name}.npz") as file:
        return dict(file)


def genome_path(kind: str, name: str) -> Path:
    if kind == "cppnx":
        return reference_dir() / "cppnx" / f"{CPPNX[name]}.xml"
    return reference_dir() / "genomes" / f"{name}.zip"


def image_path(kind: str, name: str) -> Path:
    return reference_dir() / "networks" / f"{kind}_{name}" / "img.png"


def model(kind: str, name: str):
    if kind == "sgd":
        return Cppn.from_flat(str(data("render", name)["arch"]), data("render", name)["sgd_params"])
    genome = load_genome(genome_path("picbreeder", name))
    return genome if kind == "graph" else layerize(genome)


@each_image
@pytest.mark.parametrize("kind", ["picbreeder", "cppnx"])
def test_layerization_is_theirs(kind, name):
    genome = load_genome(genome_path(kind, name))
    network, expected = layerize(genome), data("render", name)
    assert (len(genome.nodes), len(genome.links)) == COUNTS[name]
    assert str(network.arch) == str(expected["arch"])
    assert resolve_arch(name) == network.arch
    np.testing.assert_allclose(network.flat_params, expected["params"], rtol=0, atol=1e-6)


@each_image
def test_cppnx_holds_the_same_genome_and_human_labels(name):
    plain, labelled = (load_genome(genome_path(kind, name)) for kind in ("picbreeder", "cppnx"))
    assert {node.id for node in plain.nodes} == {node.id for node in labelled.nodes}
    texts = {link.label for link in labelled.links} - {""}
    assert not {link.label for link in plain.links} - {""}
    assert bool(texts) == (name != "apple")
    if name == "skull":
        assert "Mouth open close" in texts


@each_image
@pytest.mark.parametrize("kind", ["graph", "layerized", "sgd"])
def test_images(kind, name):
    drawn = model(kind, name)
    expected = data("render", name)["sgd_image_64" if kind == "sgd" else "image_64"]
    error = np.abs(render(drawn, 64) - expected)
    assert error.mean() <= 1e-4
    assert error.max() <= 5e-3
    pixels = iio.imread(image_path("sgd" if kind == "sgd" else "picbreeder", name))
    assert pixels.shape == (256, 256, 4)
    assert np.mean((render(drawn, 256) - pixels[..., :3] / 255) ** 2) <= 5e-5


@each_image
def test_feature_maps(name):
    first = feature_maps(model("layerized", name), 64)[1]
    np.testing.assert_allclose(first, data("render", name)["hidden_1"], rtol=0, atol=1e-3)
    last = feature_maps(model("sgd", name), 64)[-2]
    np.testing.assert_allclose(last, data("render", name)["sgd_hidden_last"], rtol=0, atol=1e-3)


@each_image
@pytest.mark.parametrize(("kind", "key"), [("picbreeder", "params"), ("sgd", "sgd_params")])
def test_the_authors_folders(kind, key, name):
    network = load_network(reference_dir() / "networks" / f"{kind}_{name}")
    assert str(network.arch) == str(data("render", name)["arch"])
    np.testing.assert_allclose(network.flat_params, data("render", name)[key], rtol=0, atol=1e-6)


@each_image
def test_initial_weights_are_theirs_to_the_last_bit(name):
    trajectory = data("sgd_trajectory", name)
    arch = Arch.parse(str(trajectory["arch"]))
    if name == "skull":  # the slow way; the search does the same, compiled
        variables = DenseCppn(arch).init(jax.random.PRNGKey(TRAJECTORY_SEED), jnp.zeros(4))
        np.testing.assert_array_equal(from_flax(arch, variables), trajectory["initial_params"])
    job = SgdSearch(arch, np.zeros((2, 2, 3), np.float32), (TRAJECTORY_SEED,))
    np.testing.assert_array_equal(job.start().seeds.params[0], trajectory["initial_params"])


@each_image
def test_the_first_gradient(name):
    trajectory = data("sgd_trajectory", name)
    program = DenseProgram(Arch.parse(str(trajectory["arch"])))
    target = jnp.asarray(load_target(image_path("picbreeder", name)).image)

    @jax.jit
    def loss_and_gradient(params):
        return jax.value_and_grad(image_loss, 1)(program, params, pixel_inputs(256), target)

    loss, gradient = loss_and_gradient(trajectory["initial_params"])
    np.testing.assert_allclose(loss, trajectory["losses"][0], rtol=1e-5)
    np.testing.assert_allclose(jnp.linalg.norm(gradient), trajectory["grad_norms"][0], rtol=1e-4)


def free_running(name: str, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses of the first steps, ours and theirs."""
    trajectory = data("sgd_trajectory", name)
    steps = min(steps, len(trajectory["losses"]))
    result = train_sgd(
        str(trajectory["arch"]),
        image_path("picbreeder", name),
        seeds=[TRAJECTORY_SEED],
        steps=steps,
        learning_rate=float(trajectory["learning_rate"]),
        initial_params=trajectory["initial_params"],
    )
    return result.losses[0], trajectory["losses"][:steps]


@pytest.mark.parametrize("name", ["skull", "butterfly"])
def test_the_first_ten_steps(name):
    ours, theirs = free_running(name, 10)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3)


@pytest.mark.slow
@each_image
def test_the_first_twenty_steps(name):
    """Or all that are recorded, eight of the apple. Beyond, trajectories are chaotic."""
    ours, theirs = free_running(name, 20)
    assert len(ours) == (8 if name == "apple" else 20)
    np.testing.assert_allclose(ours[:10], theirs[:10], rtol=1e-3)
    np.testing.assert_allclose(ours, theirs, rtol=0.03)

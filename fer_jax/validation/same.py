"""Networks that compute the same as another, each by one change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_jax.cppn.activations import LINEAR
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import flatten
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import Model
from fer_jax.genome.dials import dial_genome, dial_regions
from fer_jax.genome.files import load_genome
from fer_jax.genome.graph import Genome, Link
from fer_jax.genome.layerize import layerize
from fer_jax.metrics.image.scene import LOOKED_AT
from fer_jax.metrics.view import Regions

EXACT, OTHERS = 1e-3, 0.03
"""Most that a reading may move: by a change that computes the same in exact arithmetic, and by
another. Of metrics whose range does not end at 1, as a share of the reading."""

SHIFT = (0.06, -0.04)
"""By which a picture is moved, in coordinates: no bead of a dial's picture leaves it."""

LABELED = 8 * (LOOKED_AT - 1) + 1
"""Pixels along one side with which parts are told: fine enough to be moved with their picture."""

ODD, EVEN, HOMOGENEOUS = ("sin", "tanh"), ("gaussian", "cos"), ("relu",)


@dataclass(frozen=True, eq=False)
class Same:
    """A model that should read the same as another.

    Attributes:
        change: what was done to it, in words.
        model: what came of it.
        size: pixels along one side at which it is read.
        most: by how much its readings may differ; None: that is reported only.
        regions: what is known of its picture.
        compared: with the unchanged model at which size; None: at the same.
    """

    change: str
    model: Model
    size: int
    most: float | None = EXACT
    regions: Regions | None = None
    compared: int | None = None

    @property
    def than(self) -> int:
        """The size of the picture with which it is compared."""
        return self.compared or self.size


def subject(name: str, size: int) -> tuple[Model, Regions | None, list[Same]]:
    """A model, what is known of its picture, and what should read the same.

    Args:
        name: "shelf NAME", "dial FAMILY", "random relu" or "random mixed".
        size: pixels along one side at which it is read.
    """
    kind, own = name.split()
    if kind == "shelf":
        genome = load_genome(own)
        return genome, None, [*_of_genome(genome, size), *_sizes(genome)]
    if kind == "dial":
        genome, regions = dial_genome(own, 0.5, 0.5, 0), dial_regions(own, 0, LABELED)
        moved = Same("picture moved", _moved(genome), size, OTHERS, _moved_regions(regions))
        return genome, regions, [*_of_genome(genome, size), moved, *_sizes(genome, regions)]
    arch = "3;relu:8" if own == "relu" else "3;cache:3,gaussian:3,identity:2,sin:3,tanh:2"
    network = _symmetric(arch)
    return network, None, list(_of_network(network, size))


def _symmetric(arch: str) -> Cppn:
    """A random network whose picture is its own mirror image: it takes nothing from x."""
    random, parsed = np.random.default_rng(0), Arch.parse(arch)
    kernels = [random.normal(size=s) * 1.3 / np.sqrt(s[0]) for s in parsed.kernel_shapes]
    kernels[0][0] = 0.0
    return _network(parsed, kernels)


def _network(arch: Arch, kernels: Sequence[np.ndarray]) -> Cppn:
    return Cppn.from_flat(arch, flatten(arch, kernels))


def _of_genome(genome: Genome, size: int) -> Iterator[Same]:
    yield Same("layerized", layerize(genome), size)
    backwards = replace(genome, nodes=genome.nodes[::-1], links=genome.links[::-1])
    yield Same("nodes and links in another order", backwards, size)


def _of_network(network: Cppn, size: int) -> Iterator[Same]:
    random = np.random.default_rng(1)
    names = np.array([name for name, count in network.arch.neurons for _ in range(count)])
    linear = np.isin(names, list(LINEAR))

    def each(change: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Cppn:
        """The network with the kernels into and out of every hidden layer changed."""
        kernels = [kernel.astype(np.float64) for kernel in network.kernels]
        for layer in range(len(kernels) - 1):
            kernels[layer], kernels[layer + 1] = change(kernels[layer], kernels[layer + 1])
        return _network(network.arch, kernels)

    def permuted(into: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = np.concatenate(
            [random.permutation(np.flatnonzero(names == n)) for n in _in_order(names)]
        )
        return into[:, order], out[order]

    def flipped(into: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        into, out = into.copy(), out.copy()
        into[:, np.isin(names, ODD + EVEN)] *= -1.0
        out[np.isin(names, ODD)] *= -1.0
        return into, out

    def rescaled(into: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        factors = np.where(
            linear | np.isin(names, HOMOGENEOUS), random.uniform(0.5, 2.0, len(names)), 1.0
        )
        return into * factors, out / factors[:, None]

    def turned(into: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        turn, _ = np.linalg.qr(random.normal(size=(linear.sum(),) * 2))
        into, out = into.copy(), out.copy()
        into[:, linear], out[linear] = into[:, linear] @ turn, turn.T @ out[linear]
        return into, out

    yield Same("units in another order", each(permuted), size)
    yield Same("signs flipped", each(flipped), size)
    # The corner of a ReLU is rounded over a fixed width, which moves with the scale.
    exact = EXACT if linear.any() else OTHERS
    yield Same("linear and ReLU units rescaled", each(rescaled), size, exact)
    if linear.any():
        yield Same("linear block rotated", each(turned), size)
    yield Same("dead units added", _with_dead_units(network), size)
    yield Same("a unit doubled", _with_a_double(network), size, None)


def _in_order(names: np.ndarray) -> list[str]:
    return list(dict.fromkeys(names.tolist()))


def _with_dead_units(network: Cppn) -> Cppn:
    """Two more units of the last kind, which nothing reads."""
    *others, (name, count) = network.arch.neurons
    arch = replace(network.arch, neurons=(*others, (name, count + 2)))
    kernels = [kernel.copy() for kernel in network.kernels]
    random = np.random.default_rng(2)
    for layer in range(len(kernels) - 1):
        rows = len(kernels[layer])
        kernels[layer] = np.concatenate([kernels[layer], random.normal(size=(rows, 2))], axis=1)
        kernels[layer + 1] = np.pad(kernels[layer + 1], ((0, 2), (0, 0)))
    return _network(arch, kernels)


def _with_a_double(network: Cppn) -> Cppn:
    """The last unit of every layer twice, each with half of its outgoing weights."""
    *others, (name, count) = network.arch.neurons
    arch = replace(network.arch, neurons=(*others, (name, count + 1)))
    kernels = [kernel.copy() for kernel in network.kernels]
    for layer in range(len(kernels) - 1):
        kernels[layer] = np.concatenate([kernels[layer], kernels[layer][:, -1:]], axis=1)
        above = kernels[layer + 1]
        kernels[layer + 1] = np.concatenate([above[:-1], above[-1:] / 2, above[-1:] / 2])
    return _network(arch, kernels)


def _moved(genome: Genome) -> Genome:
    """All that reads x or y reads it moved, by the weight of its bias."""
    roles = genome.role_ids
    by = {roles[axis]: shift for axis, shift in zip(("x", "y"), SHIFT, strict=True)}
    wanted: dict[str, float] = {}
    for link in genome.links:
        if link.source in by:
            wanted[link.target] = wanted.get(link.target, 0.0) - link.weight * by[link.source]
    links = [
        replace(link, weight=link.weight + wanted.pop(link.target, 0.0))
        if link.source == roles["bias"]
        else link
        for link in genome.links
    ]
    links += [Link(roles["bias"], target, weight) for target, weight in wanted.items()]
    return replace(genome, links=tuple(links))


def _moved_regions(regions: Regions) -> Regions:
    labels, concepts = regions
    pixels = [round(shift * (len(labels) - 1) / 2) for shift in SHIFT]
    return np.roll(labels, pixels[::-1], axis=(0, 1)), concepts


def _sizes(model: Model, regions: Regions | None = None) -> Iterator[Same]:
    for size in (48, 128, 256):
        yield Same(f"at {size} pixels, not 64", model, size, OTHERS, regions, 64)

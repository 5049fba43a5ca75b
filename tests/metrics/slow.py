"""The metrics' definitions once more, slow and obvious: NumPy, float64, finite differences."""

import itertools

import numpy as np

from fer_jax.cppn.names import INPUT_NAMES, OUTPUT_NAMES
from fer_jax.cppn.network import Cppn
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.metrics.rounded import SOFTNESS
from tests import numpy_cppn


def image(model: Genome | Cppn, inputs: np.ndarray) -> np.ndarray:
    """With rounded corners, as the metrics differentiate it."""
    hue, saturation, brightness = np.moveaxis(outputs(model, inputs), -1, 0)

    def clip(values):
        below = np.logaddexp(0, values / SOFTNESS)
        return SOFTNESS * (below - np.logaddexp(0, (values - 1) / SOFTNESS))

    saturation = clip(saturation)
    value = clip(np.hypot(brightness, SOFTNESS))
    waves = [clip(abs(6 * ((hue - k / 3) % 1) - 3) - 1) for k in range(3)]
    return np.stack([value * (1 - saturation * (1 - wave)) for wave in waves], axis=-1)


def outputs(model: Genome | Cppn, inputs: np.ndarray) -> np.ndarray:
    if isinstance(model, Cppn):
        return numpy_cppn.dense_layers(model.arch, model.flat_params, inputs)[-1]
    return numpy_cppn.graph_outputs(model, inputs)


def moved(model: Genome | Cppn, index: int, step: float) -> Genome | Cppn:
    if isinstance(model, Cppn):
        params = model.flat_params.astype(np.float64)
        params[index] += step
        return Cppn(model.arch, params)
    links = list(model.links)
    link = links[index]
    links[index] = Link(link.source, link.target, link.weight + step)
    return Genome(model.nodes, tuple(links))


def jacobian(model: Genome | Cppn, size: int, step: float = 2.0**-10) -> np.ndarray:
    """`(size, size, 3, params)`, by central differences."""
    inputs = numpy_cppn.pixel_inputs(size)
    columns = [
        (image(moved(model, i, step), inputs) - image(moved(model, i, -step), inputs)) / (2 * step)
        for i in range(len(model.params))
    ]
    return np.stack(columns, axis=-1)


def mirror_sharing(jacobian: np.ndarray, live: np.ndarray) -> float:
    """For the left-right mirror: pixel pair by pixel pair."""
    # Of the other mirror, give the picture on its side.
    size = len(jacobian)

    def product(p, q):
        return float(np.sum(live * jacobian[p] * jacobian[q]))

    def ceiling(p, q):
        return np.sqrt(product(p, p) * product(q, q))

    shared = possible = expected = 0.0
    for left in range(1, size // 2):
        right = size - 1 - left
        distance = right - left
        pairs = [((row, left), (row, right)) for row in range(size)]
        controls = [
            ((row, column), (row + distance, column))
            for row, column in itertools.product(range(size - distance), range(size))
            if row + (row + distance) != size - 1
        ]
        b = sum(product(*c) for c in controls) / sum(ceiling(*c) for c in controls)
        shared += sum(product(*pair) for pair in pairs)
        possible += sum(ceiling(*pair) for pair in pairs)
        expected += b * sum(ceiling(*pair) for pair in pairs)
    s, b = shared / possible, expected / possible
    return (s - b) / (1 - b)


def behavioural_dimension(jacobian: np.ndarray, live: np.ndarray) -> float:
    """Parameter pair by parameter pair."""
    effects = jacobian.reshape(-1, jacobian.shape[-1]).T
    energy = np.sum(effects**2, axis=1)
    weight = live * energy / (energy + 1e-6 * np.max(live * energy))
    total = count = 0.0
    for i, j in itertools.permutations(range(len(effects)), 2):
        if weight[i] * weight[j] > 0:
            cosine = effects[i] @ effects[j] / np.sqrt(energy[i] * energy[j])
            total += weight[i] * weight[j] * cosine**2
            count += weight[i] * weight[j]
    return 256 / (16 + 240 * total / count) / 16


def participation(jacobian: np.ndarray, params: np.ndarray, carrier: np.ndarray) -> np.ndarray:
    """Parameter by parameter: the change of the picture by 100% of the weight, in 8-bit steps."""
    parts = []
    for i, weight in enumerate(np.asarray(params, np.float64)):
        rms = np.sqrt(np.mean((weight * jacobian[..., i]) ** 2))
        parts.append((255 * rms) ** 2 / ((255 * rms) ** 2 + 1) * (1 - carrier[i]))
    return np.array(parts)


def collapsed(model: Genome | Cppn) -> Genome:
    """The same without linear units: every link from a nonlinear unit or input to another."""
    kinds, incoming, ends = _spelled_out(model)

    def ways(unit):
        found = {}
        for source, weight in incoming.get(unit, ()):
            through = ways(source) if kinds[source] == "identity" else {source: 1.0}
            for start, factor in through.items():
                found[start] = found.get(start, 0.0) + weight * factor
        return found

    nodes = [Node(name, "identity", name) for name in INPUT_NAMES]
    links = []
    for unit, kind in kinds.items():
        if kind not in ("identity", "input"):
            nodes.append(Node(unit, kind))
            links += [Link(source, unit, weight) for source, weight in ways(unit).items()]
    for output, unit in ends.items():
        nodes.append(Node(f"out {output}", "identity", output))
        start = ways(unit) if kinds[unit] == "identity" else {unit: 1.0}
        links += [Link(source, f"out {output}", weight) for source, weight in start.items()]
    return Genome(tuple(nodes), tuple(links))


def _spelled_out(model):
    """Kind of each unit, its incoming (source, weight), and the unit of each output."""
    if isinstance(model, Genome):
        name = {node.id: node.role if node.role in INPUT_NAMES else node.id for node in model.nodes}
        kinds = {
            name[node.id]: "input" if node.role in INPUT_NAMES else node.activation
            for node in model.nodes
        }
        incoming = {}
        for link in model.links:
            incoming.setdefault(name[link.target], []).append((name[link.source], link.weight))
        return kinds, incoming, {role: model.role_ids[role] for role in OUTPUT_NAMES}
    kinds, incoming = dict.fromkeys(INPUT_NAMES, "input"), {}
    below = list(INPUT_NAMES)
    neurons = [name for name, count in model.arch.neurons for _ in range(count)]
    linear = ("cache", "identity")
    for depth, kernel in enumerate(model.kernels):
        own = neurons if depth < len(model.kernels) - 1 else ["identity"] * 3
        units = [f"{depth}.{i}" for i in range(len(own))]
        for unit, kind, column in zip(units, own, kernel.T, strict=True):
            kinds[unit] = "identity" if kind in linear else kind
            incoming[unit] = [(b, float(w)) for b, w in zip(below, column, strict=True)]
        below = units
    return kinds, incoming, dict(zip(OUTPUT_NAMES, below, strict=True))


def one_sidedness(jacobian, part, pairs, apart) -> float:
    """Link by link, pair by pair, pixel by pixel; over that of regions that are wrongly paired."""
    wrong = [(pairs[k][0], pairs[other][1]) for k, other in np.argwhere(apart)]
    return _of_pairs(jacobian, part, pairs) / _of_pairs(jacobian, part, wrong)


def _of_pairs(jacobian, part, pairs) -> float:
    total = count = 0.0
    for i, weight in enumerate(part):
        apart = both = 0.0
        for one, other in pairs:
            a, b = (
                np.mean([np.sum(jacobian[r, c, :, i] ** 2) for r, c in np.argwhere(mask)])
                for mask in (one, other)
            )
            apart += abs(a - b)
            both += a + b
        if both > 0:
            total += weight * apart / both
            count += weight
    return total / count


def spread(jacobian, part, concepts) -> float:
    """The chance that two of a parameter's effects, drawn by their size, differ in concept."""
    total = count = 0.0
    for i, weight in enumerate(part):
        sizes = np.array(
            [
                np.mean([np.sum(jacobian[r, c, :, i] ** 2) for r, c in np.argwhere(mask)])
                for mask in concepts
            ]
        )
        if sizes.sum() > 0:
            pairs = itertools.permutations(sizes / sizes.sum(), 2)
            total += weight * sum(q * r for q, r in pairs)
            count += weight
    return total / count / (1 - 1 / len(concepts))


def total_variation(maps: list[np.ndarray], counts: list[np.ndarray]) -> float:
    """Map by map, pixel by pixel."""
    readings = []
    for layer, counted in zip(maps, counts, strict=True):
        for unit in np.flatnonzero(counted):
            values, size = layer[..., unit].astype(np.float64), len(layer)
            across = [
                abs(values[r, c + 1] - values[r, c]) for r in range(size) for c in range(size - 1)
            ]
            down = [
                abs(values[r + 1, c] - values[r, c]) for r in range(size - 1) for c in range(size)
            ]
            slope = (np.mean(across) + np.mean(down)) * (size - 1) / 2
            readings.append(slope / values.std())
    return float(np.mean(readings))

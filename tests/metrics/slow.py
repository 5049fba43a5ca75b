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
    return rounded(outputs(model, inputs))


def rounded(outputs: np.ndarray) -> np.ndarray:
    hue, saturation, brightness = np.moveaxis(outputs, -1, 0)

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


def participation(
    jacobian: np.ndarray, params: np.ndarray, carrier: np.ndarray, masks=None
) -> np.ndarray:
    """Parameter by parameter: the change by 100% of the weight, in 8-bit steps.

    Of the whole picture, or of some regions of it, each as important as any other.
    """
    masks = [np.ones(jacobian.shape[:2], bool)] if masks is None else masks
    parts = []
    for i, weight in enumerate(np.asarray(params, np.float64)):
        change = 255 * weight * jacobian[..., i]
        square = np.mean([np.mean(change[mask] ** 2) for mask in masks])
        parts.append(square / (square + 1) * (1 - carrier[i]))
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


def clones(maps: list[np.ndarray], links: list[list[tuple[int, float]]], live: np.ndarray) -> float:
    """Unit by unit, source by source.

    `maps`: of the inputs and then of the units; `links`: of each unit, (source, weight).
    """
    first = len(maps) - len(links)

    def correlation(one, other):
        return np.corrcoef(maps[one].ravel(), maps[other].ravel())[0, 1]

    def same(one, other):
        return 2 ** -(((1 - abs(correlation(one, other))) / 0.01) ** 2)

    def varying(unit):
        return [
            (source, weight * maps[source].std())
            for source, weight in links[unit]
            if maps[source].std() > 1e-4
        ]

    def product(one, other):
        return sum(
            a * b * np.sign(correlation(s, t)) * same(s, t)
            for s, a in varying(one)
            for t, b in varying(other)
        )

    def handed_on(one, other):
        total = sum(a**2 for _, a in varying(one))
        return sum(a**2 * same(s, first + other) for s, a in varying(one)) / total

    total = 0.0
    for one in range(len(links)):
        best = 0.0
        for other in range(len(links)):
            if other != one:
                cosine = product(one, other) / np.sqrt(product(one, one) * product(other, other))
                apart = (1 - handed_on(one, other)) * (1 - handed_on(other, one))
                alike = same(first + one, first + other)
                best = max(best, alike * (1 - cosine**2) * apart * live[other])
        total += live[one] * best
    return total / sum(live)


def depth(model: Genome, size: int) -> float:
    """By recursion, from the outputs up."""
    inputs = numpy_cppn.pixel_inputs(size)

    def of(node):
        heard = [
            (link.source, abs(link.weight) * np.sqrt(np.mean(value(link.source) ** 2)))
            for link in model.links
            if link.target == node.id
        ]
        below = sum(share * of(nodes[source]) for source, share in heard)
        bends = not node.role and node.activation not in ("identity", "cache")
        return (below / sum(share for _, share in heard) if heard else 0.0) + bends

    def value(id):
        return numpy_cppn.graph_value(model, id, inputs)

    nodes = {node.id: node for node in model.nodes}
    last, depths, effects = outputs(model, inputs), [], []
    for place, role in enumerate(("hue", "saturation", "brightness")):
        step = 1e-4 * last * np.eye(3)[place]
        effects.append(np.sum((rounded(last + step) - rounded(last - step)) ** 2))
        depths.append(next(of(node) for node in model.nodes if node.role == role))
    return float(np.average(depths, weights=effects))


def dci(jacobian, params, carrier, concepts) -> float:
    """Parameter by parameter: 1 minus the entropy of its importance, to the base of concepts."""
    total = count = 0.0
    for i, weight in enumerate(params):
        importance = np.array(
            [
                np.mean([np.sum((weight * jacobian[r, c, :, i]) ** 2) for r, c in np.argwhere(m)])
                for m in concepts
            ]
        ) * (1 - carrier[i])
        shares = importance[importance > 0] / importance.sum()
        entropy = -sum(p * np.log(p) for p in shares) / np.log(len(concepts))
        total += importance.sum() * (1 - entropy)
        count += importance.sum()
    return total / count


def locality(jacobian, part) -> float:
    """Pixel after pixel, from the most moved one on."""
    shares = []
    for i in range(len(part)):
        energies = sorted(np.sum(jacobian[..., i] ** 2, axis=-1).ravel(), reverse=True)
        missing, pixels = 0.8 * sum(energies), 0.0
        for energy in energies:
            if energy >= missing:
                pixels += missing / energy
                break
            missing, pixels = missing - energy, pixels + 1
        shares.append(pixels / len(energies))
    return float(np.average(shares, weights=part))


def symmetry_break(jacobian, part, correlation) -> float:
    """Of the left-right mirror, effect by effect."""
    shares = []
    for effect in np.moveaxis(jacobian, -1, 0):
        odd = (effect - effect[:, ::-1]) / 2
        shares.append(np.sum(odd**2) / np.sum(effect**2))
    own = (1 - correlation) / 2
    return (np.average(shares, weights=part) - own) / (0.5 - own)


def part_sharing(jacobian, live, pairs) -> float:
    """Region by region, for pairs of which no two show the same thing."""

    def energies(mask):
        return live * np.mean(
            [np.sum(jacobian[r, c] ** 2, axis=0) for r, c in np.argwhere(mask)], 0
        )

    def shared(matched):
        both = [(energies(one), energies(other)) for one, other in matched]
        least = sum(np.sum(np.minimum(a, b)) for a, b in both)
        return least / sum(np.sum(a + b) / 2 for a, b in both)

    s = shared(pairs)
    b = shared([(p[0], q[1]) for p, q in itertools.permutations(pairs, 2)])
    return (s - b) / (1 - b)


def without_unit(network: Cppn, unit: int, inputs: np.ndarray) -> np.ndarray:
    """The outputs of a dense network one of whose units is held at its mean."""
    names = [name for name, count in network.arch.neurons for _ in range(count)]
    values, first = inputs, 0
    for layer, kernel in enumerate(network.kernels):
        if layer == network.arch.depth:
            names = ["identity"] * 3
        values = np.stack(
            [
                numpy_cppn.ACTIVATIONS[name](values @ kernel[:, column].astype(np.float64))
                for column, name in enumerate(names)
            ],
            axis=-1,
        )
        if first <= unit < first + len(names):
            values[..., unit - first] = values[..., unit - first].mean()
        first += len(names)
    return values


def reuse(network: Cppn, pairs, size: int) -> float:
    """Unit by unit: how its absence changes one region, and the other."""
    inputs = numpy_cppn.pixel_inputs(size)
    whole = rounded(without_unit(network, -1, inputs))
    total = count = 0.0
    for unit in range(network.arch.depth * network.arch.width + 3):
        squares = np.sum((rounded(without_unit(network, unit, inputs)) - whole) ** 2, axis=-1)
        # A region may hold a pixel in part.
        both = [[np.average(squares, weights=region) for region in pair] for pair in pairs]
        steps = 255**2 * squares.mean() / 3
        weight = steps / (steps + 1)
        total += weight * sum(min(pair) for pair in both) / (sum(sum(pair) for pair in both) / 2)
        count += weight
    return total / count


def interaction(model: Genome | Cppn, pairs, rms: dict[int, float], size: int) -> float:
    """Pair by pair, of parameters; `rms`: of each one's derivative."""
    inputs = numpy_cppn.pixel_inputs(size)
    whole, ratios = image(model, inputs), []

    def size_of(change):
        return np.sqrt(np.mean(change**2))

    for pair in pairs:
        step = [np.sign(model.params[i]) * 0.05 / rms[i] for i in pair]
        one, other = (
            image(moved(model, i, s), inputs) - whole for i, s in zip(pair, step, strict=True)
        )
        both = image(moved(moved(model, pair[0], step[0]), pair[1], step[1]), inputs) - whole
        mixed, alone = size_of(both - one - other), (size_of(one) + size_of(other)) / 2
        ratios.append(mixed / (mixed + alone))
    return float(np.mean(ratios))


def silhouette(effects: np.ndarray) -> float:
    """At its best, over 2 to 13 clusters; two clusters at a time are joined. `effects`: rows."""
    unit = effects / np.linalg.norm(effects, axis=1, keepdims=True)
    apart = 1 - abs(unit @ unit.T)
    clusters, best = [[i] for i in range(len(unit))], -1.0

    def away(one, other):
        return np.mean([apart[i, j] for i in one for j in other])

    while len(clusters) > 2:
        pairs = itertools.combinations(clusters, 2)
        one, other = min(pairs, key=lambda pair: away(*pair))
        clusters = [c for c in clusters if c is not one and c is not other] + [one + other]
        if len(clusters) <= 13:
            values = []
            for own in clusters:
                for i in own:
                    if len(own) == 1:
                        values.append(0.0)
                        continue
                    a = np.mean([apart[i, j] for j in own if j != i])
                    b = min(away([i], c) for c in clusters if c is not own)
                    values.append((b - a) / (max(a, b) + 1e-3))
            best = max(best, np.mean(values))
    return float(best)

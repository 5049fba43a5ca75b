"""Slow and obvious: activations, colour, networks and graphs in NumPy, neuron by neuron."""

import colorsys
import math

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.genome.graph import Genome
from fer_jax.genome.slots import order_of_slots

ACTIVATIONS = {
    "cache": lambda z: z,
    "cos": np.cos,
    "gaussian": lambda z: 2 * np.exp(-(z**2)) - 1,
    "identity": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "sigmoid": lambda z: 2 / (1 + np.exp(-z)) - 1,
    "sin": np.sin,
    "tanh": np.tanh,
}


def pixel_inputs(size: int) -> np.ndarray:
    """`(size, size, 4)`: x, y, d, bias, pixel by pixel."""
    inputs = np.zeros((size, size, 4))
    for row in range(size):
        for column in range(size):
            x, y = 2 * column / (size - 1) - 1, 2 * row / (size - 1) - 1
            inputs[row, column] = x, y, 1.4 * math.sqrt(x * x + y * y), 1.0
    return inputs


def rgb(outputs: np.ndarray) -> np.ndarray:
    """Picbreeder's colours, pixel by pixel."""
    image = np.zeros(outputs.shape)
    for index in np.ndindex(*outputs.shape[:-1]):
        hue, saturation, brightness = (float(value) for value in outputs[index])
        saturation = min(max(saturation, 0.0), 1.0)
        image[index] = colorsys.hsv_to_rgb((hue + 1) % 1, saturation, min(abs(brightness), 1.0))
    return image


def dense_layers(arch: Arch, flat_params: np.ndarray, inputs: np.ndarray) -> list[np.ndarray]:
    """Every layer of a dense network, one neuron at a time, from the flat vector."""
    names = [name for name, count in arch.neurons for _ in range(count)]
    sizes = [len(arch.inputs), *[arch.width] * arch.depth, len(arch.outputs)]
    starts, start = {}, 0
    for layer in sorted(range(arch.depth + 1), key=str):
        starts[layer] = start
        start += sizes[layer] * sizes[layer + 1]
    layers = [inputs]
    for layer in range(arch.depth + 1):
        after = np.zeros((*inputs.shape[:-1], sizes[layer + 1]))
        for unit in range(sizes[layer + 1]):
            z = 0.0
            for source in range(sizes[layer]):
                weight = flat_params[starts[layer] + source * sizes[layer + 1] + unit]
                z = z + float(weight) * layers[-1][..., source]
            after[..., unit] = z if layer == arch.depth else ACTIVATIONS[names[unit]](z)
        layers.append(after)
    return layers


def graph_value(genome: Genome, id: str, inputs: np.ndarray) -> np.ndarray:
    """The value of one node of a genome, by recursion."""
    node = next(node for node in genome.nodes if node.id == id)
    if node.role in ("x", "y", "d", "bias"):
        return inputs[..., ("x", "y", "d", "bias").index(node.role)]
    z = np.zeros(inputs.shape[:-1])
    for link in genome.links:
        if link.target == id:
            z = z + float(np.float32(link.weight)) * graph_value(genome, link.source, inputs)
    return ACTIVATIONS[node.activation](z)


def graph_outputs(genome: Genome, inputs: np.ndarray) -> np.ndarray:
    """Hue, saturation and brightness of a genome."""
    ids = {node.role: node.id for node in genome.nodes}
    names = ("hue", "saturation", "brightness")
    return np.stack([graph_value(genome, ids[name], inputs) for name in names], axis=-1)


def graph_outputs_in_order(genome: Genome, inputs: np.ndarray) -> np.ndarray:
    """`graph_outputs` of a large genome, each of whose nodes is evaluated once."""
    values: dict[str, np.ndarray] = {}
    for node in order_of_slots(genome):
        if node.role in ("x", "y", "d", "bias"):
            values[node.id] = inputs[..., ("x", "y", "d", "bias").index(node.role)]
            continue
        z = np.zeros(inputs.shape[:-1])
        for link in genome.links:
            if link.target == node.id:
                z = z + float(np.float32(link.weight)) * values[link.source]
        values[node.id] = ACTIVATIONS[node.activation](z)
    ids = {node.role: node.id for node in genome.nodes}
    return np.stack([values[ids[name]] for name in ("hue", "saturation", "brightness")], axis=-1)

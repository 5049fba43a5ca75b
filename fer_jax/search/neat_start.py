"""What evolution begins with: genomes that hold next to nothing."""

import jax
import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.names import ACTIVATION_NAMES, INPUT_NAMES, OUTPUT_NAMES
from fer_jax.genome.graph import Genome
from fer_jax.genome.parts import Link, Node
from fer_jax.genome.population import Population, pad
from fer_jax.search.neat_settings import NeatSettings

SLOTS, LINKS = 32, 64
"""To which a population is padded at first, so that it seldom has to grow."""


def start_population(settings: NeatSettings, random: np.random.Generator) -> Population:
    """The first generation: one structure, with other weights in each genome.

    Args:
        settings: the population's size, what it starts with, the range of weights, and the
            activations from which hidden nodes are drawn.
        random: of the choices.

    Returns:
        The population.

    Example:
        >>> from fer_jax.search.neat_settings import NEAT_2002
        >>> start_population(NEAT_2002, np.random.default_rng(0)).link_count[:2].tolist()
        [12, 12]
    """
    roles = (*INPUT_NAMES, *OUTPUT_NAMES)
    nodes = [Node(str(number), "identity", role) for number, role in enumerate(roles)]
    inputs, outputs = nodes[: len(INPUT_NAMES)], nodes[len(INPUT_NAMES) :]
    hidden = []
    if settings.start == "hidden":
        hidden = [Node(str(len(roles) + at), "sin") for at in range(len(outputs))]
    into = [(one, other) for other in hidden or outputs for one in inputs]
    out_of = list(zip(hidden, outputs, strict=True)) if hidden else []
    links = tuple(Link(one.id, other.id, 1.0) for one, other in (*into, *out_of))
    one = pad([Genome((*inputs, *hidden, *outputs), links)], slots=SLOTS, links=LINKS)

    count = settings.population_size
    many = jax.device_get(jax.tree.map(lambda part: jnp.repeat(part, count, axis=0), one))
    limit = min(settings.rates.weight_range, settings.rates.weight_limit)
    weights = random.uniform(-limit, limit, many.weights.shape).astype(np.float32)
    kinds = np.array(many.kinds)
    if hidden:
        is_hidden = kinds[0] == ACTIVATION_NAMES.index("sin")
        kinds[:, is_hidden] = random.choice(settings.rates.kinds, (count, len(hidden)))
        # Grey at first, as Picbreeder's pictures are.
        colors = (many.targets == many.outputs[:, :1]) | (many.targets == many.outputs[:, 1:2])
        weights = np.where(colors, np.float32(0.0), weights)
    weights = np.where(many.is_link, weights, np.float32(0.0))
    return jax.tree.map(jnp.asarray, many._replace(weights=weights, kinds=kinds))

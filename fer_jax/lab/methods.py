"""The registry of methods: how each makes networks of a configuration. A new one is one entry."""

from fer_jax.lab.method import Method
from fer_jax.lab.method_es import ES
from fer_jax.lab.method_genome import GENOME
from fer_jax.lab.method_neat import NEAT
from fer_jax.lab.method_open_ended import OPEN_ENDED
from fer_jax.lab.method_sgd import SGD

METHODS: dict[str, Method] = {
    "es": ES,
    "genome": GENOME,
    "neat": NEAT,
    "open_ended": OPEN_ENDED,
    "sgd": SGD,
}

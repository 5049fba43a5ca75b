"""The registry of methods: how each makes networks of a configuration. A new one is one entry."""

from fer_jax.lab.methods.es import ES
from fer_jax.lab.methods.genome import GENOME
from fer_jax.lab.methods.method import Method
from fer_jax.lab.methods.neat import NEAT
from fer_jax.lab.methods.open_ended import OPEN_ENDED
from fer_jax.lab.methods.sgd import SGD

METHODS: dict[str, Method] = {
    "es": ES,
    "genome": GENOME,
    "neat": NEAT,
    "open_ended": OPEN_ENDED,
    "sgd": SGD,
}

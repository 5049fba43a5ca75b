"""How did a network come to draw an image, and what does that do to its insides?

fer_jax trains networks or takes evolved ones, by the thousand, scores how fractured and entangled
each one is, and compares. From Python:

    genome  = load_genome("sunrise")           from Picbreeder, CPPN-X or JSON, or by name
    network = layerize(genome)                 the same picture as a dense network
    image   = render(network, size=256)        (256, 256, 3) float32 in [0, 1], row 0 on top
    maps    = feature_maps(network, size=256)  what every neuron sees, layer by layer
    result  = train_sgd("relu:16x3", "sunrise", seeds=8, steps=1000, size=64)
    scores  = score(network)                   {"fracture": ..., "entanglement": ..., ...}

The command `fer-jax` does the same for whole sweeps: `fer-jax --help`. Importing this package
changes no setting of JAX; each name is loaded when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_jax.cppn.arch import Arch
    from fer_jax.cppn.conditional import select
    from fer_jax.cppn.network import Cppn
    from fer_jax.cppn.render import feature_maps, render
    from fer_jax.errors import (
        ArchError,
        ConfigError,
        ConfigWarning,
        DataError,
        FerJaxError,
        FerJaxWarning,
        GenomeError,
        GenomeWarning,
        MetricError,
        NetworkError,
        RunFolderError,
        TargetError,
    )
    from fer_jax.genome.files import load_genome, save_genome
    from fer_jax.genome.graph import Genome
    from fer_jax.genome.layerize import layerize
    from fer_jax.genome.population_render import render_population
    from fer_jax.genome.sparse_topology import sparse_topology
    from fer_jax.lab.folders.networks import load_network
    from fer_jax.lab.tables.collect import read_table
    from fer_jax.lab.tables.collect_along import read_table_along
    from fer_jax.metrics.scoring import score
    from fer_jax.search.devices import use_all_cores
    from fer_jax.search.train_sgd import train_sgd

__version__ = "0.1.0"

__all__ = [
    "Arch",
    "ArchError",
    "ConfigError",
    "ConfigWarning",
    "Cppn",
    "DataError",
    "FerJaxError",
    "FerJaxWarning",
    "Genome",
    "GenomeError",
    "GenomeWarning",
    "MetricError",
    "NetworkError",
    "RunFolderError",
    "TargetError",
    "feature_maps",
    "layerize",
    "load_genome",
    "load_network",
    "read_table",
    "read_table_along",
    "render",
    "render_population",
    "save_genome",
    "score",
    "select",
    "sparse_topology",
    "train_sgd",
    "use_all_cores",
]

_HOMES = {
    "Arch": "cppn.arch",
    "Cppn": "cppn.network",
    "Genome": "genome.graph",
    "feature_maps": "cppn.render",
    "layerize": "genome.layerize",
    "load_genome": "genome.files",
    "load_network": "lab.folders.networks",
    "read_table": "lab.tables.collect",
    "read_table_along": "lab.tables.collect_along",
    "render": "cppn.render",
    "render_population": "genome.population_render",
    "save_genome": "genome.files",
    "score": "metrics.scoring",
    "select": "cppn.conditional",
    "sparse_topology": "genome.sparse_topology",
    "train_sgd": "search.train_sgd",
    "use_all_cores": "search.devices",
}
"""Where each public name lives; errors live in `errors`."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'fer_jax' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"fer_jax.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

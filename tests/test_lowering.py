"""Every jitted function of the first rooms can be compiled for a GPU and for a TPU."""

import importlib
import pkgutil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh

import fer_jax
from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn, DenseProgram
from fer_jax.cppn.render import feature_maps_params, render_params
from fer_jax.genome import population_render
from fer_jax.genome.files import load_genome
from fer_jax.genome.population import pad
from fer_jax.genome.population_rows import to_rows
from fer_jax.genome.spread import GENOMES
from fer_jax.metrics import behavioural_dimension, depth, device_work, effects, interaction, reuse
from fer_jax.metrics.derivatives import line_products
from fer_jax.metrics.effect_maps import effect_maps
from fer_jax.metrics.effects import signals_of
from fer_jax.search import (
    blocked_loss,
    descriptors,
    es,
    es_step,
    fitness,
    neat_breeding,
    scripted_breeder,
    sgd,
    sgd_step,
)
from fer_jax.search.devices import training_mesh
from fer_jax.search.initial_params import INITIALIZERS, initial_params
from fer_jax.search.neat_settings import PRESETS
from fer_jax.search.pictures import cut_pictures
from fer_jax.search.pixel_blocks import PixelBlocks

ARCH = Arch.parse("2;cache:2,gaussian:2,relu:2,sigmoid:2,sin:2")
WEIGHTS = jnp.zeros(ARCH.parameter_count)
ROOMS = ("fer_jax.cppn", "fer_jax.genome", "fer_jax.metrics", "fer_jax.search")


def _training(seeds: int, **options: Any) -> tuple:
    picture = np.zeros((8, 8, 3), np.float32)
    search = sgd.SgdSearch(ARCH, picture, tuple(range(seeds)), initial_params=WEIGHTS, **options)
    return (
        search._update,
        training_mesh(seeds, groups=1),
        search.start().seeds,
        search._settings,
        search._work.pixels,
        jnp.int32(0),
        jnp.int32(1),
    )


def _evolving(strategy: str) -> tuple:
    picture = np.zeros((8, 8, 3), np.float32)
    search = es.EsSearch(ARCH, picture, (0,), strategy=strategy, population_size=8)
    return (
        search._generation,
        training_mesh(1, groups=1),
        search.start().seeds,
        search._settings,
        search._work.pixels,
        jnp.int32(0),
        jnp.int32(1),
    )


def _evaluated(training: tuple) -> tuple:
    _, _, _, settings, pixels, *_ = training
    return pixels, settings.at(0)


def _drawing() -> list[tuple]:
    genome = load_genome("sunrise")
    dense = (DenseProgram(ARCH), WEIGHTS)
    return [dense, (genome.program, jnp.asarray(genome.params))]


def _signals() -> list[dict[str, Any]]:
    """Of a dense network and of a graph, with weights for the parameters."""
    found = []
    for model in (Cppn.from_flat(ARCH, WEIGHTS), load_genome("sunrise")):
        signals, data = signals_of(model)
        live = jnp.ones(signals.parameter_count(data))
        found.append({"signals": signals, "data": data, "live": live})
    return found


def _energies() -> list[dict[str, Any]]:
    masks = {"masks": jnp.ones((2, 64)), "size": 8}
    return [
        {"what": what, "signals": each["signals"], "data": each["data"], **masks}
        for each in _signals()
        for what in ("energies", "link_energies")
    ]


def _effects() -> list[tuple]:
    return [((each["signals"], each["data"]), {}) for each in _signals()]


def _chosen() -> list[tuple]:
    """Some links that are moved, and pairs of them."""
    chosen = (jnp.arange(96) % 4, jnp.ones(96), jnp.zeros((4, 2), jnp.int32))
    return [((each["signals"], each["data"], *chosen), {}) for each in _signals()]


def _population() -> list[tuple]:
    mesh = Mesh(np.array(jax.local_devices()[:1]), (GENOMES,))
    genomes = pad([load_genome("sunrise")])
    colors, target = population_render._colors, jnp.ones((8, 8, 3))
    return [
        ((genomes, 8, *seen), {"one_by_one": one_by_one})
        for seen in (
            (colors, mesh),
            (colors, mesh, fitness.squared_error, target),
            (population_render._every_slot, mesh),
        )
        for one_by_one in (True, False)
    ]


def _breeding() -> list[tuple]:
    mesh = Mesh(np.array(jax.local_devices()[:1]), (GENOMES,))
    genomes = jax.device_get(pad([load_genome("sunrise")] * 2))
    rows = to_rows(genomes)
    origins = np.concatenate([rows, rows, np.ones((2, 6), np.int32)], axis=1)
    programs = [
        neat_breeding._Program(genomes.slots, genomes.links, settings.rates, mesh)
        for settings in PRESETS.values()
    ]
    return [((origins, program), {}) for program in programs]


def _pictures() -> list[tuple]:
    return [((jnp.ones((2, 16, 16, 3)), jnp.ones((16, 16, 3))), {})]


def _units() -> list[tuple]:
    return [((each["signals"], each["data"], jnp.arange(32)), {}) for each in _signals()]


def _many() -> list[tuple]:
    """Each kind of work of the metrics, for two networks."""
    dense = _signals()[0]
    signals = ("signals", dense.pop("signals"))
    two = jax.tree.map(lambda part: jnp.stack(2 * [part]), dense)
    mesh = Mesh(np.array(jax.local_devices()[:1]), (device_work.SEEDS,))
    masks = {"data": two["data"], "masks": jnp.ones((2, 2, 64))}
    lines = {**two, "lines": jnp.ones((2, 8, 8, 4))}
    program = ("program", DenseProgram(ARCH))
    return [
        (render_params, (program, ("size", 8)), mesh, {"params": two["data"]}),
        (effects._sums, (signals, ("size", 8), ("what", "link_energies")), mesh, masks),
        (effect_maps, (signals,), mesh, {"data": two["data"]}),
        (line_products, (signals,), mesh, lines),
        (behavioural_dimension._sums, (signals,), mesh, two),
    ]


CALLS = {
    render_params: lambda: [(args, {"size": 8}) for args in _drawing()],
    feature_maps_params: lambda: [(args, {"size": 8}) for args in _drawing()],
    population_render.on_devices: lambda: _population(),
    neat_breeding._offspring: lambda: _breeding(),
    fitness.mean_squared_errors: lambda: _pictures(),
    fitness.structural_similarities: lambda: _pictures(),
    scripted_breeder.contrast: lambda: [((jnp.ones((2, 8, 8, 3)),), {})],
    descriptors.described: lambda: [
        ((jnp.ones((2, 8, 8, 3)), each), {}) for each in descriptors.DESCRIPTORS.values()
    ],
    effects._sums: lambda: [((), each) for each in _energies()],
    effect_maps: lambda: _effects(),
    interaction._sizes: lambda: _chosen(),
    reuse._squared_changes: lambda: _units(),
    depth._of_outputs: lambda: [((jnp.ones((8, 8, 3)),), {})],
    line_products: lambda: [((), {**each, "lines": jnp.ones((2, 8, 4))}) for each in _signals()],
    behavioural_dimension._sums: lambda: [((), each) for each in _signals()],
    device_work.for_each: lambda: [(args, {}) for args in _many()],
    initial_params: lambda: [
        ((ARCH, init, jnp.arange(2, dtype=jnp.uint32)), {}) for init in INITIALIZERS
    ],
    blocked_loss._product: lambda: [
        ((jnp.ones((8, 16)), jnp.ones((16, 8)), jnp.ones((8, 64)), jax.lax.Precision.HIGHEST), {})
    ],
    cut_pictures: lambda: [
        ((np.zeros((1, 1, 8, 8, 3), np.float32), ARCH, PixelBlocks.of(64)), options)
        for options in ({"loss": "rgb", "slopes": False}, {"loss": "hsv", "slopes": True})
    ],
    sgd_step.evaluate: lambda: [
        ((_training(1)[0].loss, *_training(1)[1:2], WEIGHTS, *_evaluated(_training(1))), {})
    ],
    es_step.evolve_seeds: lambda: [
        (_evolving(name), {}) for name in ("CMA_ES", "Sep_CMA_ES", "PSO")
    ],
    sgd_step.advance_seeds: lambda: [
        (_training(1), {}),
        (_training(2), {}),
        (_training(6, seeds_in_flight=3, block_size=64), {}),
        (_training(2, batch_size=16), {}),
        (_training(2, loss="hsv", smoothness=0.1), {}),
    ],
}


def jitted_functions() -> set:
    found = set()
    for room in pkgutil.iter_modules(fer_jax.__path__, "fer_jax."):
        if room.name not in ROOMS:
            continue
        for module in pkgutil.iter_modules(importlib.import_module(room.name).__path__):
            members = vars(importlib.import_module(f"{room.name}.{module.name}")).values()
            found |= {member for member in members if isinstance(member, jax.stages.Wrapped)}
    return found


def test_no_jitted_function_is_forgotten():
    assert jitted_functions() == set(CALLS)


@pytest.mark.parametrize("platform", ["cuda", "tpu"])
@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_lowers(function, platform):
    for args, kwargs in CALLS[function]():
        exported = jax.export.export(function, platforms=(platform,))(*args, **kwargs)
        assert exported.platforms == (platform,)

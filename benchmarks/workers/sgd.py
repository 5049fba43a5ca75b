"""One way of training in a process of its own, which takes steps when it is told to on stdin.

`python benchmarks/workers/sgd.py WAY ARCH SEEDS SIZE` prints a line of JSON when it is ready:
seconds to import JAX, to compile or to fetch what is compiled, and to the end of the first two
steps. Then it prints one for each number of steps that it reads: ms a seed-step. An empty line ends
it; the last line is its peak memory in MiB.
"""

import functools
import json
import resource
import sys
import time
from collections.abc import Callable

LEARNING_RATE = 3e-3
TARGET = "moth"


def baseline(name: str, seeds: int, size: int) -> Callable[[int], object]:
    """The original study's way: one seed on one device, a pixel's network vmapped over all."""
    import jax
    import jax.numpy as jnp
    import optax

    from fer_jax.cppn.color import outputs_to_rgb
    from fer_jax.cppn.coordinates import pixel_inputs
    from fer_jax.cppn.network import DenseProgram
    from fer_jax.genome.arch_names import resolve_arch
    from fer_jax.genome.target import load_target
    from fer_jax.search.initial_params import initial_params

    arch = resolve_arch(name)
    program, adam = DenseProgram(arch, jax.lax.Precision.DEFAULT), optax.adam(LEARNING_RATE)
    inputs, target = pixel_inputs(size), jnp.asarray(load_target(TARGET, size).image)

    def loss(params: jax.Array) -> jax.Array:
        def pixel(x: jax.Array) -> jax.Array:
            return outputs_to_rgb(program.layers(params, x)[-1])

        return jnp.mean(jnp.square(jax.vmap(jax.vmap(pixel))(inputs) - target))

    @jax.jit
    def step(carry: tuple) -> tuple:
        params, state = carry
        value, gradient = jax.value_and_grad(loss)(params)
        updates, state = adam.update(gradient / jnp.linalg.norm(gradient), state)
        return (params + updates, state), value

    params = initial_params(arch, "lecun_normal", jnp.zeros(1, jnp.uint32))[0]
    carry = params, adam.init(params)

    def run(steps: int) -> object:
        nonlocal carry
        losses = []
        for _ in range(steps):
            carry, value = step(carry)
            losses.append(value)
        return jax.device_get(losses)

    return run


def ours(name: str, seeds: int, size: int) -> Callable[[int], object]:
    """`train_sgd`'s way, on one device per core, with the command's cache of compiled programs."""
    from fer_jax.lab.launch import machine

    machine.prepare(all_cores=True)
    from fer_jax.genome.arch_names import resolve_arch
    from fer_jax.genome.target import load_target
    from fer_jax.search.sgd import SgdSearch

    image = load_target(TARGET, size).image
    search = SgdSearch(resolve_arch(name), image, tuple(range(seeds)), LEARNING_RATE)
    state = search.start()

    def run(steps: int) -> object:
        nonlocal state
        state, records = search.advance(state, steps)
        return records["losses"][0]

    return run


def bare(name: str, seeds: int, size: int) -> Callable[[int], object]:
    """The compiled steps of `ours` alone, called again and again on what is on the device."""
    import fer_jax

    fer_jax.use_all_cores()
    import jax
    import jax.numpy as jnp

    from fer_jax.genome.arch_names import resolve_arch
    from fer_jax.genome.target import load_target
    from fer_jax.search import sgd_step
    from fer_jax.search.placement import spread
    from fer_jax.search.sgd import SgdSearch

    image = load_target(TARGET, size).image
    search = SgdSearch(resolve_arch(name), image, tuple(range(seeds)), LEARNING_RATE)
    state = spread(search._mesh, search.start().seeds)
    settings = search._placed_settings
    advance = functools.partial(sgd_step.advance_seeds, search._update, search._mesh)

    def run(steps: int) -> object:
        nonlocal state
        # Compiled code alone is timed: one call, however many steps.
        state, log = advance(state, settings, search._work.pixels, jnp.int32(0), jnp.int32(steps))
        return jax.block_until_ready(log)[0, :steps]

    return run


def sgemm(name: str, seeds: int, size: int) -> Callable[[int], object]:
    """A 2048-cubed float32 product on all cores; a step is one product."""
    import jax
    import jax.numpy as jnp

    a = jnp.ones((2048, 2048), jnp.float32)
    product = jax.jit(jnp.dot)

    def run(steps: int) -> object:
        return [jax.block_until_ready(product(a, a))[0, 0] for _ in range(steps)]

    return run


def main() -> None:
    way, name, seeds, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    began = time.perf_counter()
    import jax

    imported, compiled = time.perf_counter(), 0.0

    def count_compilation(event: str, seconds: float, **_: object) -> None:
        nonlocal compiled
        if event.endswith("backend_compile_duration"):
            compiled += seconds

    jax.monitoring.register_event_duration_secs_listener(count_compilation)
    run = {"baseline": baseline, "ours": ours, "bare": bare, "sgemm": sgemm}[way](name, seeds, size)
    losses = [float(loss) for loss in run(2)]
    ready = time.perf_counter()
    took = {"import": imported - began, "compile": compiled, "first_step": ready - imported}
    _tell({**took, "losses": losses})
    for line in sys.stdin:
        if not line.strip():
            break
        steps = int(line)
        began = time.perf_counter()
        run(steps)
        seconds = time.perf_counter() - began
        _tell({"ms": 1e3 * seconds / steps / seeds})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _tell({"peak_mib": peak / (2**20 if sys.platform == "darwin" else 2**10)})


def _tell(content: dict) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main()

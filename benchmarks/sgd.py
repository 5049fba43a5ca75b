"""Seed-steps a second of `train_sgd`, against the way of the original study.

The baseline trains one seed at a time on one device, with the per-pixel network vmapped over the
picture. Ours trains all seeds over all cores. Both are checked against each other before they are
timed, and timed in turns, so that a noisy machine is noisy for both.
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable

import fer_jax

fer_jax.use_all_cores()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402

from fer_jax.cppn.color import outputs_to_rgb  # noqa: E402
from fer_jax.cppn.coordinates import pixel_inputs  # noqa: E402
from fer_jax.cppn.network import DenseProgram  # noqa: E402
from fer_jax.genome.arch_names import resolve_arch  # noqa: E402
from fer_jax.genome.target import load_target  # noqa: E402
from fer_jax.search.sgd import SgdSearch  # noqa: E402

ARCHS = ("skull", "relu:64x6")
LEARNING_RATE = 3e-3


def baseline(program: DenseProgram, target: jax.Array) -> Callable:
    """One step of one seed: Adam on the normalised gradient, pixel by pixel under vmap."""
    inputs = pixel_inputs(target.shape[0], program.inputs)
    adam = optax.adam(LEARNING_RATE)

    def loss(params: jax.Array) -> jax.Array:
        pixel = functools.partial(_pixel, program, params)
        return jnp.mean(jnp.square(jax.vmap(jax.vmap(pixel))(inputs) - target))

    @jax.jit
    def step(params: jax.Array, state: optax.OptState) -> tuple:
        value, gradient = jax.value_and_grad(loss)(params)
        updates, state = adam.update(gradient / jnp.linalg.norm(gradient), state)
        return params + updates, state, value

    def run(params: jax.Array, steps: int) -> np.ndarray:
        state, losses = adam.init(params), []
        for _ in range(steps):
            params, state, value = step(params, state)
            losses.append(value)
        return np.array(losses)

    return run


def _pixel(program: DenseProgram, params: jax.Array, inputs: jax.Array) -> jax.Array:
    return outputs_to_rgb(program.layers(params, inputs)[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="pixels along one side")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=6, help="timed steps in a round")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(f"{len(jax.devices())} x {jax.devices()[0].device_kind}, {given.size} x {given.size}")
    target = jnp.asarray(load_target("moth", given.size).image)
    for name in ARCHS:
        arch = resolve_arch(name)
        search = SgdSearch(arch, np.asarray(target), tuple(range(given.seeds)), LEARNING_RATE)
        plain = baseline(DenseProgram(arch), target)
        first = search.start().seeds.params[0]
        state, records = search.advance(search.start(), 3)
        np.testing.assert_allclose(records["losses"][0], plain(first, 3), rtol=1e-3)
        ratios, plain_ms, ours_ms = [], [], []
        for _ in range(given.rounds):
            began = time.perf_counter()
            plain(first, given.steps)
            plain_ms.append(1e3 * (time.perf_counter() - began) / given.steps)
            began = time.perf_counter()
            state, _ = search.advance(state, given.steps)
            took = time.perf_counter() - began
            ours_ms.append(1e3 * took / given.steps / given.seeds)
            ratios.append(plain_ms[-1] / ours_ms[-1])
        print(
            f"{name:12} baseline {statistics.median(plain_ms):7.1f} ms a seed-step, "
            f"ours {statistics.median(ours_ms):7.1f} with {given.seeds} seeds: "
            f"{statistics.median(ratios):.2f} x"
        )


if __name__ == "__main__":
    main()

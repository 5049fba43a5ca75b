"""Tiny runs for the tests: a small genome, and a search that needs no training."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_jax.cppn.arch import Arch
from fer_jax.genome.files import save_genome
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.genome.target import Target
from fer_jax.lab.folders.networks import Networks
from fer_jax.lab.methods.method import Found, Method, Prepared
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.settings.config import RunConfig

ARCH = Arch.parse("relu:2x1")
METRIC = "still_pixels"


def small_genome(name: str = "hill", weight: float = 1.5) -> Genome:
    inputs = [Node(role, "identity", role) for role in ("x", "y", "d", "bias")]
    outputs = [Node(role, "identity", role) for role in ("hue", "saturation", "brightness")]
    links = (
        Link("d", "hill", weight),
        Link("x", "hill", 0.5),
        Link("hill", "brightness", 0.6),
        Link("y", "hue", 0.3),
        Link("bias", "saturation", 0.5),
    )
    return Genome((*inputs, Node("hill", "gaussian"), *outputs), links, name)


def genome_file(folder: Path, name: str = "hill", weight: float = 1.5) -> Path:
    path = folder / f"{name}.json"
    save_genome(small_genome(name, weight), path)
    return path


def fake_config(folder: Path, **keys: Any) -> RunConfig:
    """Of a run by the fake search (see `fake_method`) that draws a small genome."""
    defaults: dict[str, Any] = {
        "method": "fake",
        "target": keys.get("target") or str(genome_file(folder)),
        "seeds": 3,
        "steps": 40,
        "size": 8,
        "score_size": 8,
        "metrics": [METRIC],
        "output_dir": str(folder / "outputs"),
    }
    return RunConfig(**defaults | keys)


class Killed(BaseException):
    """What a killed process looks like from within: nothing may catch it."""


@dataclass
class FakeSearch:
    """Weights that are a chaotic function of seed and step, so that any wrong step shows.

    Attributes:
        kill_at: step at which the process dies.
        fail_at: step at which it raises.
        diverge: seeds that turn NaN at step 10.
        stop: seeds that reach their target loss at step 20.
        plan: what it says of how it goes about it.
        advanced: how many steps were taken, over all chunks.
    """

    seeds: tuple[int, ...]
    kill_at: int = -1
    fail_at: int = -1
    diverge: tuple[int, ...] = ()
    stop: tuple[int, ...] = ()
    plan: str = ""
    advanced: int = field(default=0)

    def start(self) -> dict[str, np.ndarray]:
        draws = [np.random.default_rng(seed).random(ARCH.parameter_count) for seed in self.seeds]
        return {"params": np.array(draws, np.float32), "step": np.array(0, np.int32)}

    def advance(self, state: dict, steps: int) -> tuple[dict, dict[str, np.ndarray]]:
        params, step, losses = state["params"], int(state["step"]), []
        for _ in range(steps):
            if step == self.kill_at:
                raise Killed
            if step == self.fail_at:
                raise ArithmeticError("the machine\nis tired")
            loss = params.mean(axis=1)
            still = ~np.any(list(self._ended(step).values()), axis=0)
            losses.append(np.where(still, loss, np.nan).astype(np.float32))
            params = (3.9 * params * (1 - params)).astype(np.float32)
            step += 1
            self.advanced += 1
        state = {"params": params, "step": np.array(step, np.int32)}
        return state, {"losses": np.stack(losses, axis=1)}

    def ended(self, state: dict) -> dict[str, np.ndarray]:
        return self._ended(int(state["step"]))

    def _ended(self, step: int) -> dict[str, np.ndarray]:
        return {
            "diverged": np.isin(self.seeds, self.diverge) & (step >= 10),
            "stopped": np.isin(self.seeds, self.stop) & (step >= 20),
        }

    def arrays(self, state: dict) -> dict[str, np.ndarray]:
        return dict(state)

    def restore(self, arrays: Any) -> dict[str, np.ndarray]:
        return dict(arrays)

    def result(self, state: dict, records: Any) -> tuple[np.ndarray, np.ndarray]:
        return state["params"], records["losses"]


@pytest.fixture
def fake_method(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Registers the method "fake". What is put into the dict goes to the searches that it makes
    from then on; they are in the list "made"."""
    options: dict[str, Any] = {"made": []}

    def prepare(config: RunConfig, target: Target) -> Prepared:
        given = {name: value for name, value in options.items() if name != "made"}
        search = FakeSearch(config.seed_list, **given)
        options["made"].append(search)

        def harvest(result: Any) -> Found:
            params, losses = result
            status = ["diverged" if seed in search.diverge else "ok" for seed in search.seeds]
            return Found(
                networks=Networks(ARCH, search.seeds, params, tuple(status)),
                curves={"seeds": np.array(search.seeds), "losses": losses},
                diverged=dict.fromkeys(search.diverge, "diverged at step 10"),
            )

        settings = {"seeds": list(config.seed_list), "steps": config.steps, "arch": ARCH.spelling}
        return Prepared(settings, search, harvest)

    monkeypatch.setitem(METHODS, "fake", Method(("seeds", "steps"), prepare))
    return options

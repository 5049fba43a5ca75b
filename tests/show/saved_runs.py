"""Run folders as the laboratory writes them, made up in milliseconds instead of trained."""

import io
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pandas as pd
import yaml

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.flat_params import flatten
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import render
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.lab.folders import run_folder as names
from fer_jax.lab.folders.atomic import write_bytes, write_json, write_text
from fer_jax.lab.folders.networks import Networks, write_genomes, write_networks
from fer_jax.lab.folders.run_folder import GENOMES, NETWORKS
from tests.lab.sealing import seal

METRICS = ("fracture", "entanglement", "total_variation", "loss")


def random_network(spec: str, seed: int = 0) -> Cppn:
    arch = Arch.parse(spec)
    draws = np.random.default_rng(seed)
    shapes = arch.kernel_shapes
    return Cppn(arch, flatten(arch, [draws.normal(size=s) / np.sqrt(s[0]) for s in shapes]))


def small_genome(name: str = "hill") -> Genome:
    inputs = [Node(role, "identity", role) for role in ("x", "y", "d", "bias")]
    hidden = [Node("hill", "gaussian"), Node("ring", "sin")]
    outputs = [Node(role, "identity", role) for role in ("hue", "saturation", "brightness")]
    links = (
        Link("d", "hill", 1.5),
        Link("hill", "ring", 2.0),
        Link("x", "ring", 0.5),
        Link("ring", "brightness", 0.9),
        Link("hill", "hue", 0.3),
        Link("bias", "saturation", 0.5),
    )
    return Genome((*inputs, *hidden, *outputs), links, name)


def save_genome_run(root: Path, target: str = "hill", size: int = 16, **more: Any) -> Path:
    genome = small_genome(target)
    folder = _save(root / f"genome-{_safe(target)}", "genome", target, size, more)
    write_genomes(folder / GENOMES, [genome])
    _save_target(folder, render(genome, size))
    _save_metrics(folder, {None: [0.2, 0.3, 0.04, 0.0]})
    seal(folder)
    return folder


def save_sgd_run(
    root: Path,
    target: str = "hill",
    arch: str = "tanh:6x2",
    seeds: int = 4,
    steps: int = 30,
    size: int = 16,
    diverged: tuple[int, ...] = (),
    snapshots: int = 0,
    **more: Any,
) -> Path:
    settings = {"arch": arch, "seeds": list(range(seeds)), "steps": steps, "learning_rate": 3e-3}
    folder = _save(root / f"sgd-{_safe(target + arch)}", "sgd", target, size, settings | more)
    draws = np.random.default_rng(0)
    losses = 0.1 * np.exp(-np.arange(steps) / steps + 0.2 * draws.normal(size=(seeds, 1)))
    losses = losses.astype(np.float32)
    for seed in diverged:
        losses[seed, steps // 2 :] = np.nan
    states = ["diverged" if seed in diverged else "ok" for seed in range(seeds)]
    networks = [random_network(arch, seed) for seed in range(seeds)]
    params = np.stack([network.flat_params for network in networks])
    saved = Networks(networks[0].arch, tuple(range(seeds)), params, tuple(states))
    write_networks(folder / NETWORKS, saved)
    file = io.BytesIO()
    kept = {}
    if snapshots:
        kept["snapshot_steps"] = along = np.array(_steps_along(snapshots))
        kept["snapshots"] = params[:, :, None] * (0.5 + along / along[-1])
        kept["diverged_at"] = np.array([2 if seed in diverged else -1 for seed in range(seeds)])
    np.savez(file, seeds=np.arange(seeds), losses=losses, **kept)
    write_bytes(folder / names.CURVES, file.getvalue())
    _save_target(folder, render(small_genome(), size))
    rows = {seed: [0.7, 0.5, 0.05, 1e-3] + 0.05 * draws.random(4) for seed in range(seeds)}
    _save_metrics(folder, rows | {seed: [np.nan] * 4 for seed in diverged})
    if snapshots:
        save_along(folder, seeds, snapshots)
    _save_status(folder, {str(seed): state for seed, state in enumerate(states)})
    seal(folder)
    return folder


def save_along(folder: Path, seeds: int, snapshots: int) -> None:
    """Readings at steps 0, 1, 2, 4 ...; fracture is undefined at first."""
    rows = [
        (folder.name, seed, step, None, metric, "1", value, "" if value == value else "too plain")
        for seed in range(seeds)
        for step in _steps_along(snapshots)
        for metric, value in (
            ("loss", 0.1 / (1 + step)),
            ("fracture", np.nan if step == 0 else 0.5 + 0.02 * seed),
            ("entanglement", 0.4 + 0.02 * seed),
        )
    ]
    frame = pd.DataFrame(rows, columns=list(names.ALONG_COLUMNS)).astype(names.ALONG_COLUMNS)
    file = io.BytesIO()
    frame.to_parquet(file, index=False)
    write_bytes(folder / names.ALONG, file.getvalue())


def _steps_along(snapshots: int) -> list[int]:
    return [0, *(2**power for power in range(snapshots - 1))]


def save_failed_run(root: Path, target: str = "hill", error: str = "out of memory") -> Path:
    folder = _save(root / f"failed-{_safe(target)}", "sgd", target, 16, {"arch": "relu:4x1"})
    status = {"id": folder.name, "state": "failed", "error": error}
    write_json(folder / names.STATUS, status)
    seal(folder)
    return folder


def _save(folder: Path, method: str, target: str, size: int, settings: dict[str, Any]) -> Path:
    folder.mkdir(parents=True)
    config = {"method": method, "target": target, "target_name": target, "target_hash": "0" * 64}
    config |= {"size": size, **settings}
    write_text(folder / names.CONFIG, yaml.safe_dump(config, sort_keys=False))
    overrides = [f"method={method}", f"target={target}", f"size={size}"]
    overrides += [f"arch={settings['arch']}"] if "arch" in settings else []
    write_text(folder / names.OVERRIDES, yaml.safe_dump(overrides))
    write_json(folder / names.ENVIRONMENT, {"python": "3.11", "packages": {"jax": "0.10.2"}})
    _save_status(folder, {})
    return folder


def _save_status(folder: Path, seeds: dict[str, str]) -> None:
    scoring = {"metrics": dict.fromkeys(METRICS, "1"), "score_size": 16, "score_key": 0}
    status = {"id": folder.name, "state": "done", "error": None, "scoring": scoring}
    write_json(folder / names.STATUS, status | {"seeds": seeds})


def _save_target(folder: Path, image: np.ndarray) -> None:
    pixels = np.round(image * 255).astype(np.uint8)
    write_bytes(folder / names.TARGET, iio.imwrite("<bytes>", pixels, extension=".png"))


def _save_metrics(folder: Path, readings: dict[int | None, Any]) -> None:
    rows = [
        (folder.name, seed, None, metric, "1", value, "" if np.isfinite(value) else "diverged")
        for seed, values in readings.items()
        for metric, value in zip(METRICS, values, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(names.METRIC_COLUMNS)).astype(names.METRIC_COLUMNS)
    file = io.BytesIO()
    frame.to_parquet(file, index=False)
    write_bytes(folder / names.METRICS, file.getvalue())


def _safe(text: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in text)

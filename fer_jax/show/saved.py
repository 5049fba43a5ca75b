"""What a report needs of saved runs, read from their folders."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from fer_jax.cppn.network import Cppn
from fer_jax.errors import RunFolderError
from fer_jax.genome.layerize import layerize
from fer_jax.lab.folders.contents import archives_in, evolution_in, genomes_in
from fer_jax.lab.folders.networks import read_networks
from fer_jax.lab.folders.run_folder import ENVIRONMENT, NETWORKS, OVERRIDES, RunFolder
from fer_jax.lab.methods.method import Found
from fer_jax.show.along import courses_of
from fer_jax.show.groups import distinct
from fer_jax.show.page import Listed
from fer_jax.show.paths import paths_of
from fer_jax.show.report_pictures import MAX_RUNS, MAX_TARGETS, Shown
from fer_jax.show.study import Study, study_of
from fer_jax.show.wording import joined, plain

_UNTOLD = ("target", "target_name", "target_hash", "genome")
"""Settings that are paths or hashes; a target is told by its name."""


def read_shown(folder: RunFolder, also: Sequence[str] = ()) -> Shown:
    """Read what the pictures need of a finished run.

    Args:
        folder: the run.
        also: settings, beside the architecture, by which it is to be called.

    Returns:
        Its networks, those of diverged seeds included; for a run that holds genomes and no
        networks, the layerized genomes, unless they were bred.

    Raises:
        RunFolderError: if a file of the run is missing or damaged.
        NetworkError, GenomeError: if its networks or genomes are.
    """
    evolution, archives = evolution_in(folder), archives_in(folder)
    networks: list[tuple[int, Cppn]] = []
    saved = None
    if (folder.path / NETWORKS).exists():
        saved = read_networks(folder.path / NETWORKS)
        networks = [(seed, saved.network(seed)) for seed in saved.seeds]
    elif not evolution and not archives:
        # Bred genomes are drawn as they are: each layerized one would be compiled for alone.
        networks = [(index, layerize(genome)) for index, genome in enumerate(genomes_in(folder))]
    seeds, losses = folder.losses() or (np.empty(0, dtype=int), np.empty((0, 0)))
    if losses.ndim != 2 or len(seeds) != len(losses):
        raise RunFolderError(
            f"{folder.path}: its losses have shape {losses.shape} for {len(seeds)} seeds; "
            f"expected (seeds, steps); delete the folder, run again"
        )
    for row in np.flatnonzero(folder.curves("stopped_at").get("stopped_at", np.empty(0)) >= 0):
        # A seed that has stopped logs nothing more, and stays as it is.
        last = np.flatnonzero(np.isfinite(losses[row]))[-1]
        losses[row, last:] = losses[row, last]
    image = folder.target_image()
    if image is None:
        image = np.empty((0, 0, 3), dtype=np.float32)
    elif image.shape[0] != image.shape[1] or image.shape[0] < 2:
        raise RunFolderError(
            f"{folder.path}: its target has shape {image.shape}; expected a square image; "
            f"delete the folder, run again"
        )
    along = folder.metrics_along()
    courses = () if along is None else courses_of(along)
    # What is kept for the pictures is a small part of all the weights.
    found = Found(networks=saved, evolution=tuple(evolution), snapshots=folder.snapshots())
    config = folder.config
    told = [f"{name} {text}" for name in also if (text := plain(config.get(name)))]
    return Shown(
        target=_name(config),
        method=str(config["method"]),
        label=joined([str(config.get("arch") or ""), *told]),
        image=image,
        networks=tuple(networks),
        seeds=seeds,
        losses=losses,
        courses=courses,
        evolution=tuple(evolution),
        archives=tuple(archives),
        genomes=tuple(genomes_in(folder)) if archives else (),
        curves=folder.curves() if archives else {},
        folder=str(folder.path),
        paths=paths_of(found, courses),
    )


def pictured(folders: Sequence[RunFolder]) -> list[RunFolder]:
    """The finished runs of which pictures are drawn, by target, the genome first."""
    done = [folder for folder in folders if folder.state == "done"]
    chosen = []
    for target in distinct(_name(folder.config) for folder in done)[:MAX_TARGETS]:
        members = [folder for folder in done if _name(folder.config) == target]
        genomes = [folder for folder in members if folder.config["method"] == "genome"]
        others = [folder for folder in members if folder.config["method"] != "genome"]
        chosen += genomes[:1] + others[:MAX_RUNS]
    return chosen


def listed_of(folder: RunFolder, root: Path) -> Listed:
    """A run's line in the list of all runs, with its place below the root."""
    statuses = list(folder.seed_status.values())
    unfinished = "" if folder.state == "done" else "the same command goes on with it"
    return Listed(
        folder=folder.path.relative_to(root).as_posix(),
        state=folder.state,
        target=_name(folder.config),
        method=str(folder.config["method"]),
        arch=str(folder.config.get("arch") or ""),
        told=str(folder.status.get("error") or unfinished),
        networks=len(statuses),
        diverged=statuses.count("diverged"),
    )


def asked(folders: Sequence[RunFolder]) -> Study:
    """What the runs asked, and how to ask it again."""
    settings = []
    for folder in folders:
        told = {name: value for name, value in folder.config.items() if name not in _UNTOLD}
        settings.append({"target": _name(folder.config), **told})
    overrides = [_overrides(folder) for folder in folders]
    return study_of(settings, [entry for entry in overrides if entry is not None])


def environment_of(folders: Sequence[RunFolder]) -> list[tuple[str, str]]:
    """What the runs say of machine and versions; where they differ, all that they say."""
    said = [_read_json(folder.path / ENVIRONMENT) for folder in folders]
    study = study_of([entry for entry in said if isinstance(entry, dict)], [])
    return [*study.fixed, *((name, " / ".join(values)) for name, values in study.varied)]


def _overrides(folder: RunFolder) -> list[str] | None:
    try:
        content = yaml.safe_load((folder.path / OVERRIDES).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return [str(text) for text in content] if isinstance(content, list) else None


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _name(config: dict[str, Any]) -> str:
    return str(config.get("target_name", config["target"]))

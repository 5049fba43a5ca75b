"""The exact target of a run, in its folder: what makes the folder alone enough to make it again."""

import io
from dataclasses import replace

import numpy as np

from fer_jax.errors import RunFolderError
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.target import Target, load_target
from fer_jax.lab.folders.run_folder import RunFolder

TARGET_GENOME = "target.json"
TARGET_PIXELS = "target.npz"


def target_file(target: Target) -> tuple[str, bytes]:
    """What is kept of a target: of a genome what it computes, of a picture its float32 pixels.

    Returns:
        Name and content of the file.
    """
    if target.genome is not None:
        return TARGET_GENOME, write_json(target.genome).encode()
    file = io.BytesIO()
    np.savez_compressed(file, image=target.image)
    return TARGET_PIXELS, file.getvalue()


def keeps_target(run: RunFolder) -> bool:
    """Whether a run keeps its target. Those without one do not, nor do those of version 0.1."""
    return not {TARGET_GENOME, TARGET_PIXELS}.isdisjoint(run.status["files"])


def kept_target(run: RunFolder) -> Target:
    """The target that a run was made with, called as it was then.

    Raises:
        RunFolderError: in one line, if it keeps none, or it cannot be read.
    """
    config = run.config
    if not keeps_target(run):
        had = "had no target" if config["target"] is None else f"keeps no {TARGET_GENOME}"
        raise RunFolderError(f"{run.path}: {had}, so there is nothing to draw from it")
    name, source = str(config["target_name"]), str(config["target"])
    if TARGET_GENOME in run.status["files"]:
        genome = read_json(run.bytes_of(TARGET_GENOME), name)
        return replace(load_target(genome, int(config["size"])), name=name, source=source)
    with np.load(io.BytesIO(run.bytes_of(TARGET_PIXELS)), allow_pickle=False) as arrays:
        return Target(name, arrays["image"], source, str(config["target_hash"]))

"""The exact target of a run, in its folder: what makes the folder alone enough to make it again."""

import io
from dataclasses import replace

import numpy as np

from fer_jax.errors import FerJaxError, RunFolderError
from fer_jax.genome.json_format import read_json, write_json
from fer_jax.genome.target import Target, load_target
from fer_jax.lab.run_folder import RunFolder
from fer_jax.lab.targets import target_named

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


def kept_target(run: RunFolder) -> Target | None:
    """The target that a run was made with, or None if it had none.

    Runs of before there was such a file hold the name of their target, which is looked up.

    Raises:
        FerJaxError: in one line, if it cannot be read, or is not what it was.
    """
    config = run.config
    source, name = config["target"], str(config.get("target_name", ""))
    if source is None:
        return None
    size, files = int(config["size"]), run.status["files"]
    if TARGET_GENOME in files:
        genome = read_json(run.bytes_of(TARGET_GENOME), name)
        target = load_target(genome, size)
    elif TARGET_PIXELS in files:
        with np.load(io.BytesIO(run.bytes_of(TARGET_PIXELS)), allow_pickle=False) as arrays:
            return Target(name, arrays["image"], str(source), str(config["target_hash"]))
    else:
        target = _looked_up(run)
    if target.content_hash != config["target_hash"]:
        raise RunFolderError(
            f"{run.path}: its target {source!r} is no longer what it was; the run keeps no copy, "
            f"as an earlier fer_jax made it"
        )
    return replace(target, name=name, source=str(source))


def _looked_up(run: RunFolder) -> Target:
    config = run.config
    try:
        return target_named(str(config["target"]), int(config["size"]), config["on_cycle"])
    except FerJaxError as error:
        raise RunFolderError(f"{run.path}: its target cannot be found again: {error}") from None

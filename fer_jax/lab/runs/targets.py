"""What a run is to draw: whatever `load_target` knows, or a target or an elite of another run."""

from dataclasses import replace
from pathlib import Path

from fer_jax.errors import TargetError
from fer_jax.genome import library
from fer_jax.genome.graph import Genome, OnCycle
from fer_jax.genome.target import Target, load_target
from fer_jax.lab.folders.contents import genomes_in
from fer_jax.lab.folders.kept_target import kept_target
from fer_jax.lab.folders.run_folder import STATUS, RunFolder
from fer_jax.lab.settings.config import RunConfig

AT = "@"
"""Between a run folder and the name of one of its genomes."""


def target_of(config: RunConfig) -> Target:
    """The target of a configuration.

    Raises:
        FerJaxError: in one line, if there is no such target, or it cannot be read.
    """
    return target_named(config.target, config.size, config.on_cycle)


def target_named(text: str, size: int, on_cycle: OnCycle = "error") -> Target:
    """A target by what the user calls it, `size` pixels a side.

    A run folder stands for what that run was to draw, and RUN_FOLDER@NAME for one of its genomes.

    Raises:
        FerJaxError: in one line, if there is no such target, or it cannot be read.
    """
    if (Path(text) / STATUS).is_file() and library.find(text) is None:
        kept = kept_target(RunFolder(Path(text)))
        return kept if kept.size == size else load_target(kept.genome or kept.image, size)
    folder, at, name = text.rpartition(AT)
    if not at or Path(text).is_file() or not Path(folder).is_dir():
        return load_target(text, size, on_cycle)
    target = load_target(genome_of_run(Path(folder), name), size)
    return replace(target, name=f"{Path(folder).name}{AT}{name}", source=text)


def genome_of_run(folder: Path, name: str) -> Genome:
    """One of the genomes that a run has found, such as the elite "0-1234".

    Args:
        folder: of the run.
        name: of the genome; the page of the run shows it.

    Raises:
        TargetError: if the run has none of that name.
        RunFolderError: if it cannot be read.
    """
    genomes = {genome.name: genome for genome in genomes_in(RunFolder(folder))}
    if not genomes:
        raise TargetError(f"{folder}: holds no genomes, so none called {name[:80]!r}")
    if name not in genomes:
        some = ", ".join(list(genomes)[:6])
        raise TargetError(
            f"{folder}: holds no genome {name[:80]!r}; it holds {len(genomes):,}, such as {some}"
        )
    return genomes[name]

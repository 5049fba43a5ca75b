"""What is told of a run before JAX is imported: a mistake in a key, a value or a genome file."""

import warnings
from collections.abc import Sequence

from fer_jax.errors import GenomeWarning
from fer_jax.genome import library
from fer_jax.genome.files import load_genome
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.compose_many import Composer


def check(overrides: Sequence[str], *, multirun: bool = False) -> None:
    """Refuse what the run would refuse later, as far as it needs no JAX to see it.

    A sweep is left to itself: one run that cannot be done does not end it.

    Args:
        overrides: `key=value` texts in Hydra's grammar.
        multirun: whether values with commas are swept over.

    Raises:
        FerJaxError: in one line.
    """
    with compose.hydra():
        typed = compose.parse(overrides)
        is_preset = any(override.key_or_group == compose.EXPERIMENT for override in typed)
        if multirun or is_preset or any(override.is_sweep_override() for override in typed):
            return
        hydra = compose.of_hydra(typed)
        config = Composer(hydra).run_config([text for text in overrides if text not in hydra])
    config.check()
    entry = library.find(config.target)
    if library.is_genome(config.target) and not (entry and entry.problem):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GenomeWarning)  # the run itself will say so
            load_genome(config.target, config.on_cycle)

"""The metrics that an option of a command names."""

from collections.abc import Sequence

from fer_jax.errors import FerJaxError


def metric_names(given: Sequence[str] | None) -> list[str] | None:
    """The names in `--metrics a,b --metrics c`, each once, or None for all."""
    if given is None:
        return None
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if not names:
        raise FerJaxError("--metrics names no metric; leave it out for all of them")
    return list(dict.fromkeys(names))

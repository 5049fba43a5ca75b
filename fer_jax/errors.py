"""The errors a user can cause. Each is one line: what came, what was expected, what to do.

The command turns every `FerJaxError` into that line and exit status 2; anything else is a bug of
ours and keeps its traceback.
"""

import difflib
from collections.abc import Iterable


class FerJaxError(ValueError):
    """A mistake in what the user gave, told in one clear line.

    Example:
        >>> import fer_jax
        >>> try:
        ...     fer_jax.load_genome("nowhere.zip")
        ... except fer_jax.FerJaxError as error:
        ...     print(type(error).__name__)
        GenomeError
    """


class ArchError(FerJaxError):
    """An architecture string that cannot be read or built.

    Example:
        >>> import fer_jax
        >>> fer_jax.Arch.parse("rleu:64x6")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.ArchError: ...
    """


class GenomeError(FerJaxError):
    """A genome file, or a genome, that is not a drawable network.

    Example:
        >>> import fer_jax
        >>> fer_jax.load_genome("nowhere.zip")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.GenomeError: ...
    """


class FerJaxWarning(UserWarning):
    """Something that a user may want to know, told in one clear line.

    Example:
        >>> import fer_jax, warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore", fer_jax.FerJaxWarning)  # all of ours, in silence
    """


class GenomeWarning(FerJaxWarning):
    """Something in a genome file that was left out because the user asked for it.

    Example:
        >>> import fer_jax, warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore", fer_jax.GenomeWarning)  # cut cycles in silence
        ...     genome = fer_jax.load_genome("sunrise", on_cycle="cut")
    """


class ConfigWarning(FerJaxWarning):
    """Something in what a run is asked for that works, and could be had for less.

    Example:
        >>> import fer_jax
        >>> issubclass(fer_jax.ConfigWarning, fer_jax.FerJaxWarning)
        True
    """


class NetworkError(FerJaxError):
    """A saved network that cannot be read.

    Example:
        >>> import fer_jax
        >>> fer_jax.load_network("nowhere")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.NetworkError: ...
    """


class TargetError(FerJaxError):
    """A target image that cannot be found or read.

    Example:
        >>> import fer_jax
        >>> fer_jax.train_sgd("relu:2x1", "nowhere.png")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.TargetError: ...
    """


class DataError(FerJaxError):
    """A data folder that cannot be used, or a download that did not come.

    Example:
        >>> import fer_jax
        >>> issubclass(fer_jax.DataError, fer_jax.FerJaxError)  # one `except` catches all of ours
        True
    """


class ConfigError(FerJaxError):
    """A run configuration with an unknown key or an impossible value.

    Example:
        >>> import fer_jax
        >>> fer_jax.train_sgd("relu:2x1", "sunrise", seeds=0)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.ConfigError: ...
    """


class RunFolderError(FerJaxError):
    """A run folder, or a tree of them, that cannot be read.

    Example:
        >>> import fer_jax
        >>> fer_jax.read_table("nowhere")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.RunFolderError: ...
    """


class MetricError(FerJaxError):
    """A metric that does not exist or cannot be asked for in this way.

    Example:
        >>> import fer_jax
        >>> fer_jax.score(fer_jax.load_genome("sunrise"), ["fractur"])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        fer_jax.errors.MetricError: ...
    """


def nearest(came: str, known: Iterable[str]) -> str:
    """The nearest of the known names, and all of them, for the end of a message.

    Example:
        >>> nearest("hihg", ["highest", "high", "default"])
        "did you mean 'high'? Known are highest, high, default"
    """
    known = list(known)
    near = difflib.get_close_matches(came, known, n=1)
    names = ", ".join(known)
    return f"did you mean {near[0]!r}? Known are {names}" if near else f"known are {names}"

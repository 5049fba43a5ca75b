"""The errors a user can cause. Each is one line: what came, what was expected, what to do.

The command turns every `FerJaxError` into that line and exit status 2; anything else is a bug of
ours and keeps its traceback.
"""

import difflib
from collections.abc import Iterable


class FerJaxError(ValueError):
    """A mistake in what the user gave, told in one clear line."""


class ArchError(FerJaxError):
    """An architecture string that cannot be read or built."""


class GenomeError(FerJaxError):
    """A genome file, or a genome, that is not a drawable network."""


class GenomeWarning(UserWarning):
    """Something in a genome file that was left out because the user asked for it."""


class NetworkError(FerJaxError):
    """A saved network that cannot be read."""


class TargetError(FerJaxError):
    """A target image that cannot be found or read."""


class DataError(FerJaxError):
    """A data folder that cannot be used, or a download that did not come."""


class ConfigError(FerJaxError):
    """A run configuration with an unknown key or an impossible value."""


class RunFolderError(FerJaxError):
    """A run folder, or a tree of them, that cannot be read."""


class MetricError(FerJaxError):
    """A metric that does not exist or cannot be asked for in this way."""


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

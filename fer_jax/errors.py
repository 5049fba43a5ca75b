"""The errors a user can cause. Each is one line: what came, what was expected, what to do.

The command turns every `FerJaxError` into that line and exit status 2; anything else is a bug of
ours and keeps its traceback.
"""


class FerJaxError(ValueError):
    """A mistake in what the user gave, told in one clear line."""


class ArchError(FerJaxError):
    """An architecture string that cannot be read or built."""


class GenomeError(FerJaxError):
    """A genome file, or a genome, that is not a drawable network."""


class NetworkError(FerJaxError):
    """A saved network that cannot be read."""


class TargetError(FerJaxError):
    """A target image that cannot be found or read."""


class ConfigError(FerJaxError):
    """A run configuration with an unknown key or an impossible value."""


class RunFolderError(FerJaxError):
    """A run folder, or a tree of them, that cannot be read."""


class MetricError(FerJaxError):
    """A metric that does not exist or cannot be asked for in this way."""
